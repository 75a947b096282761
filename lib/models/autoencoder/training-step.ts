import type * as Tf from "@tensorflow/tfjs";
import { type Matrix, selectMatrixRows } from "../../preprocess/matrix";
import { createKernel, type Kernel, reserve } from "../kernel";
import { fill, type KernelMatrix, MatrixAllocator, multiply, rowOf, transposed } from "./kernel-matrix";
import type { AutoencoderSettings } from "./settings";

/** Trains a network of dense layers to give the rows of a matrix back. */
export interface Trainer {
  /** Moves the weights by Adam against the gradient of the mean loss of these rows, and returns that loss. */
  step(rows: Uint32Array): number | Promise<number>;
  /** Gives the network the weights so far. */
  updateNetwork(): void;
  /** The mean loss of these rows by the network as it was last updated. */
  loss(rows: Uint32Array): number;
  dispose(): void;
}

/** Training as TensorFlow.js does it: the reference for {@link kernelTrainer}. */
export function tensorflowTrainer(
  tf: typeof Tf,
  network: Tf.Sequential,
  matrix: Matrix,
  { learningRate, loss }: AutoencoderSettings,
): Trainer {
  const optimizer = tf.train.adam(learningRate);
  network.compile({ optimizer, loss });
  return {
    async step(rows) {
      const batch = tensorOf(tf, matrix, rows);
      try {
        return (await network.trainOnBatch(batch, batch)) as number;
      } finally {
        batch.dispose();
      }
    },
    updateNetwork() {},
    loss: (rows) => tensorflowLoss(tf, network, matrix, loss, rows),
    dispose: () => optimizer.dispose(),
  };
}

function tensorflowLoss(
  tf: typeof Tf,
  network: Tf.Sequential,
  matrix: Matrix,
  loss: AutoencoderSettings["loss"],
  rows: Uint32Array,
): number {
  return tf.tidy(() => {
    const batch = tensorOf(tf, matrix, rows);
    const losses = tf.metrics[loss](batch, network.predictOnBatch(batch) as Tf.Tensor);
    return losses.mean().dataSync()[0];
  });
}

function tensorOf(tf: typeof Tf, matrix: Matrix, rows: Uint32Array): Tf.Tensor2D {
  return tf.tensor2d(selectMatrixRows(matrix, rows).data, [rows.length, matrix.columns.length]);
}

/** Adam's decay rates, and the number that keeps it from dividing by zero, as TensorFlow.js sets them. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

/** Rows that pass through the network at a time, so that memory does not grow with the batch. */
const mostBlockRows = 512;

const { fround } = Math;

/**
 * Forward pass, backward pass and Adam written out, in the WebAssembly kernel. It gives the weights and losses of
 * {@link tensorflowTrainer} on the wasm backend, to the bit, but several times as fast: it passes over zeros,
 * transposes no matrix but the weights, and makes no tensors. Undefined where there is no WebAssembly.
 */
export function kernelTrainer(
  tf: typeof Tf,
  network: Tf.Sequential,
  matrix: Matrix,
  settings: AutoencoderSettings,
): Trainer | undefined {
  const kernel = createKernel();
  if (!kernel) return undefined;
  const width = matrix.columns.length;
  const blockRows = Math.min(settings.batchSize, matrix.rows, mostBlockRows);
  const layout = layOut(settings, width, blockRows);
  const { layers, parameterBytes, zeros, one, list } = layout;
  const [{ input: target }, last] = [layers[0], layers[layers.length - 1]];
  reserve(kernel, layout.bytes);
  const memory = new Float32Array(kernel.memory.buffer);
  rowOf(memory, one, 0)[0] = 1;
  const weights = layers.flatMap((layer) => [layer.weights, layer.bias]);
  for (const [i, tensor] of network.getWeights().entries())
    fill(memory, weights[i], tensor.dataSync<"float32">());

  const times = (a: KernelMatrix, b: KernelMatrix, start: KernelMatrix, out: KernelMatrix) =>
    multiply(kernel, a, b, start, out, list);

  /** The first rows of a block, of which there may be fewer than fit. */
  const filled = (block: KernelMatrix, rows: Uint32Array): KernelMatrix => ({ ...block, rows: rows.length });

  const putInto = (block: KernelMatrix, rows: Uint32Array): void => {
    for (let i = 0; i < rows.length; i++) {
      const values = matrix.data.subarray(rows[i] * width, (rows[i] + 1) * width);
      memory.set(values, (block.at + i * block.rowBytes) / 4);
    }
  };

  /** Adds the losses of rows that have passed through the network to `sum`, and leaves their gradient by its outputs. */
  const addLosses = (rows: Uint32Array, batchRows: number, sum: number): number => {
    const { output, outputGradient } = last;
    const squared = settings.loss === "meanSquaredError";
    const share = fround(fround(1 / batchRows) / width);
    const { at, rowBytes } = output;
    return kernel.addErrors(
      at,
      target.at,
      rows.length,
      width,
      rowBytes,
      squared,
      share,
      sum,
      outputGradient.at,
    );
  };

  /** Adds the gradient of the losses of some rows of a batch to that of its other rows, and their losses to `sum`. */
  const addGradient = (rows: Uint32Array, batchRows: number, sum: number): number => {
    putInto(target, rows);
    const differentiate = layers.map((layer) => {
      const { input, output, bias, activation } = layer;
      // In training, TensorFlow.js begins the sums of a linear layer at the bias, but adds it to those of any other.
      times(filled(input, rows), layer.weights, activation === "linear" ? bias : zeros, output);
      if (activation === "linear") return () => {};
      kernel.addBias(output.at, rows.length, output.rowBytes, bias.at);
      return activate(tf, kernel, activation, filled(output, rows), layer.outputGradient);
    });
    const total = addLosses(rows, batchRows, sum);
    for (let i = layers.length - 1; i >= 0; i--) {
      differentiate[i]();
      const { input, weightsGradient, biasGradient } = layers[i];
      const gradient = filled(layers[i].outputGradient, rows);
      times(transposed(filled(input, rows)), gradient, weightsGradient, weightsGradient);
      // The bias is the weight of an input that is always 1.
      times({ ...one, columns: rows.length, columnBytes: 0 }, gradient, biasGradient, biasGradient);
      if (i > 0) times(gradient, layers[i].transposedWeights, zeros, layers[i - 1].outputGradient);
    }
    return total;
  };

  let [power1, power2] = [fround(beta1), fround(beta2)];
  return {
    step(rows) {
      for (const { weights: w, transposedWeights: t } of layers.slice(1))
        kernel.transpose(w.at, w.rows, w.columns, w.rowBytes, t.at, t.rowBytes);
      let sum = 0;
      for (let start = 0; start < rows.length; start += blockRows)
        sum = addGradient(rows.subarray(start, start + blockRows), rows.length, sum);
      const [gradientAt, firstMomentAt, secondMomentAt] = [1, 2, 3].map((times) => times * parameterBytes);
      kernel.adam(
        0,
        gradientAt,
        firstMomentAt,
        secondMomentAt,
        parameterBytes,
        settings.learningRate,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        1 - power1,
        1 - power2,
        epsilon,
      );
      power1 = fround(power1 * fround(beta1));
      power2 = fround(power2 * fround(beta2));
      return fround(sum / rows.length);
    },
    updateNetwork() {
      const tensors = network.getWeights().map(({ shape }, i) => {
        const { rows, columns } = weights[i];
        const values = new Float32Array(rows * columns);
        for (let row = 0; row < rows; row++) values.set(rowOf(memory, weights[i], row), row * columns);
        return tf.tensor(values, shape);
      });
      network.setWeights(tensors);
      tf.dispose(tensors);
    },
    loss(rows) {
      const { activation, outputActivation, loss } = settings;
      if (activation !== "relu" || outputActivation !== "linear")
        return tensorflowLoss(tf, network, matrix, loss, rows);
      let sum = 0;
      for (let start = 0; start < rows.length; start += blockRows) {
        const block = rows.subarray(start, start + blockRows);
        putInto(target, block);
        for (const { input, weights: factors, bias, output } of layers) {
          times(filled(input, block), factors, bias, output);
          if (output !== last.output) kernel.relu(output.at, block.length * output.rowBytes);
        }
        sum = addLosses(block, rows.length, sum);
      }
      return fround(sum / rows.length);
    },
    dispose() {},
  };
}

/**
 * Divides the kernel's memory, for blocks of `rows` rows. It begins with all parameters; after them lie their gradients,
 * and Adam's first and second moments, in the same order.
 */
function layOut(settings: AutoencoderSettings, width: number, rows: number) {
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
  const values = sizes.map((size) => memory.take(rows, size));
  const layers = parameters.map(({ weights, bias }, i) => ({
    activation: i < settings.layers.length ? settings.activation : settings.outputActivation,
    weights,
    bias,
    weightsGradient: gradientOf(weights),
    biasGradient: gradientOf(bias),
    transposedWeights: memory.take(sizes[i + 1], sizes[i]),
    input: values[i],
    output: values[i + 1],
    outputGradient: memory.take(rows, sizes[i + 1]),
  }));
  const widest = Math.max(...sizes);
  const [zeros, one, list] = [
    memory.take(1, widest),
    memory.take(1, 1),
    memory.take(2, Math.max(widest, rows)),
  ];
  return { layers, parameterBytes, zeros, one, list, bytes: memory.bytes };
}

/**
 * Applies the activation to the outputs of a layer. What it returns makes of the gradient by them that by what they were
 * before. All but relu are TensorFlow.js' own functions and gradients.
 */
function activate(
  tf: typeof Tf,
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
