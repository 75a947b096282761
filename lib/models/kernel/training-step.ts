import type { Kernel } from "./kernel";
import { type KernelMatrix, multiply, passLayer, rowOf, slice } from "./matrix";
import { layOut, type Training } from "./training-layout";

export const tasks = ["step", "loss"] as const;
export type Task = (typeof tasks)[number];

/** Adam's decay rates, and the number that keeps it from dividing by zero, as TensorFlow.js sets them. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

const { fround } = Math;

type Layout = ReturnType<typeof layOut>;

/** This thread's rows of a block, with its part of every layer; `first` is the first one's place in the batch. */
interface TakenRows {
  readonly layers: Layout["layers"];
  readonly first: number;
}

/**
 * One thread's part in training: all threads do the same tasks at the same time, and meet wherever a task yields, since
 * there each goes on with what the others have computed. Rows pass through the network and back independently, so each
 * thread takes its share of them; a weight's gradient is a sum over all rows, so there each takes its share of the weights.
 * Every number is computed by one thread in an order of its own, so that it does not depend on the number of threads.
 */
export class TrainingStep implements Record<Task, (batchRows: number) => Generator<void>> {
  readonly #kernel: Kernel;
  readonly #training: Training;
  readonly #thread: number;
  readonly #layout: Layout;
  readonly #ownChunks: Layout["chunks"];
  readonly #memory: Float32Array;
  /** Adam's decay rates to the power of the number of steps so far and one more. */
  #powers = [fround(beta1), fround(beta2)];

  constructor(kernel: Kernel, training: Training, thread: number) {
    this.#kernel = kernel;
    this.#training = training;
    this.#thread = thread;
    this.#layout = layOut(training);
    this.#ownChunks = this.#layout.chunks.filter((_, i) => i % training.threads === thread);
    this.#memory = new Float32Array(kernel.memory.buffer);
    this.#transposeWeights();
  }

  /** Moves the weights against the gradient of the batch's mean loss. */
  *step(batchRows: number): Generator<void> {
    const { blockRows } = this.#layout;
    for (let start = 0; start < batchRows; start += blockRows) {
      if (start > 0) yield;
      const taken = this.#takeRows(start, batchRows);
      this.#passForward(taken, batchRows);
      this.#passBack(taken);
      yield;
      this.#addGradients(Math.min(blockRows, batchRows - start));
    }
    this.#moveWeights();
    this.#transposeWeights();
    yield;
  }

  /** Computes the batch's errors only. */
  *loss(batchRows: number): Generator<void> {
    for (let start = 0; start < batchRows; start += this.#layout.blockRows) {
      this.#passForward(this.#takeRows(start, batchRows), batchRows);
      yield;
    }
  }

  /** The batch's mean loss, after a task. */
  meanError(batchRows: number): number {
    let sum = 0;
    for (const error of rowOf(this.#memory, this.#layout.errors, 0).subarray(0, batchRows))
      sum = fround(sum + error);
    return fround(sum / batchRows);
  }

  /** Fills the first layer with this thread's rows of the block that begins at `start`. */
  #takeRows(start: number, batchRows: number): TakenRows {
    const { batch, data, threads, width } = this.#training;
    const rows = Math.min(this.#layout.blockRows, batchRows - start);
    const [first, end] = [this.#thread, this.#thread + 1].map((part) => Math.floor((rows * part) / threads));
    const part = (matrix: KernelMatrix) => slice(matrix, first, end);
    const layers = this.#layout.layers.map((layer) => ({
      ...layer,
      input: part(layer.input),
      output: part(layer.output),
      outputGradient: part(layer.outputGradient),
    }));
    const { at, rowBytes } = layers[0].input;
    for (let i = 0; i < end - first; i++) {
      const [from, to] = [batch[start + first + i] * width, (at + i * rowBytes) / 4];
      for (let column = 0; column < width; column++) this.#memory[to + column] = data[from + column];
    }
    return { layers, first: start + first };
  }

  /** Takes rows through the network, and writes their errors and the gradient of these by the outputs. */
  #passForward({ layers, first }: TakenRows, batchRows: number): void {
    const { settings, width } = this.#training;
    for (const layer of layers) passLayer(this.#kernel, layer, this.#list);
    const { output, outputGradient } = layers[layers.length - 1];
    this.#kernel.rowErrors(
      output.at,
      layers[0].input.at,
      output.rows,
      width,
      output.rowBytes,
      settings.loss === "meanSquaredError",
      fround(fround(1 / batchRows) / width),
      this.#layout.errors.at + 4 * first,
      outputGradient.at,
    );
  }

  /** Takes the gradient of rows back to the outputs of every layer. */
  #passBack({ layers }: TakenRows): void {
    for (let i = layers.length - 1; i >= 0; i--) {
      const { output, outputGradient, transposedWeights, hasRelu } = layers[i];
      if (hasRelu) this.#kernel.reluGradient(output.at, outputGradient.at, output.rows * output.rowBytes);
      if (i > 0)
        this.#multiply(outputGradient, transposedWeights, this.#layout.zeros, layers[i - 1].outputGradient);
    }
  }

  /** Adds a block's part to the gradients of this thread's weights. */
  #addGradients(rows: number): void {
    for (const { inputs, outputGradient, gradient } of this.#ownChunks)
      this.#multiply(inputs(rows), slice(outputGradient, 0, rows), gradient, gradient);
  }

  /** One step of Adam for this thread's weights. */
  #moveWeights(): void {
    const [power1, power2] = this.#powers;
    const { parameterBytes } = this.#layout;
    for (const { values } of this.#ownChunks)
      this.#kernel.adam(
        values.at,
        values.at + parameterBytes, // gradient
        values.at + 2 * parameterBytes, // first moment
        values.at + 3 * parameterBytes, // second moment
        values.rows * values.rowBytes,
        this.#training.settings.learningRate,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        1 - power1,
        1 - power2,
        epsilon,
      );
    this.#powers = [fround(power1 * fround(beta1)), fround(power2 * fround(beta2))];
  }

  /** The gradient passes back through the transposed weights of all layers but the first. */
  #transposeWeights(): void {
    for (const { values, copy } of this.#ownChunks)
      if (copy)
        this.#kernel.transpose(
          values.at,
          values.rows,
          values.columns,
          values.rowBytes,
          copy.at,
          copy.columnBytes,
        );
  }

  #multiply(a: KernelMatrix, b: KernelMatrix, start: KernelMatrix, out: KernelMatrix): void {
    multiply(this.#kernel, a, b, start, out, this.#list);
  }

  /** Room for this thread's multiplications. */
  get #list(): KernelMatrix {
    return this.#layout.lists[this.#thread];
  }
}
