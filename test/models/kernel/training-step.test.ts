import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Matrix, tensorflow } from "traffic-anomaly";
import { initialWeights, type Network } from "traffic-anomaly/dist/models/autoencoder/network";
import type { AutoencoderSettings } from "traffic-anomaly/dist/models/autoencoder/settings";
import { TensorFlowNetwork } from "traffic-anomaly/dist/models/autoencoder/tensorflow-network";
import { KernelNetwork } from "traffic-anomaly/dist/models/kernel/kernel-network";
import { nativeInstalled } from "../../fixtures/native";

const settings: AutoencoderSettings = {
  layers: [20, 3, 33],
  activation: "relu",
  outputActivation: "linear",
  loss: "meanSquaredError",
  batchSize: 32,
  epochs: 1000, // which the trainer only takes for a sign that threads are worth it
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

const byKernel = (width: number, all: AutoencoderSettings) =>
  new KernelNetwork(width, all, initialWeights(width, all));

/** The losses of all batches of two epochs, then of a whole batch and of a third with the weights that these leave. */
async function train(
  makeNetwork: (width: number, settings: AutoencoderSettings) => Network,
  matrix: Matrix,
  options: Partial<AutoencoderSettings>,
  workers = 1,
): Promise<{ losses: Float32Array; weights: readonly Float32Array[] }> {
  const all = { ...settings, ...options };
  const network = makeNetwork(matrix.columns.length, all);
  const trainer = await network.startTraining(matrix, all, { workers });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++)
    for (let start = 0; start < matrix.rows; start += all.batchSize) {
      const rows = Math.min(all.batchSize, matrix.rows - start);
      losses.push(
        await trainer.step(Uint32Array.from({ length: rows }, (_, i) => matrix.rows - 1 - start - i)),
      );
    }
  const most = Math.min(all.batchSize, matrix.rows);
  for (const rows of [most, Math.ceil(most / 3)])
    losses.push(await trainer.loss(Uint32Array.from({ length: rows }, (_, i) => (7 * i) % matrix.rows)));
  const weights = trainer.weights();
  await trainer.dispose();
  network.dispose();
  return { losses: Float32Array.from(losses), weights };
}

test("the step written out is that of TensorFlow.js, but for rounding", async (t) => {
  const tensorFlow = await tensorflow(nativeInstalled ? "native" : "wasm");
  const byTensorFlow = (width: number, all: AutoencoderSettings) =>
    new TensorFlowNetwork(tensorFlow, width, all, initialWeights(width, all));
  const matrix = someRows(100, 21);
  let largest = 0;
  const compare = async (rows: Matrix, options: Partial<AutoencoderSettings>) => {
    const [ours, theirs] = [await train(byKernel, rows, options), await train(byTensorFlow, rows, options)];
    const pairs = [ours, theirs].map(({ losses, weights }) => [losses, ...weights]);
    for (const [part, values] of pairs[0].entries()) {
      assert.equal(values.length, pairs[1][part].length);
      const differences = values.map((value, i) => Math.abs(value - pairs[1][part][i]));
      const difference = Math.max(...differences);
      assert.ok(difference < 1e-5, `${JSON.stringify(options)}, part ${part}: ${difference}`);
      largest = Math.max(largest, difference);
    }
  };
  for (const loss of ["meanSquaredError", "meanAbsoluteError"] as const) await compare(matrix, { loss });
  await compare(matrix, { layers: [1] });
  await compare(matrix, { layers: [16, 64, 100] });
  await compare(someRows(1, 1), { batchSize: 1 });
  await compare(someRows(1100, 5), { batchSize: 1050 }); // more than pass through the network at a time
  t.diagnostic(`largest difference of a loss or weight: ${largest.toExponential(1)}`);
});

test("threads that share a step change no bit of it", async () => {
  const matrix = someRows(1500, 21);
  for (const batchSize of [256, 700, 1500]) {
    const alone = await train(byKernel, matrix, { batchSize });
    for (const workers of [2, 3, 4])
      assert.deepEqual(
        await train(byKernel, matrix, { batchSize }, workers),
        alone,
        `batches of ${batchSize}, ${workers} threads`,
      );
  }
});
