import type * as Tf from "@tensorflow/tfjs";
import { type DistinctBlock, distinctBlocks } from "../distinct-blocks";
import { kernel, reserve } from "../kernel";
import type { ScoringTask } from "../scoring-task";
import { endOf, fill, type KernelMatrix, multiply, paddedMatrix, rowOf } from "./kernel-matrix";
import type { AutoencoderSettings } from "./settings";

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

/** Writes mean squared reconstruction errors. */
export function scoreRowsByNetwork({ data, width, start, end, scores, ...network }: NetworkTask): void {
  for (const { rows, count, outputs, ...block } of forwardBlocks(network, data, start, end)) {
    const errors = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let i = row * width; i < (row + 1) * width; i++) sum += (rows[i] - outputs[i]) ** 2;
      errors[row] = sum / width;
    }
    for (let i = 0; i < block.places.length; i++) scores[block.start + i] = errors[block.places[i]];
  }
}

/** What the first `depth` layers make of rows `start` to `end` (exclusive) of a matrix: `rows × outputs`. */
export function forwardRows(
  { sizes, weights, kind }: DenseNetwork,
  depth: number,
  data: Float32Array,
  start: number,
  end: number,
): Float32Array {
  const width = sizes[depth];
  const result = new Float32Array((end - start) * width);
  const part = { kind, sizes: sizes.slice(0, depth + 1), weights };
  for (const { places, outputs, ...block } of forwardBlocks(part, data, start, end))
    for (let i = 0; i < places.length; i++)
      result.set(
        outputs.subarray(places[i] * width, (places[i] + 1) * width),
        (block.start - start + i) * width,
      );
  return result;
}

/** Rows that pass through the network together: they stay in the processor's second cache. */
const groupRows = 64;

/** Blocks of rows and what the network makes of them, `count × outputs`: the bits that TensorFlow.js gives on wasm. */
function* forwardBlocks(
  { sizes, weights }: DenseNetwork,
  data: Float32Array,
  start: number,
  end: number,
): Generator<DistinctBlock & { readonly outputs: Float32Array }> {
  const running = kernel();
  if (!running) throw new Error("the WebAssembly kernel is missing");
  let free = 0;
  const take = (rows: number, columns: number): KernelMatrix => {
    const matrix = paddedMatrix(free, rows, columns);
    free = endOf(matrix);
    return matrix;
  };
  const layers = sizes.slice(1).map((outputs, i) => ({
    kernel: take(sizes[i], outputs),
    bias: take(1, outputs),
    output: take(groupRows, outputs),
    isLast: i === weights.length / 2 - 1,
  }));
  const list = take(2, Math.max(...sizes));
  reserve(running, free);
  const memory = new Float32Array(running.memory.buffer, 0, free / 4).fill(0); // what pads rows must be numbers
  for (const [i, layer] of layers.entries()) {
    fill(memory, layer.kernel, weights[2 * i]);
    fill(memory, layer.bias, weights[2 * i + 1]);
  }
  const width = sizes[0];
  const { output: last } = layers[layers.length - 1];
  for (const block of distinctBlocks(data, width, start, end, free)) {
    const groupOutputs = new Float32Array(running.memory.buffer, 0, free / 4);
    const outputs = new Float32Array(block.count * last.columns);
    for (let from = 0; from < block.count; from += groupRows) {
      const rows = Math.min(groupRows, block.count - from);
      const [at, rowBytes] = [block.rows.byteOffset + from * width * 4, width * 4];
      let input: KernelMatrix = { at, rows, columns: width, rowBytes, columnBytes: 4 };
      for (const { kernel: factors, bias, output, isLast } of layers) {
        multiply(running, input, factors, bias, output, list);
        if (!isLast) running.relu(output.at, rows * output.rowBytes);
        input = { ...output, rows };
      }
      for (let row = 0; row < rows; row++)
        outputs.set(rowOf(groupOutputs, last, row), (from + row) * last.columns);
    }
    yield { ...block, outputs };
  }
}
