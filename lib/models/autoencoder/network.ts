import { breathe, type WorkOptions } from "../../common/progress";
import { createRandom } from "../../common/random";
import type { Matrix } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import type { Backend } from "../tensorflow";
import { type AutoencoderSettings, layerSizes } from "./settings";

/** Kernel (`inputs × units`, row-major) and bias of each layer from first to last, in the order of Keras' `get_weights`. */
export type Weights = readonly Float32Array[];

/** What an autoencoder consists of: a network of dense layers that gives its input back. */
export interface Network {
  /** What computes it. */
  readonly backend: Backend;
  weights: Weights;
  /** Starts training on the rows of a matrix. */
  startTraining(matrix: Matrix, settings: AutoencoderSettings, options: TrainerOptions): Promise<Trainer>;
  /** What the first `depth` layers make of at most {@link batchRows} rows: `rows × units`, row-major. */
  predict(rows: Float32Array, depth: number): Float32Array;
  /** Each row's mean squared error of reconstruction. */
  score(matrix: Matrix, options: ScoreOptions): Promise<Float64Array>;
  /** Frees what the garbage collector does not see. */
  dispose(): void;
}

export interface TrainerOptions {
  /** Threads that may share the work on a batch. */
  readonly workers: number;
  readonly signal?: AbortSignal;
}

/** Trains a network; takes at most `batchSize` rows of the matrix at a time, by their numbers. */
export interface Trainer {
  /** Moves the weights by Adam against the gradient of the mean loss of these rows, and returns that loss. */
  step(rows: Uint32Array): Promise<number>;
  /** The mean loss of these rows with the weights so far. */
  loss(rows: Uint32Array): Promise<number>;
  /** The weights so far. */
  weights(): Weights;
  /** Frees what it holds; leaves the network's weights as they were or as they are so far. */
  dispose(): Promise<void>;
}

/**
 * Weights to start training with: Glorot and Bengio's (2010) uniform ones, from ±√(6 / (inputs + units)), so that numbers
 * keep their scale on the way through the layers; biases of 0. They depend on the seed alone, not on what computes.
 */
export function initialWeights(width: number, settings: AutoencoderSettings): Float32Array[] {
  const sizes = layerSizes(width, settings);
  return sizes.slice(1).flatMap((units, i) => {
    const random = createRandom(settings.seed, `autoencoder layer ${i}`);
    const limit = Math.sqrt(6 / (sizes[i] + units));
    const kernel = Float32Array.from({ length: sizes[i] * units }, () => (2 * random.uniform() - 1) * limit);
    return [kernel, new Float32Array(units)];
  });
}

/** Rows that pass through a network at once. */
export const batchRows = 1024;

/** Visits the rows of a matrix some at a time, and lets others have their turn between. */
export async function inBatches(
  { data, rows, columns }: Matrix,
  { onProgress, signal }: WorkOptions,
  visit: (batch: Float32Array, start: number) => void,
): Promise<void> {
  signal?.throwIfAborted();
  for (let start = 0; start < rows; start += batchRows) {
    const end = Math.min(start + batchRows, rows);
    visit(data.subarray(start * columns.length, end * columns.length), start);
    onProgress?.({ stage: "running the autoencoder", done: end, total: rows });
    await breathe(signal);
  }
}
