import type { AutoencoderSettings } from "../autoencoder/settings";
import type { KernelMemory } from "./kernel";
import { type DenseLayer, type KernelMatrix, MatrixAllocator, slice, transposed } from "./matrix";

/** What the threads of a training share: arrays in shared memory, except `data` where there is but one thread. */
export interface Training {
  readonly settings: AutoencoderSettings;
  readonly threads: number;
  readonly width: number;
  /** All rows: `rows × width`. */
  readonly data: Float32Array;
  /** The rows of the batch at hand, with room for as many as a batch may have. */
  readonly batch: Uint32Array;
  /** What to do with the batch, a position in {@link tasks}, and its number of rows. */
  readonly task: Int32Array;
  /** The state of the threads' barrier. */
  readonly meetings: Int32Array;
  /** The kernel's memory, divided by {@link layOut}. */
  readonly memory: KernelMemory;
}

/** Rows that pass through the network at a time, so that memory does not grow with the batch. */
const mostBlockRows = 512;

/** Rows of weights that one thread looks after: columns of the transposed ones, as many as a line of the cache holds. */
const chunkRows = 16;

/** A layer's parameters, and its numbers of the rows of a block. Gradients are those of the batch's mean loss. */
interface Layer extends DenseLayer {
  readonly weightsGradient: KernelMatrix;
  readonly biasGradient: KernelMatrix;
  readonly transposedWeights: KernelMatrix;
  readonly outputGradient: KernelMatrix;
}

/** Parameters that one thread looks after: a bias, or some rows of weights. */
interface Chunk {
  readonly values: KernelMatrix;
  readonly gradient: KernelMatrix;
  readonly outputGradient: KernelMatrix;
  /** What the parameters are multiplied by in each of the first rows of a block: a column a row. */
  readonly inputs: (rows: number) => KernelMatrix;
  /** Where they lie in the transposed weights, read the other way. Left out where no gradient passes back. */
  readonly copy?: KernelMatrix;
}

/**
 * Divides the kernel's memory. It begins with all parameters; after them lie their gradients, and Adam's first and second
 * moments, in the same order.
 */
export function layOut({ settings, threads, width, batch }: Omit<Training, "memory">) {
  const blockRows = Math.min(batch.length, mostBlockRows);
  const memory = new MatrixAllocator();
  const sizes = [width, ...settings.layers, width];
  const parameters = sizes.slice(1).map((outputs, i) => ({
    weights: memory.take(sizes[i], outputs),
    bias: memory.take(1, outputs),
  }));
  const parameterBytes = memory.bytes;
  memory.bytes *= 4;
  const gradientOf = (parameter: KernelMatrix): KernelMatrix => ({
    ...parameter,
    at: parameter.at + parameterBytes,
  });
  const values = sizes.map((size) => memory.take(blockRows, size));
  const layers = parameters.map(
    ({ weights, bias }, i): Layer => ({
      hasRelu: i < settings.layers.length,
      weights,
      bias,
      weightsGradient: gradientOf(weights),
      biasGradient: gradientOf(bias),
      transposedWeights: memory.take(sizes[i + 1], sizes[i]),
      input: values[i],
      output: values[i + 1],
      outputGradient: memory.take(blockRows, sizes[i + 1]),
    }),
  );
  const widest = Math.max(...sizes);
  const one = memory.take(1, 1);
  return {
    layers,
    chunks: layers.flatMap((layer, i) => [biasChunk(layer, one), ...weightChunks(layer, i > 0)]),
    blockRows,
    parameterBytes,
    zeros: memory.take(1, widest),
    /** What biases are multiplied by: 1. */
    one,
    /** One of each row of the batch. */
    errors: memory.take(1, batch.length),
    /** Room for each thread's multiplications. */
    lists: Array.from({ length: threads }, () => memory.take(2, Math.max(widest, blockRows))),
    bytes: memory.bytes,
  };
}

/** The bias is the weight of an input that is always 1. */
function biasChunk({ bias, biasGradient, outputGradient }: Layer, one: KernelMatrix): Chunk {
  const inputs = (rows: number): KernelMatrix => ({ ...one, columns: rows, columnBytes: 0 });
  return { values: bias, gradient: biasGradient, outputGradient, inputs };
}

function weightChunks(layer: Layer, isTransposed: boolean): Chunk[] {
  const { input, weights, weightsGradient, transposedWeights, outputGradient } = layer;
  return Array.from({ length: Math.ceil(weights.rows / chunkRows) }, (_, chunk) => {
    const first = chunk * chunkRows;
    const end = Math.min(first + chunkRows, weights.rows);
    return {
      values: slice(weights, first, end),
      gradient: slice(weightsGradient, first, end),
      outputGradient,
      inputs: (rows) => slice(transposed(slice(input, 0, rows)), first, end),
      ...(isTransposed && { copy: slice(transposed(transposedWeights), first, end) }),
    };
  });
}
