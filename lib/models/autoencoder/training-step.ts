import type * as Tf from "@tensorflow/tfjs";
import { Barrier } from "../barrier";
import type { Kernel, KernelMemory } from "../kernel";
import { type KernelMatrix, MatrixAllocator, multiply, rowOf, slice, transposed } from "./kernel-matrix";
import type { AutoencoderSettings } from "./settings";

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

export const tasks = ["step", "loss"] as const;
export type Task = (typeof tasks)[number];

/** Adam's decay rates, and the number that keeps it from dividing by zero, as TensorFlow.js sets them. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

/** Rows that pass through the network at a time, so that memory does not grow with the batch. */
const mostBlockRows = 512;

/** Rows of weights that one thread looks after: columns of the transposed ones, as many as a line of the cache holds. */
const chunkRows = 16;

const { fround } = Math;

/**
 * One thread's part in training: all threads call the same functions at the same time. Rows pass through the network and
 * back independently, so each thread takes its share of them; a weight's gradient is a sum over all rows, so there each
 * takes its share of the weights. Every number is computed by one thread in the order of its reference, so that it does not
 * hang on their number.
 *
 * @param tf needed for activations other than relu
 */
export function trainingStep(
  tf: typeof Tf | undefined,
  kernel: Kernel,
  training: Training,
  thread: number,
): Record<Task, (batchRows: number) => number> {
  const { settings, threads, width, data, batch } = training;
  const { layers, blockRows, parameterBytes, zeros, one, errors, lists } = layOut(training);
  const memory = new Float32Array(kernel.memory.buffer);
  if (thread === 0) rowOf(memory, one, 0)[0] = 1;
  const barrier = new Barrier(training.meetings, threads);

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
    const differentiate = own.map(({ input, weights, bias, activation, output, outputGradient }) => {
      // In training, TensorFlow.js begins the sums of a linear layer at the bias, but adds it to those of any other.
      times(input, weights, activation === "linear" ? bias : zeros, output);
      if (activation === "linear") return () => {};
      kernel.addBias(output.at, output.rows, output.rowBytes, bias.at);
      return activate(tf, kernel, activation, output, outputGradient);
    });
    writeErrors(taken, batchRows);
    for (let i = own.length - 1; i >= 0; i--) {
      differentiate[i]();
      if (i > 0) times(own[i].outputGradient, own[i].transposedWeights, zeros, own[i - 1].outputGradient);
    }
  };

  /** What this thread looks after: of all biases and chunks of weights every nth. */
  const ownParameters = layers
    .flatMap((layer, i) => [
      // The bias is the weight of an input that is always 1.
      {
        values: layer.bias,
        gradient: layer.biasGradient,
        outputGradient: layer.outputGradient,
        inputs: (rows: number): KernelMatrix => ({ ...one, columns: rows, columnBytes: 0 }),
        transpose: () => {},
      },
      ...Array.from({ length: Math.ceil(layer.weights.rows / chunkRows) }, (_, chunk) => {
        const first = chunk * chunkRows;
        const end = Math.min(first + chunkRows, layer.weights.rows);
        const values = slice(layer.weights, first, end);
        const { at, rowBytes } = layer.transposedWeights;
        return {
          values,
          gradient: slice(layer.weightsGradient, first, end),
          outputGradient: layer.outputGradient,
          inputs: (rows: number) => slice(transposed(slice(layer.input, 0, rows)), first, end),
          /** The gradient passes back through the transposed weights of all layers but the first. */
          transpose: () => {
            if (i > 0)
              kernel.transpose(
                values.at,
                values.rows,
                values.columns,
                values.rowBytes,
                at + 4 * first,
                rowBytes,
              );
          },
        };
      }),
    ])
    .filter((_, i) => i % threads === thread);

  const meanError = (batchRows: number): number => {
    let sum = 0;
    for (const error of rowOf(memory, errors, 0).subarray(0, batchRows)) sum = fround(sum + error);
    return fround(sum / batchRows);
  };

  let [power1, power2] = [fround(beta1), fround(beta2)];
  for (const { transpose } of ownParameters) transpose();
  return {
    /** Moves the weights against the gradient of the batch's mean loss, which it returns. */
    step(batchRows) {
      for (let start = 0; start < batchRows; start += blockRows) {
        if (start > 0) barrier.wait();
        passRows(start, batchRows);
        barrier.wait();
        const rows = Math.min(blockRows, batchRows - start);
        for (const { inputs, outputGradient, gradient } of ownParameters)
          times(inputs(rows), slice(outputGradient, 0, rows), gradient, gradient);
      }
      for (const { values, transpose } of ownParameters) {
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
        transpose();
      }
      power1 = fround(power1 * fround(beta1));
      power2 = fround(power2 * fround(beta2));
      barrier.wait();
      return meanError(batchRows);
    },

    /** The batch's mean loss, by a network with relu. */
    loss(batchRows) {
      for (let start = 0; start < batchRows; start += blockRows) {
        const taken = takeRows(start, batchRows);
        for (const { input, weights, bias, activation, output } of taken.own) {
          times(input, weights, bias, output);
          if (activation === "relu") kernel.relu(output.at, output.rows * output.rowBytes);
        }
        writeErrors(taken, batchRows);
        barrier.wait();
      }
      return meanError(batchRows);
    },
  };
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
  const layers = parameters.map(({ weights, bias }, i) => ({
    activation: i < settings.layers.length ? settings.activation : settings.outputActivation,
    weights,
    bias,
    weightsGradient: gradientOf(weights),
    biasGradient: gradientOf(bias),
    transposedWeights: memory.take(sizes[i + 1], sizes[i]),
    input: values[i],
    output: values[i + 1],
    outputGradient: memory.take(blockRows, sizes[i + 1]),
  }));
  const widest = Math.max(...sizes);
  return {
    layers,
    blockRows,
    parameterBytes,
    zeros: memory.take(1, widest),
    one: memory.take(1, 1),
    /** One of each row of the batch. */
    errors: memory.take(1, batch.length),
    /** Room for each thread's multiplications. */
    lists: Array.from({ length: threads }, () => memory.take(2, Math.max(widest, blockRows))),
    bytes: memory.bytes,
  };
}

/**
 * Applies the activation to the outputs of a layer. What it returns makes of the gradient by them that by what they were
 * before. All but relu are TensorFlow.js' own functions and gradients.
 */
function activate(
  tf: typeof Tf | undefined,
  kernel: Kernel,
  activation: AutoencoderSettings["activation"],
  output: KernelMatrix,
  outputGradient: KernelMatrix,
): () => void {
  const bytes = output.rows * output.rowBytes;
  if (activation === "relu") {
    kernel.relu(output.at, bytes);
    return () => kernel.reluGradient(output.at, outputGradient.at, bytes);
  }
  if (!tf) throw new Error(`${activation} needs TensorFlow.js`);
  const numbers = ({ at }: KernelMatrix) => new Float32Array(kernel.memory.buffer, at, bytes / 4);
  const x = tf.tensor1d(numbers(output).slice());
  const y = tf[activation](x);
  numbers(output).set(y.dataSync());
  const { gradFunc, inputsToSave } = tf.getGradient(gradients[activation]);
  return () => {
    const dx = tf.tidy(() => {
      const dy = tf.tensor1d(numbers(outputGradient).slice());
      return gradFunc(dy, [inputsToSave ? x : y], {}).x();
    });
    numbers(outputGradient).set(dx.dataSync<"float32">());
    tf.dispose([x, y, dx]);
  };
}

/** The names under which TensorFlow.js keeps the gradients of activations. */
const gradients = { elu: "Elu", selu: "Selu", sigmoid: "Sigmoid", tanh: "Tanh" };
