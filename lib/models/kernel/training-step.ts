import type { Kernel } from "./kernel";
import { type KernelMatrix, multiply, passLayer, rowOf, slice } from "./matrix";
import { layOut, type Training } from "./training-layout";

export const tasks = ["step", "loss"] as const;
export type Task = (typeof tasks)[number];

/** Adam's decay rates, and the number that keeps it from dividing by zero, as TensorFlow.js sets them. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

const { fround } = Math;

/**
 * One thread's part in training: all threads do the same tasks at the same time, and meet wherever a task yields, since
 * there each goes on with what the others have computed. Rows pass through the network and back independently, so each
 * thread takes its share of them; a weight's gradient is a sum over all rows, so there each takes its share of the weights.
 * Every number is computed by one thread in an order of its own, so that it does not depend on the number of threads.
 */
export function trainingStep(
  kernel: Kernel,
  training: Training,
  thread: number,
): Record<Task, (batchRows: number) => Generator<void>> & { meanError(batchRows: number): number } {
  const { settings, threads, width, data, batch } = training;
  const { layers, chunks, blockRows, parameterBytes, zeros, errors, lists } = layOut(training);
  const ownChunks = chunks.filter((_, i) => i % threads === thread);
  const memory = new Float32Array(kernel.memory.buffer);

  const times = (a: KernelMatrix, b: KernelMatrix, start: KernelMatrix, out: KernelMatrix) =>
    multiply(kernel, a, b, start, out, lists[thread]);

  /** Where this thread's share of so many things begins and ends. */
  const share = (count: number) => [thread, thread + 1].map((part) => Math.floor((count * part) / threads));

  /** This thread's rows of the block that begins at `start`, with its part of every layer, filled with them. */
  const takeRows = (start: number, batchRows: number) => {
    const [first, end] = share(Math.min(blockRows, batchRows - start));
    const part = (matrix: KernelMatrix) => slice(matrix, first, end);
    const own = layers.map((layer) => ({
      ...layer,
      input: part(layer.input),
      output: part(layer.output),
      outputGradient: part(layer.outputGradient),
    }));
    const { at, rowBytes } = own[0].input;
    for (const [i, row] of batch.subarray(start + first, start + end).entries())
      memory.set(data.subarray(row * width, (row + 1) * width), (at + i * rowBytes) / 4);
    return { own, first: start + first };
  };

  /** Writes the errors of rows that have passed through the network, and their gradient by its outputs. */
  const writeErrors = ({ own, first }: ReturnType<typeof takeRows>, batchRows: number): void => {
    const { output, outputGradient } = own[own.length - 1];
    const squared = settings.loss === "meanSquaredError";
    const share = fround(fround(1 / batchRows) / width);
    kernel.rowErrors(
      output.at,
      own[0].input.at,
      output.rows,
      width,
      output.rowBytes,
      squared,
      share,
      errors.at + 4 * first,
      outputGradient.at,
    );
  };

  /** Takes this thread's rows of a block through the network and the gradient back to the outputs of every layer. */
  const passRows = (start: number, batchRows: number): void => {
    const taken = takeRows(start, batchRows);
    const { own } = taken;
    for (const layer of own) passLayer(kernel, layer, lists[thread]);
    writeErrors(taken, batchRows);
    for (let i = own.length - 1; i >= 0; i--) {
      const { output, outputGradient, transposedWeights, hasRelu } = own[i];
      if (hasRelu) kernel.reluGradient(output.at, outputGradient.at, output.rows * output.rowBytes);
      if (i > 0) times(outputGradient, transposedWeights, zeros, own[i - 1].outputGradient);
    }
  };

  /** The gradient passes back through the transposed weights of all layers but the first. */
  const transposeOwn = (): void => {
    for (const { values, copy } of ownChunks)
      if (copy)
        kernel.transpose(values.at, values.rows, values.columns, values.rowBytes, copy.at, copy.columnBytes);
  };

  let [power1, power2] = [fround(beta1), fround(beta2)];
  transposeOwn();
  return {
    /** Moves the weights against the gradient of the batch's mean loss. */
    *step(batchRows) {
      for (let start = 0; start < batchRows; start += blockRows) {
        if (start > 0) yield;
        passRows(start, batchRows);
        yield;
        const rows = Math.min(blockRows, batchRows - start);
        for (const { inputs, outputGradient, gradient } of ownChunks)
          times(inputs(rows), slice(outputGradient, 0, rows), gradient, gradient);
      }
      for (const { values } of ownChunks) {
        const [at, gradient, firstMoment, secondMoment] = [0, 1, 2, 3].map(
          (i) => values.at + i * parameterBytes,
        );
        kernel.adam(
          at,
          gradient,
          firstMoment,
          secondMoment,
          values.rows * values.rowBytes,
          settings.learningRate,
          beta1,
          beta2,
          1 - beta1,
          1 - beta2,
          1 - power1,
          1 - power2,
          epsilon,
        );
      }
      transposeOwn();
      power1 = fround(power1 * fround(beta1));
      power2 = fround(power2 * fround(beta2));
      yield;
    },

    /** Computes the batch's errors only. */
    *loss(batchRows) {
      for (let start = 0; start < batchRows; start += blockRows) {
        const taken = takeRows(start, batchRows);
        for (const layer of taken.own) passLayer(kernel, layer, lists[thread]);
        writeErrors(taken, batchRows);
        yield;
      }
    },

    /** The batch's mean loss, after a task. */
    meanError(batchRows) {
      let sum = 0;
      for (const error of rowOf(memory, errors, 0).subarray(0, batchRows)) sum = fround(sum + error);
      return fround(sum / batchRows);
    },
  };
}
