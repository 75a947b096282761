import type * as Tf from "@tensorflow/tfjs";
import { type Matrix, selectMatrixRows } from "../preprocess/matrix";
import type { AutoencoderSettings } from "./autoencoder";
import { createKernel, type Kernel, reserve } from "./kernel";

/** Trains a network of dense layers to give the rows of a matrix back. */
export interface Trainer {
  /** Moves the weights by Adam against the gradient of the mean loss of these rows, and returns that loss. */
  step(rows: Uint32Array): number | Promise<number>;
  /** Gives the network the weights so far. */
  updateNetwork(): void;
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
      const batch = tf.tensor2d(selectMatrixRows(matrix, rows).data, [rows.length, matrix.columns.length]);
      try {
        return (await network.trainOnBatch(batch, batch)) as number;
      } finally {
        batch.dispose();
      }
    },
    updateNetwork() {},
    dispose: () => optimizer.dispose(),
  };
}

/** Adam's decay rates, and the number that keeps it from dividing by zero, as TensorFlow.js sets them. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

/** Rows that pass through the network at a time, so that memory does not grow with the batch. */
const blockRows = 512;

const { fround } = Math;

/**
 * Forward pass, backward pass and Adam written out, in the WebAssembly kernel. It gives the weights and losses of
 * {@link tensorflowTrainer} on the wasm backend, to the bit, but several times as fast: it passes over zeros,
 * transposes no matrix to multiply it, and makes no tensors. Undefined where there is no WebAssembly.
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
  const layout = layOut(settings, width, Math.min(settings.batchSize, matrix.rows, blockRows));
  const { layers, parameterBytes, zeros, one, list } = layout;
  const [first, last] = [layers[0], layers[layers.length - 1]];
  reserve(kernel, layout.bytes);
  const memory = new Float32Array(kernel.memory.buffer);
  const numbers = (address: number, count: number) => memory.subarray(address / 4, address / 4 + count);
  numbers(one, 1)[0] = 1;
  const lossOf = settings.loss === "meanSquaredError" ? kernel.squaredError : kernel.absoluteError;

  // Where each row of the network's tensors lies: kernel and bias of the first layer, then of the next.
  const tensors = layers.flatMap(({ weights, bias, inputs, outputs, outputStride }) => [
    Array.from({ length: inputs }, (_, i) => numbers(weights + i * outputStride, outputs)),
    [numbers(bias, outputs)],
  ]);
  for (const [i, tensor] of network.getWeights().entries()) {
    const values = tensor.dataSync<"float32">();
    for (const [r, row] of tensors[i].entries())
      row.set(values.subarray(r * row.length, (r + 1) * row.length));
  }

  /** Adds these rows' share of the gradient of a batch to the others', and their losses to `sum`. */
  const addGradient = (rows: Uint32Array, batch: number, sum: number): number => {
    const count = rows.length;
    rows.forEach((row, i) => {
      const values = matrix.data.subarray(row * width, (row + 1) * width);
      memory.set(values, (first.input + i * first.inputStride) / 4);
    });
    const differentiate = layers.map((layer) => {
      const { inputs, weights, bias, input, output, inputStride, outputStride, activation } = layer;
      // TensorFlow.js begins the sums of a linear layer at the bias, and adds it to the sums of others.
      const start = activation === "linear" ? bias : zeros;
      kernel.multiply(input, count, inputStride, 4, inputs, weights, outputStride, start, 0, output, list);
      if (activation === "linear") return () => {};
      kernel.addBias(output, count, outputStride, bias);
      return activate(tf, kernel, layer, activation, count);
    });
    const share = fround(fround(1 / batch) / width);
    const { output, outputStride, outputGradient } = last;
    const total = lossOf(output, first.input, count, width, outputStride, share, sum, outputGradient);
    for (let i = layers.length - 1; i >= 0; i--) {
      differentiate[i]();
      const { inputs, outputs, weights, bias, transposed, input, inputStride, outputStride } = layers[i];
      const gradient = layers[i].outputGradient;
      const [dWeights, dBias] = [weights + parameterBytes, bias + parameterBytes];
      // The weights' gradient is inputᵀ · gradient, and so is that of the bias, whose input is always 1.
      kernel.multiply(
        input,
        inputs,
        4,
        inputStride,
        count,
        gradient,
        outputStride,
        dWeights,
        outputStride,
        dWeights,
        list,
      );
      kernel.multiply(one, 1, 0, 0, count, gradient, outputStride, dBias, 0, dBias, list);
      if (i > 0)
        kernel.multiply(
          gradient,
          count,
          outputStride,
          4,
          outputs,
          transposed,
          inputStride,
          zeros,
          0,
          layers[i - 1].outputGradient,
          list,
        );
    }
    return total;
  };

  let [power1, power2] = [fround(beta1), fround(beta2)];
  return {
    step(rows) {
      for (const { inputs, outputs, weights, transposed, inputStride, outputStride } of layers.slice(1))
        kernel.transpose(weights, inputs, outputs, outputStride, transposed, inputStride);
      let sum = 0;
      for (let start = 0; start < rows.length; start += blockRows)
        sum = addGradient(rows.subarray(start, start + blockRows), rows.length, sum);
      kernel.adam(
        0,
        parameterBytes,
        2 * parameterBytes,
        3 * parameterBytes,
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
      tf.tidy(() => {
        network.setWeights(
          network.getWeights().map(({ shape }, i) => {
            const values = Float32Array.from(tensors[i].flatMap((row) => Array.from(row)));
            return tf.tensor(values, shape);
          }),
        );
      });
    },
    dispose() {},
  };
}

/** A dense layer in the kernel's memory: addresses, and bytes from one row to the next. */
interface Layer {
  readonly activation: AutoencoderSettings["activation" | "outputActivation"];
  readonly inputs: number;
  readonly outputs: number;
  readonly inputStride: number;
  readonly outputStride: number;
  /** `inputs × outputs`; the gradient, Adam's first moment and second moment lie one, two and three times `parameterBytes` behind. */
  readonly weights: number;
  readonly bias: number;
  /** `outputs × inputs` */
  readonly transposed: number;
  /** `rows × inputs` */
  readonly input: number;
  /** `rows × outputs` */
  readonly output: number;
  readonly outputGradient: number;
}

/** Divides the kernel's memory. It begins with the parameters, the kernel pads every row to 16 numbers. */
function layOut(settings: AutoencoderSettings, width: number, rows: number) {
  let bytes = 0;
  /** The address of so many rows, and the bytes of one. */
  const take = (count: number, columns: number) => {
    const address = bytes;
    bytes += count * strideOf(columns);
    return address;
  };
  const sizes = [width, ...settings.layers, width];
  const parameters = sizes.slice(1).map((outputs, i) => ({
    weights: take(sizes[i], outputs),
    bias: take(1, outputs),
  }));
  const parameterBytes = bytes;
  take(3, parameterBytes / 4);
  const values = sizes.map((size) => take(rows, size));
  const gradients = sizes.slice(1).map((size) => take(rows, size));
  const layers = parameters.map(
    (place, i): Layer => ({
      ...place,
      activation: i < settings.layers.length ? settings.activation : settings.outputActivation,
      inputs: sizes[i],
      outputs: sizes[i + 1],
      inputStride: strideOf(sizes[i]),
      outputStride: strideOf(sizes[i + 1]),
      transposed: take(sizes[i + 1], sizes[i]),
      input: values[i],
      output: values[i + 1],
      outputGradient: gradients[i],
    }),
  );
  const widest = Math.max(...sizes);
  const zeros = take(1, widest);
  const one = take(1, 1);
  const list = take(2, Math.max(widest, rows));
  return { layers, parameterBytes, zeros, one, list, bytes };
}

const strideOf = (columns: number) => Math.ceil(columns / 16) * 64;

/**
 * Applies the activation to the outputs of a layer. What it returns makes the gradient by them that by what was there
 * before. All but relu are TensorFlow.js' own functions and gradients.
 */
function activate(
  tf: typeof Tf,
  kernel: Kernel,
  { output, outputGradient, outputStride }: Layer,
  activation: Exclude<Layer["activation"], "linear">,
  rows: number,
): () => void {
  const bytes = rows * outputStride;
  if (activation === "relu") {
    kernel.relu(output, bytes);
    return () => kernel.reluGradient(output, outputGradient, bytes);
  }
  const numbers = (address: number) => new Float32Array(kernel.memory.buffer, address, bytes / 4);
  const x = tf.tensor1d(numbers(output).slice());
  const y = tf[activation](x);
  numbers(output).set(y.dataSync());
  const { gradFunc, inputsToSave } = tf.getGradient(kernelNames[activation]);
  return () => {
    const dx = tf.tidy(() => {
      const dy = tf.tensor1d(numbers(outputGradient).slice());
      return gradFunc(dy, [inputsToSave ? x : y], {}).x();
    });
    numbers(outputGradient).set(dx.dataSync<"float32">());
    tf.dispose([x, y, dx]);
  };
}

const kernelNames = { elu: "Elu", selu: "Selu", sigmoid: "Sigmoid", tanh: "Tanh" };
