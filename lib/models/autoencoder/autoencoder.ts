// To read how it works: tensorflow-network.ts builds the network and takes a step, train.ts repeats that until the held-out
// rows say stop, and here rows are scored and explained. What runs by default, in models/kernel/, computes the same faster.
import { availableParallelism } from "node:os";
import { requireNumber, requireOneOf, requireOptions } from "../../common/errors";
import { square } from "../../common/exact-math";
import { type WorkOptions, workOptions } from "../../common/progress";
import { type LazyMatrix, type Matrix, requireFinite, wholeMatrix } from "../../preprocess/matrix";
import {
  type DetectorKind,
  fitOptions,
  loadOptions,
  type NoveltyRule,
  requireColumns,
  requireRow,
  type ScoreOptions,
} from "../detector";
import { KernelNetwork, kernelComputes } from "../kernel/kernel-network";
import { RowDetector } from "../row-detector";
import { type Backend, backends, type TensorFlow, tensorflow } from "../tensorflow";
import { readAutoencoder, writeAutoencoder } from "./files";
import { inBatches, initialWeights, type Network, type Weights } from "./network";
import {
  type AutoencoderOptions,
  type AutoencoderSettings,
  autoencoderOptions,
  requireModestSize,
  resolveSettings,
} from "./settings";
import { TensorFlowNetwork } from "./tensorflow-network";
import { type EpochLoss, type EpochOptions, holdOut, train } from "./train";

export type { EpochLoss };

export interface TrainingOptions extends EpochOptions {
  /** Threads that share the work on each batch, by the kernel; they change no bit. Default: as many as processors. */
  readonly workers?: number;
}

/** The autoencoder as a {@link DetectorKind}. Its preprocessing was chosen by `npm run compare`. */
export const autoencoder: DetectorKind<"autoencoder", AutoencoderOptions, Autoencoder> = {
  kind: "autoencoder",
  title: "autoencoder",
  scores: { title: "Mean squared reconstruction error", scale: "log" },
  blindSpot:
    "It passes what it copies well: a row that goes on in the way usual rows do, however rare it is.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["model.json", "weights.bin", "autoencoder.json"],
  async prepare(options = {}) {
    requireOptions(options, autoencoderOptions);
    await computing(options.backend, resolveSettings(options));
  },
  fit: fitAutoencoder,
  async load(folder, columns, options = {}) {
    requireOptions(options, loadOptions);
    const { settings, history, weights } = await readAutoencoder(folder, columns.length);
    const network = await createNetwork(options.backend, columns.length, settings, weights);
    return new Autoencoder(network, [...columns], settings, history);
  },
};

/**
 * Trains an autoencoder (replicator neural network; Hawkins, He, Williams and Baxter 2002, "Outlier detection
 * using replicator neural networks", DaWaK): a network that must pass each row through a narrow layer and give
 * it back. Rows unlike those it was trained on come back wrong, and that error is their score. Dense layers,
 * Glorot's uniform initial weights, Adam.
 *
 * The same matrix, settings and backend give the same weights to the bit, with any number of threads. Another backend starts
 * with the same weights and takes the same steps, but rounds otherwise: after three epochs of the default settings on rows
 * between 0 and 1, weights differ by less than 10⁻⁶, losses and scores by less than 10⁻⁵ of themselves.
 *
 * Beyond the matrix it needs memory for one batch, and where threads share the work a copy of the matrix, unless its numbers
 * lie in shared memory, as those of `transform` do. An epoch over 100,000 rows × 118 columns, most of them one-hot, takes the
 * kernel about a quarter of a second in one thread.
 *
 * @param matrix at least one row and column; not changed
 * @throws {InputError} if an option is out of range, or the loss stops being finite
 * @throws the reason of `signal` once it is aborted
 * @example
 * const autoencoder = await fitAutoencoder(normal, { layers: [8, 2, 8], epochs: 20 });
 * const scores = await autoencoder.score(traffic);
 */
export async function fitAutoencoder(
  given: Matrix | LazyMatrix,
  options: AutoencoderOptions & TrainingOptions = {},
): Promise<Autoencoder> {
  requireOptions(options, { onEpoch: true, ...autoencoderOptions, ...fitOptions });
  const { backend, workers = availableParallelism(), onProgress, onEpoch, signal } = options;
  const settings = resolveSettings(options);
  const matrix = await wholeMatrix(given, signal);
  requireFinite(matrix);
  requireNumber("workers", workers, { min: 1, integer: true });
  const width = matrix.columns.length;
  requireModestSize(width, settings);
  const parts = holdOut(matrix, settings);
  signal?.throwIfAborted();
  const network = await createNetwork(backend, width, settings, initialWeights(width, settings));
  try {
    const history = await train(network, matrix, parts, settings, { workers, onProgress, onEpoch, signal });
    return new Autoencoder(network, [...matrix.columns], settings, history);
  } catch (error) {
    network.dispose();
    throw error;
  }
}

async function createNetwork(
  backend: Backend | undefined,
  width: number,
  settings: AutoencoderSettings,
  weights: Weights,
): Promise<Network> {
  const tensorFlow = await computing(backend, settings);
  return tensorFlow
    ? new TensorFlowNetwork(tensorFlow, width, settings, weights)
    : new KernelNetwork(width, settings, weights);
}

/** TensorFlow.js, or undefined for the kernel, where that can compute the network and nothing else is asked for. */
async function computing(
  backend: Backend = "kernel",
  settings: AutoencoderSettings,
): Promise<TensorFlow | undefined> {
  requireOneOf("backend", backend, backends);
  if (backend === "kernel" && kernelComputes(settings)) return undefined;
  return tensorflow(backend === "kernel" ? undefined : backend);
}

/**
 * A trained autoencoder, made by {@link fitAutoencoder}, or read from where it was saved. Its scores are the mean over the columns
 * of the squared reconstruction error. A row's score does not depend on the other rows of the matrix.
 */
export class Autoencoder extends RowDetector {
  readonly kind = "autoencoder";
  /** What trained it, or computes it since it was loaded. */
  readonly backend: Backend;
  /** Each value that no training row had counts as two wrong names: four columns with an error of 1. */
  readonly novelty: NoveltyRule = {
    score: (score, values) => score + (4 * values) / this.columns.length,
    contribution: (_, values) => (4 * values) / this.columns.length,
  };
  #network: Network | undefined;

  /** @internal */
  constructor(
    network: Network,
    readonly columns: readonly string[],
    readonly settings: AutoencoderSettings,
    /** One entry an epoch. */
    readonly history: readonly EpochLoss[],
  ) {
    super();
    this.#network = network;
    this.backend = network.backend;
  }

  /** Kernel (`inputs × units`, row-major) and bias of each layer from first to last, in the order of Keras' `get_weights`. */
  get weights(): readonly Float32Array[] {
    return this.#computing.weights;
  }

  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    return this.#computing.score(matrix, options);
  }

  /**
   * Squared reconstruction error of each column divided by the number of columns, so that they sum to the row's
   * score; same order as `columns`, higher = more anomalous.
   * @throws {RangeError} if the row has another length
   */
  explain(row: Float32Array): Float64Array {
    const width = this.columns.length;
    requireRow(this, row);
    const output = this.#computing.predict(row, this.settings.layers.length + 1);
    return Float64Array.from(row, (value, column) => square(value - output[column]) / width);
  }

  /**
   * {@link explain} for every row: `rows × columns`, row-major.
   * @throws {RangeError} if the matrix has other columns
   */
  override async explainRows(matrix: Matrix, options: WorkOptions = {}): Promise<Float64Array> {
    const { data } = await this.reconstruct(matrix, options);
    const width = this.columns.length;
    return Float64Array.from(data, (output, i) => square(matrix.data[i] - output) / width);
  }

  /**
   * What the network makes of the rows: `rows × columns.length`. Its difference to `matrix` is the error that
   * `score` squares and averages.
   * @throws {RangeError} if the matrix has other columns
   */
  async reconstruct(matrix: Matrix, options: WorkOptions = {}): Promise<Matrix> {
    requireOptions(options, workOptions);
    return this.#activations(matrix, this.settings.layers.length + 1, this.columns, options);
  }

  /**
   * The code of each row, the activations of the narrowest hidden layer: `rows × code size`, columns `code 1`,
   * `code 2`, …
   * @throws {RangeError} if the matrix has other columns
   */
  async encode(matrix: Matrix, options: WorkOptions = {}): Promise<Matrix> {
    requireOptions(options, workOptions);
    const sizes = this.settings.layers;
    const narrowest = Math.min(...sizes);
    const names = Array.from({ length: narrowest }, (_, i) => `code ${i + 1}`);
    return this.#activations(matrix, sizes.indexOf(narrowest) + 1, names, options);
  }

  /** What leaves the first `depth` layers. */
  async #activations(
    matrix: Matrix,
    depth: number,
    columns: readonly string[],
    options: WorkOptions,
  ): Promise<Matrix> {
    requireColumns(this, matrix);
    requireFinite(matrix);
    const network = this.#computing;
    const data = new Float32Array(matrix.rows * columns.length);
    await inBatches(matrix, options, (rows, start) => {
      data.set(network.predict(rows, depth), start * columns.length);
    });
    return { rows: matrix.rows, columns, data };
  }

  /**
   * Writes model.json and weights.bin, as `tf.loadLayersModel` reads them, and autoencoder.json into an existing
   * folder. What is read back on the same backend scores the same to the bit.
   */
  async save(folder: string): Promise<void> {
    return writeAutoencoder(folder, this.columns.length, this);
  }

  /** Frees the weights, which with TensorFlow.js the garbage collector does not see. The autoencoder is of no use then. */
  dispose(): void {
    this.#network?.dispose();
    this.#network = undefined;
  }

  get #computing(): Network {
    if (!this.#network) throw new Error("the autoencoder was disposed of");
    return this.#network;
  }
}
