import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { InputError, requireNumber } from "../../common/errors";
import { checked, readJsonFile } from "../../common/json-file";
import { fillFromPlainFile, sha256OfPlainFiles } from "../../common/plain-file";
import { breathe, breather, type WorkOptions } from "../../common/progress";
import { createRandom, permutation } from "../../common/random";
import type { Matrix } from "../../preprocess/matrix";
import { type Detector, requireColumns, type ScoreOptions } from "../detector";
import { denseNetwork, forwardRows } from "../kernel/network";
import { scoreMatrix } from "../kernel/score-matrix";
import { type Backend, fileHandler, type TensorFlow, tensorflow } from "../tensorflow";
import type { EpochLoss } from "./epoch-loss";
import {
  type AutoencoderOptions,
  type AutoencoderSettings,
  layerSizes,
  requireModestSize,
  resolveSettings,
} from "./settings";
import { kernelTrainer, type Trainer, tensorflowTrainer } from "./trainer";

export type { EpochLoss };

export interface TrainingOptions extends WorkOptions {
  /** Threads that share the work on each batch; they change no bit. Default: as many as processors. */
  readonly workers?: number;
  /** Told all losses so far after each epoch, to draw them while training runs. */
  readonly onEpoch?: (history: readonly EpochLoss[]) => void;
}

/** Rows that pass through the network at once. */
const batchRows = 1024;

/** Fewer rows than this in all epochs together are learnt before a thread has started. */
const smallTraining = 100_000;

const FILES = ["model.json", "weights.bin"] as const;

/** Either of them is smaller; weights.bin by `requireModestSize`. */
const mostFileBytes = 2 ** 26;

/** A trained autoencoder, made by {@link fitAutoencoder} or {@link loadAutoencoder}. */
export class Autoencoder implements Detector {
  readonly kind = "autoencoder";
  readonly columns: readonly string[];
  readonly settings: AutoencoderSettings;
  /** One entry an epoch. */
  readonly history: readonly EpochLoss[];
  /** What it computes with in this process. */
  readonly backend: Backend;
  /** The TensorFlow.js network, from `columns.length` inputs to as many outputs. */
  readonly network: Tf.Sequential;
  readonly #tf: typeof Tf;

  /** @internal */
  constructor(
    { tf, backend }: TensorFlow,
    network: Tf.Sequential,
    columns: readonly string[],
    settings: AutoencoderSettings,
    history: readonly EpochLoss[],
  ) {
    this.#tf = tf;
    this.backend = backend;
    this.network = network;
    this.columns = columns;
    this.settings = settings;
    this.history = history;
  }

  /**
   * Mean over the columns of the squared reconstruction error, one a row; higher = more anomalous. A row's
   * score does not depend on the other rows of the matrix.
   * @throws {RangeError} if the matrix has other columns
   */
  async score(matrix: Matrix, options: ScoreOptions = {}): Promise<Float64Array> {
    requireColumns(this, matrix);
    const network = denseNetwork(this.network, this.settings);
    if (network) {
      const rowCost = this.network.countParams() / 8;
      return scoreMatrix(network, matrix, { stage: "scoring with the autoencoder", rowCost }, options);
    }
    const width = this.columns.length;
    const scores = new Float64Array(matrix.rows);
    await this.#forward(matrix, this.network.layers.length, options, (output, start, end) => {
      const offset = start * width;
      for (let row = start; row < end; row++) {
        let sum = 0;
        for (let i = row * width; i < (row + 1) * width; i++)
          sum += (matrix.data[i] - output[i - offset]) ** 2;
        scores[row] = sum / width;
      }
    });
    return scores;
  }

  /**
   * Squared reconstruction error of each column divided by the number of columns, so that they sum to the row's
   * score; same order as `columns`, higher = more anomalous.
   * @throws {RangeError} if the row has another length
   */
  explain(row: Float32Array): Float64Array {
    const width = this.columns.length;
    if (row.length !== width)
      throw new RangeError(`the row must have ${width} values, one a column, got ${row.length}`);
    const output = this.#outputs(row, 0, 1, this.network.layers.length);
    return Float64Array.from(row, (value, column) => (value - output[column]) ** 2 / width);
  }

  /**
   * {@link explain} for every row: `rows × columns`, row-major.
   * @throws {RangeError} if the matrix has other columns
   */
  async explainRows(matrix: Matrix, options: WorkOptions = {}): Promise<Float64Array> {
    const { data } = await this.reconstruct(matrix, options);
    const width = this.columns.length;
    return Float64Array.from(data, (output, i) => (matrix.data[i] - output) ** 2 / width);
  }

  /**
   * What the network makes of the rows: `rows × columns.length`. Its difference to `matrix` is the error that
   * `score` squares and averages.
   * @throws {RangeError} if the matrix has other columns
   */
  async reconstruct(matrix: Matrix, options: WorkOptions = {}): Promise<Matrix> {
    return this.#activations(matrix, this.network.layers.length, this.columns, options);
  }

  /**
   * The code of each row, the activations of the narrowest hidden layer: `rows × code size`, columns `code 1`,
   * `code 2`, …
   * @throws {RangeError} if the matrix has other columns
   */
  async encode(matrix: Matrix, options: WorkOptions = {}): Promise<Matrix> {
    const sizes = this.settings.layers;
    const narrowest = Math.min(...sizes);
    const names = Array.from({ length: narrowest }, (_, i) => `code ${i + 1}`);
    return this.#activations(matrix, sizes.indexOf(narrowest) + 1, names, options);
  }

  /**
   * Writes model.json and weights.bin, as `tf.loadLayersModel` reads them, and autoencoder.json into an existing
   * folder, and returns these names. What {@link loadAutoencoder} reads back scores the same to the bit.
   */
  async save(folder: string): Promise<string[]> {
    await this.network.save(fileHandler(this.#tf, `file://${folder}`));
    const { settings, history } = this;
    const sha256 = await checksum(folder);
    await writeFile(
      join(folder, "autoencoder.json"),
      `${JSON.stringify({ settings, history, sha256 }, null, 2)}\n`,
    );
    return [...FILES, "autoencoder.json"];
  }

  /** Frees the weights, which lie outside of what the garbage collector sees. The autoencoder is of no use then. */
  dispose(): void {
    this.network.dispose();
  }

  async #activations(
    matrix: Matrix,
    depth: number,
    columns: readonly string[],
    options: WorkOptions,
  ): Promise<Matrix> {
    const data = new Float32Array(matrix.rows * columns.length);
    await this.#forward(matrix, depth, options, (output, start, end) => {
      data.set(output.subarray(0, (end - start) * columns.length), start * columns.length);
    });
    return { rows: matrix.rows, columns, data };
  }

  /** Lets the rows pass through the first `depth` layers, some at a time. */
  async #forward(
    matrix: Matrix,
    depth: number,
    { onProgress, signal }: WorkOptions,
    visit: (output: Float32Array, start: number, end: number) => void,
  ): Promise<void> {
    requireColumns(this, matrix);
    signal?.throwIfAborted();
    for (let start = 0; start < matrix.rows; start += batchRows) {
      const end = Math.min(start + batchRows, matrix.rows);
      visit(this.#outputs(matrix.data, start, end, depth), start, end);
      onProgress?.({ stage: "running the autoencoder", done: end, total: matrix.rows });
      await breathe(signal);
    }
  }

  /** What at most `batchRows` rows become; by TensorFlow.js where the kernel knows not all activations. */
  #outputs(data: Float32Array, start: number, end: number, depth: number): Float32Array {
    const network = denseNetwork(this.network, this.settings);
    if (network) return forwardRows(network, depth, data, start, end);
    const width = this.columns.length;
    // Every batch has the full size, a short one's tail being idle, so that its rows meet the same arithmetic.
    const batch = new Float32Array(batchRows * width);
    batch.set(data.subarray(start * width, end * width));
    const output = this.#tf.tidy(() => {
      const input: Tf.Tensor = this.#tf.tensor2d(batch, [batchRows, width]);
      const layers = this.network.layers.slice(0, depth);
      return layers.reduce((tensor, layer) => layer.apply(tensor) as Tf.Tensor, input);
    });
    // Read outside of tidy, which would look for tensors in every element of a typed array returned from it.
    const values = output.dataSync<"float32">();
    output.dispose();
    return values;
  }
}

/**
 * Trains an autoencoder (replicator neural network; Hawkins, He, Williams and Baxter 2002, "Outlier detection
 * using replicator neural networks", DaWaK): a network that must pass each row through a narrow layer and give
 * it back. Rows unlike those it was trained on come back wrong, and that error is their score. Dense layers,
 * Glorot's uniform initial weights, Adam.
 *
 * The same matrix, settings and backend give the same weights to the bit, with any number of threads; with relu, so does
 * every backend. Beyond the matrix it needs memory for one batch, and where threads share the work a copy of the matrix,
 * unless its numbers lie in shared memory, as those of `transform` do. In one thread an epoch over 100,000 rows × 118
 * columns, most of them one-hot, takes about a quarter of a second.
 *
 * @param matrix at least one row and column; not changed
 * @throws {InputError} if an option is out of range, or the loss stops being finite
 * @throws the reason of `signal` once it is aborted
 * @example
 * const autoencoder = await fitAutoencoder(normal, { layers: [8, 2, 8], epochs: 20 });
 * const scores = await autoencoder.score(traffic);
 */
export async function fitAutoencoder(
  matrix: Matrix,
  {
    backend,
    workers = availableParallelism(),
    onProgress,
    onEpoch,
    signal,
    ...options
  }: AutoencoderOptions & TrainingOptions = {},
): Promise<Autoencoder> {
  const settings = resolveSettings(options);
  requireNumber("workers", workers, { min: 1, integer: true });
  requireModestSize(matrix.columns.length, settings);
  const { epochs, patience, seed } = settings;
  const order = permutation(matrix.rows, createRandom(seed, "autoencoder validation rows"));
  const heldOutCount = Math.round(matrix.rows * settings.validationShare);
  const heldOut = order.subarray(0, heldOutCount);
  const training = order.subarray(heldOutCount);
  if (matrix.columns.length === 0 || training.length === 0 || (heldOutCount === 0 && patience > 0))
    throw new InputError(
      `the matrix of ${matrix.rows} rows × ${matrix.columns.length} columns is too small to train an ` +
        `autoencoder on, with a validationShare of ${settings.validationShare}`,
    );
  signal?.throwIfAborted();
  const tensorFlow = await tensorflow(backend);
  const { tf } = tensorFlow;
  const network = buildNetwork(tf, matrix.columns.length, settings);
  const alone = training.length * epochs < smallTraining;
  let trainer: Trainer | undefined;
  const history: EpochLoss[] = [];
  let best = { epoch: 0, loss: Infinity, weights: [] as Tf.Tensor[] };

  /** Mean of `lossOf`, the loss of one batch, over the rows given. */
  const meanLoss = async (rows: Uint32Array, lossOf: (batch: Uint32Array) => number | Promise<number>) => {
    let sum = 0;
    const breatheIfDue = breather(signal);
    for (let start = 0; start < rows.length; start += settings.batchSize) {
      const batch = rows.subarray(start, start + settings.batchSize);
      sum += batch.length * (await lossOf(batch));
      await breatheIfDue();
    }
    await breathe(signal);
    if (!Number.isFinite(sum)) throw divergence(matrix, history.length + 1, settings);
    return sum / rows.length;
  };

  try {
    trainer =
      (await kernelTrainer(tf, network, matrix, settings, alone ? 1 : workers, signal)) ??
      tensorflowTrainer(tf, network, matrix, settings);
    for (let epoch = 1, stop = false; epoch <= epochs && !stop; epoch++) {
      const rows = permutation(training.length, createRandom(seed, `autoencoder epoch ${epoch}`));
      const trainingLoss = await meanLoss(
        rows.map((i) => training[i]),
        trainer.step,
      );
      trainer.updateNetwork();
      const losses: EpochLoss = {
        loss: trainingLoss,
        ...(heldOutCount > 0 && { validationLoss: await meanLoss(heldOut, trainer.loss) }),
      };
      history.push(losses);
      onEpoch?.(history);
      if (patience > 0 && losses.validationLoss! < best.loss) {
        tf.dispose(best.weights);
        best = { epoch, loss: losses.validationLoss!, weights: network.getWeights().map((w) => w.clone()) };
      }
      stop = patience > 0 && epoch - best.epoch >= patience;
      onProgress?.({
        stage: "training the autoencoder",
        done: epoch,
        total: stop ? epoch : epochs,
        note: describe(losses),
      });
    }
    if (patience > 0) network.setWeights(best.weights);
    return new Autoencoder(tensorFlow, network, [...matrix.columns], settings, history);
  } catch (error) {
    network.dispose();
    throw error;
  } finally {
    await trainer?.dispose();
    tf.dispose(best.weights);
  }
}

/**
 * Reads what {@link Autoencoder.save} wrote. The network is built from its settings, as for training; model.json, which is
 * for other programs, is not obeyed, since a network described there could be anything.
 *
 * @param columns the columns that it was trained on, which its own files do not hold
 * @throws {InputError} if a file is missing or damaged, or the network is for another number of columns
 * @example
 * const autoencoder = await loadAutoencoder("models/autoencoder", preprocessor.columns);
 */
export async function loadAutoencoder(
  folder: string,
  columns: readonly string[],
  { backend }: Pick<AutoencoderOptions, "backend"> = {},
): Promise<Autoencoder> {
  const { autoencoderSchema } = require("../model-schema") as typeof import("../model-schema");
  const path = join(folder, "autoencoder.json");
  const { history, sha256, ...saved } = checked(autoencoderSchema, await readJsonFile(path), path);
  const settings = settingsOf(path, columns.length, saved.settings);
  const weights = await readWeights(join(folder, "weights.bin"), columns.length, settings);
  const files = FILES.map((file) => join(folder, file));
  if ((await sha256OfPlainFiles(files, mostFileBytes)) !== sha256)
    throw new InputError(`the autoencoder in ${folder} is damaged: ${FILES.join(" or ")} was changed`);
  const tensorFlow = await tensorflow(backend);
  const network = buildNetwork(tensorFlow.tf, columns.length, settings, weights);
  return new Autoencoder(tensorFlow, network, [...columns], settings, history);
}

/** The settings that a file holds, once they are in range. */
function settingsOf(path: string, width: number, saved: AutoencoderSettings): AutoencoderSettings {
  try {
    const settings = resolveSettings(saved);
    requireModestSize(width, settings);
    return settings;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path} is damaged: ${error.message}`);
  }
}

/** Kernel and bias of each layer, as `save` wrote them one behind the other. */
async function readWeights(
  path: string,
  width: number,
  settings: AutoencoderSettings,
): Promise<Float32Array[]> {
  const sizes = layerSizes(width, settings);
  const lengths = sizes.slice(1).flatMap((units, i) => [sizes[i] * units, units]);
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const { buffer } = await fillFromPlainFile(
    path,
    4 * count,
    `a network of ${sizes.length - 1} layers on ${width} columns`,
    (size) => new Uint8Array(size),
  );
  const numbers = new Float32Array(buffer);
  const bad = numbers.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0) throw new InputError(`${path} is damaged: weight ${bad} is ${numbers[bad]}`);
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return numbers.subarray(end - length, end);
  });
}

/**
 * Layers carry names of their own, since TensorFlow.js would number them by what the process made before.
 *
 * @param weights kernel and bias of each layer. Default: those to start training with
 */
function buildNetwork(
  tf: typeof Tf,
  width: number,
  settings: AutoencoderSettings,
  weights?: readonly Float32Array[],
): Tf.Sequential {
  const sizes = [...settings.layers, width];
  const layers = sizes.map((units, i) =>
    tf.layers.dense({
      name: i < settings.layers.length ? `hidden_${i + 1}` : "output",
      units,
      activation: i < settings.layers.length ? settings.activation : settings.outputActivation,
      kernelInitializer: tf.initializers.glorotUniform({
        seed: createRandom(settings.seed, `autoencoder layer ${i}`).integer(2 ** 31),
      }),
      ...(i === 0 && { inputShape: [width] }),
    }),
  );
  if (weights) for (const layer of layers) layer.setFastWeightInitDuringBuild(true);
  const network = tf.sequential({ name: "autoencoder", layers });
  if (weights)
    tf.tidy(() => {
      network.setWeights(network.getWeights().map(({ shape }, i) => tf.tensor(weights[i], shape)));
    });
  return network;
}

function divergence(
  { data, columns }: Matrix,
  epoch: number,
  { learningRate }: AutoencoderSettings,
): InputError {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / columns.length), columns[bad % columns.length]];
    return new InputError(`the autoencoder cannot train on ${data[bad]} in row ${row}, column ${column}`);
  }
  return new InputError(
    `the loss stopped being finite in epoch ${epoch}: scale the columns or lower the learningRate of ${learningRate}`,
  );
}

function describe({ loss, validationLoss }: EpochLoss): string {
  const validation = validationLoss === undefined ? "" : `, validation ${validationLoss.toPrecision(4)}`;
  return `loss ${loss.toPrecision(4)}${validation}`;
}

async function checksum(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of FILES) hash.update(await readFile(join(folder, file)));
  return hash.digest("hex");
}
