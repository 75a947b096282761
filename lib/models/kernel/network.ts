import type * as Tf from "@tensorflow/tfjs";
import type { AutoencoderSettings } from "../autoencoder/settings";
import { distinctBlocks, spread } from "./distinct-blocks";
import { kernel, reserve } from "./kernel";
import { fill, type KernelMatrix, MatrixAllocator, multiply, rowOf } from "./matrix";
import { isStopped, type ScoringTask } from "./scoring-task";

/** A network of dense layers, relu on the hidden ones and none on the last. */
export interface DenseNetwork {
  readonly kind: "autoencoder";
  /** Numbers that go into each layer, and at the end those that leave the last. */
  readonly sizes: readonly number[];
  /** Kernel and bias of each layer. */
  readonly weights: readonly Float32Array[];
}

/** The network for the kernel; undefined if it has other activations, or there is no WebAssembly. */
export function denseNetwork(
  network: Tf.Sequential,
  { activation, outputActivation, layers }: AutoencoderSettings,
): DenseNetwork | undefined {
  if (activation !== "relu" || outputActivation !== "linear" || !kernel()) return undefined;
  const weights = network.getWeights().map((tensor) => tensor.dataSync<"float32">());
  const width = weights[weights.length - 1].length;
  return { kind: "autoencoder", sizes: [width, ...layers, width], weights };
}

/** Rows to score with a network. */
export type NetworkTask = DenseNetwork & ScoringTask;

/** Rows that pass through the network together: they stay in the processor's first caches. */
const groupRows = 64;

/** Writes mean squared reconstruction errors. */
export function scoreRowsByNetwork(task: NetworkTask): void {
  const { data, width, start, end, scores } = task;
  const { free, output, pass, memory } = inKernel(task);
  for (const { rows, count, ...block } of distinctBlocks(data, width, start, end, free)) {
    const outputs = new Float32Array(memory.buffer, output.at);
    const errors = new Float64Array(count);
    for (let first = 0; first < count; first += groupRows) {
      if (isStopped(task)) return;
      const next = Math.min(first + groupRows, count);
      pass(rows.byteOffset + first * width * 4, next - first);
      for (let row = first; row < next; row++) {
        const [at, outputAt] = [row * width, ((row - first) * output.rowBytes) / 4];
        let sum = 0;
        for (let i = 0; i < width; i++) sum += (rows[at + i] - outputs[outputAt + i]) ** 2;
        errors[row] = sum / width;
      }
    }
    spread(block, errors, scores);
  }
}

/** What the first `depth` layers make of rows `start` to `end` (exclusive) of a matrix: `rows × outputs`. */
export function forwardRows(
  network: DenseNetwork,
  depth: number,
  data: Float32Array,
  start: number,
  end: number,
): Float32Array {
  const { free, output, pass, memory } = inKernel(network, depth);
  const result = new Float32Array((end - start) * output.columns);
  for (const { rows, count, places, ...block } of distinctBlocks(data, network.sizes[0], start, end, free)) {
    const outputs = new Float32Array(memory.buffer, 0, free / 4);
    const distinct = new Float32Array(count * output.columns);
    for (let first = 0; first < count; first += groupRows) {
      const group = Math.min(groupRows, count - first);
      pass(rows.byteOffset + first * network.sizes[0] * 4, group);
      for (let row = 0; row < group; row++)
        distinct.set(rowOf(outputs, output, row), (first + row) * output.columns);
    }
    for (const [i, place] of places.entries()) {
      const values = distinct.subarray(place * output.columns, (place + 1) * output.columns);
      result.set(values, (block.start - start + i) * output.columns);
    }
  }
  return result;
}

/**
 * Puts the first `depth` layers at the beginning of the kernel's memory. `pass` lets at most `groupRows` rows at an address
 * pass through them, which leaves in `output` the bits that TensorFlow.js gives on wasm.
 */
function inKernel({ sizes, weights }: DenseNetwork, depth = sizes.length - 1) {
  const running = kernel();
  if (!running) throw new Error("the WebAssembly kernel is missing");
  const memory = new MatrixAllocator();
  const layers = sizes.slice(1, depth + 1).map((outputs, i) => ({
    factors: memory.take(sizes[i], outputs),
    bias: memory.take(1, outputs),
    output: memory.take(groupRows, outputs),
    hasRelu: i < sizes.length - 2,
  }));
  const list = memory.take(2, Math.max(...sizes));
  const free = memory.bytes;
  reserve(running, free);
  const parameters = new Float32Array(running.memory.buffer, 0, free / 4).fill(0); // what pads rows must be numbers
  for (const [i, { factors, bias }] of layers.entries()) {
    fill(parameters, factors, weights[2 * i]);
    fill(parameters, bias, weights[2 * i + 1]);
  }
  const pass = (at: number, rows: number): void => {
    let input: KernelMatrix = { at, rows, columns: sizes[0], rowBytes: sizes[0] * 4, columnBytes: 4 };
    for (const { factors, bias, output, hasRelu } of layers) {
      multiply(running, input, factors, bias, output, list);
      if (hasRelu) running.relu(output.at, rows * output.rowBytes);
      input = { ...output, rows };
    }
  };
  return { free, output: layers[layers.length - 1].output, pass, memory: running.memory };
}
