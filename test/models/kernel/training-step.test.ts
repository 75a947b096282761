import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type * as Tf from "@tensorflow/tfjs";
import { type AutoencoderSettings, createRandom, type Matrix, tensorflow } from "traffic-anomaly";
import {
  kernelTrainer,
  type Trainer,
  tensorflowTrainer,
} from "traffic-anomaly/dist/models/autoencoder/trainer";
import { nativeInstalled } from "../../fixtures/native";

const settings: AutoencoderSettings = {
  layers: [20, 3, 33],
  activation: "relu",
  outputActivation: "linear",
  loss: "meanSquaredError",
  batchSize: 32,
  epochs: 2,
  learningRate: 0.003,
  validationShare: 0,
  patience: 0,
  seed: 1,
};

/** Numbers of both signs, of which two fifths are 0. */
function someRows(rows: number, width: number): Matrix {
  const random = createRandom(1, "test");
  const value = () => (random.uniform() < 0.4 ? 0 : 2 * random.uniform() - 0.5);
  const columns = Array.from({ length: width }, (_, i) => `column ${i}`);
  return { rows, columns, data: Float32Array.from({ length: rows * width }, value) };
}

/** The losses of all batches, then of a whole batch and of a third with the weights that these leave, and the weights. */
async function train(
  tf: typeof Tf,
  makeTrainer: typeof tensorflowTrainer | typeof kernelTrainer,
  matrix: Matrix,
  options: Partial<AutoencoderSettings>,
  workers = 1,
): Promise<{ losses: number[]; weights: Float32Array[] }> {
  const all = { ...settings, ...options };
  const width = matrix.columns.length;
  const network = tf.sequential({
    layers: [...all.layers, width].map((units, i) =>
      tf.layers.dense({
        units,
        activation: i < all.layers.length ? all.activation : all.outputActivation,
        kernelInitializer: tf.initializers.glorotUniform({ seed: i + 1 }),
        ...(i === 0 && { inputShape: [width] }),
      }),
    ),
  });
  const trainer = (await makeTrainer(tf, network, matrix, all, workers)) as Trainer;
  const losses: number[] = [];
  for (let epoch = 0; epoch < all.epochs; epoch++)
    for (let start = 0; start < matrix.rows; start += all.batchSize) {
      const rows = Math.min(all.batchSize, matrix.rows - start);
      losses.push(
        await trainer.step(Uint32Array.from({ length: rows }, (_, i) => matrix.rows - 1 - start - i)),
      );
    }
  trainer.updateNetwork();
  const most = Math.min(all.batchSize, matrix.rows);
  for (const rows of [most, Math.ceil(most / 3)])
    losses.push(await trainer.loss(Uint32Array.from({ length: rows }, (_, i) => (7 * i) % matrix.rows)));
  await trainer.dispose();
  const weights = network.getWeights().map((tensor) => tensor.dataSync<"float32">());
  network.dispose();
  return { losses, weights };
}

/**
 * Makes TensorFlow.js multiply transposed matrices with XNNPACK too, by transposing them first: its own loop for them
 * takes the sums in another order.
 */
function transposeBeforeMatMul(tf: typeof Tf): void {
  const multiply = tf.getKernel("BatchMatMul", "wasm");
  const transpose = tf.getKernel("Transpose", "wasm");
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({
    ...multiply,
    kernelFunc: ({ inputs: { a, b }, backend, attrs }) => {
      const transposed = (x: Tf.TensorInfo): Tf.TensorInfo => {
        const perm = x.shape.map((_, axis) => axis);
        perm.push(...perm.splice(-2).reverse());
        return transpose.kernelFunc({ inputs: { x }, backend, attrs: { perm } }) as Tf.TensorInfo;
      };
      const inputs = {
        a: attrs!.transposeA ? transposed(a!) : a,
        b: attrs!.transposeB ? transposed(b!) : b,
      };
      return multiply.kernelFunc({ inputs, backend, attrs: { transposeA: false, transposeB: false } });
    },
  });
}

test("the step written out gives the losses and weights of TensorFlow.js, to the bit", async () => {
  const { tf } = await tensorflow("wasm");
  transposeBeforeMatMul(tf);
  const matrix = someRows(100, 21);
  const compare = async (rows: Matrix, options: Partial<AutoencoderSettings>) =>
    assert.deepEqual(
      await train(tf, kernelTrainer, rows, options),
      await train(tf, tensorflowTrainer, rows, options),
      JSON.stringify(options),
    );
  for (const activation of ["relu", "elu", "selu", "sigmoid", "tanh"] as const)
    for (const outputActivation of ["linear", "sigmoid"] as const)
      for (const loss of ["meanSquaredError", "meanAbsoluteError"] as const)
        await compare(matrix, { activation, outputActivation, loss });
  await compare(matrix, { layers: [1] });
  await compare(matrix, { layers: [16, 64, 100], learningRate: 1 });
  await compare(someRows(1, 1), { batchSize: 1, epochs: 20 });
  await compare(someRows(1100, 5), { batchSize: 1050 }); // more than pass through the network at a time
});

test("threads that share a step change no bit of it", async () => {
  const { tf } = await tensorflow("wasm");
  const matrix = someRows(1500, 21);
  for (const batchSize of [256, 700, 1500]) {
    const alone = await train(tf, kernelTrainer, matrix, { batchSize });
    for (const workers of [2, 3, 4])
      assert.deepEqual(
        await train(tf, kernelTrainer, matrix, { batchSize }, workers),
        alone,
        `batches of ${batchSize}, ${workers} threads`,
      );
  }
});

test("a step leaves no tensors", async () => {
  const { tf } = await tensorflow("wasm");
  const before = tf.memory().numTensors;
  await train(tf, kernelTrainer, someRows(10, 4), { activation: "selu", outputActivation: "sigmoid" });
  assert.equal(tf.memory().numTensors, before);
});

/** The losses of two epochs, by a fresh process on one backend. */
function lossesOn(backend: string, activation: string, setUp = ""): number[] {
  const { data, columns } = someRows(100, 21);
  const options = { ...settings, activation, backend };
  const script = `${setUp}
    const { fitAutoencoder } = require("traffic-anomaly");
    const matrix = { rows: 100, columns: ${JSON.stringify(columns)}, data: Float32Array.of(${data}) };
    fitAutoencoder(matrix, ${JSON.stringify(options)}).then(({ history }) =>
      console.log(JSON.stringify(history.map(({ loss }) => loss))));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
}

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  const largest = Math.max(...actual.map((value, i) => Math.abs(value / expected[i] - 1)));
  assert.ok(largest < 1e-6, `relative difference ${largest}`);
}

test("without WebAssembly, TensorFlow.js trains", () => {
  assertClose(lossesOn("cpu", "tanh", "delete globalThis.WebAssembly;"), lossesOn("wasm", "tanh"));
});

test("the native backend trains as wasm does, and with relu to the bit", {
  skip: !nativeInstalled && "tfjs-node is not installed",
}, () => {
  assert.deepEqual(lossesOn("native", "relu"), lossesOn("wasm", "relu"));
  for (const activation of ["elu", "selu", "sigmoid", "tanh"])
    assertClose(lossesOn("native", activation), lossesOn("wasm", activation));
});
