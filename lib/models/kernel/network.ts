import { square } from "../../common/exact-math";
import { distinctBlocks, spread } from "./distinct-blocks";
import { kernel, reserve } from "./kernel";
import { fill, type KernelMatrix, MatrixAllocator, passLayer, rowOf, valuesOf } from "./matrix";
import { isStopped, type RowScorer } from "./scoring-task";

/** A network of dense layers, relu on the hidden ones and none on the last. */
export interface DenseNetwork {
  /** Numbers that go into each layer, and at the end those that leave the last. */
  readonly sizes: readonly number[];
  /** All weights and biases, as {@link layOutNetwork} lays them out in the kernel's memory; threads share them. */
  readonly parameters: Float32Array;
}

/** Packs kernel and bias of each layer. */
export function packNetwork(sizes: readonly number[], weights: readonly Float32Array[]): DenseNetwork {
  const { matrices, parameterBytes } = layOutNetwork(sizes);
  const parameters = new Float32Array(new SharedArrayBuffer(parameterBytes)); // what pads rows must be numbers, too
  for (const [i, matrix] of matrices.entries()) fill(parameters, matrix, weights[i]);
  return { sizes, parameters };
}

/** Kernel and bias of each layer. */
export function unpackNetwork({ sizes, parameters }: DenseNetwork): Float32Array[] {
  return layOutNetwork(sizes).matrices.map((matrix) => valuesOf(parameters, matrix));
}

/** Rows that pass through the network together: they stay in the processor's first caches. */
const groupRows = 128;

/** Writes mean squared reconstruction errors. */
export const scorer: RowScorer<DenseNetwork> = {
  file: __filename,
  scoreRows(network, task) {
    const { data, width, start, end, scores } = task;
    const { free, output, pass, memory } = inKernel(network);
    for (const block of distinctBlocks(data, width, start, end, free)) {
      const { rows, count } = block;
      const outputs = new Float32Array(memory.buffer, output.at);
      const errors = new Float64Array(count);
      for (let first = 0; first < count; first += groupRows) {
        if (isStopped(task)) return;
        const next = Math.min(first + groupRows, count);
        pass(rows.byteOffset + first * width * 4, next - first);
        for (let row = first; row < next; row++) {
          const [at, outputAt] = [row * width, ((row - first) * output.rowBytes) / 4];
          let sum = 0;
          for (let i = 0; i < width; i++) sum += square(rows[at + i] - outputs[outputAt + i]);
          errors[row] = sum / width;
        }
      }
      spread(block, errors, scores);
    }
  },
};

/** What the first `depth` layers make of rows: `rows × units`. */
export function forwardRows(network: DenseNetwork, depth: number, data: Float32Array): Float32Array {
  const width = network.sizes[0];
  const { free, output, pass, memory } = inKernel(network, depth);
  const result = new Float32Array((data.length / width) * output.columns);
  const blocks = distinctBlocks(data, width, 0, data.length / width, free);
  for (const { start, rows, count, places } of blocks) {
    const outputs = new Float32Array(memory.buffer, 0, free / 4);
    const distinct = new Float32Array(count * output.columns);
    for (let first = 0; first < count; first += groupRows) {
      const group = Math.min(groupRows, count - first);
      pass(rows.byteOffset + first * width * 4, group);
      for (let row = 0; row < group; row++)
        distinct.set(rowOf(outputs, output, row), (first + row) * output.columns);
    }
    for (const [i, place] of places.entries()) {
      const values = distinct.subarray(place * output.columns, (place + 1) * output.columns);
      result.set(values, (start + i) * output.columns);
    }
  }
  return result;
}

/** Divides the kernel's memory for a network: all its parameters come first. */
function layOutNetwork(sizes: readonly number[]) {
  const memory = new MatrixAllocator();
  const parameters = sizes.slice(1).map((units, i) => ({
    weights: memory.take(sizes[i], units),
    bias: memory.take(1, units),
  }));
  const parameterBytes = memory.bytes;
  return {
    matrices: parameters.flatMap(({ weights, bias }) => [weights, bias]),
    parameterBytes,
    layers: parameters.map(({ weights, bias }, i) => ({
      weights,
      bias,
      output: memory.take(groupRows, sizes[i + 1]),
      hasRelu: i < sizes.length - 2,
    })),
    list: memory.take(2, Math.max(...sizes)),
    bytes: memory.bytes,
  };
}

/**
 * Puts a network at the start of the kernel's memory. `pass` lets at most `groupRows` rows at an address pass through its
 * first `depth` layers, and leaves what they become in `output`.
 */
function inKernel({ sizes, parameters }: DenseNetwork, depth = sizes.length - 1) {
  const running = kernel();
  if (!running) throw new Error("the WebAssembly kernel is missing");
  const { layers, list, bytes } = layOutNetwork(sizes);
  reserve(running, bytes);
  new Float32Array(running.memory.buffer).set(parameters);
  const pass = (at: number, rows: number): void => {
    let input: KernelMatrix = { at, rows, columns: sizes[0], rowBytes: sizes[0] * 4, columnBytes: 4 };
    for (const layer of layers.slice(0, depth)) {
      passLayer(running, { ...layer, input }, list);
      input = { ...layer.output, rows };
    }
  };
  return { free: bytes, output: layers[depth - 1].output, pass, memory: running.memory };
}
