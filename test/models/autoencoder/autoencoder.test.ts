import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  type Autoencoder,
  type AutoencoderOptions,
  autoencoder as autoencoderKind,
  chooseThreshold,
  createRandom,
  fitAutoencoder,
  fitPreprocessor,
  loadModel,
  type Matrix,
  saveModel,
  selectMatrixRows,
  tensorflow,
  transform,
} from "traffic-anomaly";
import { tryAll } from "../../fixtures/cases";
import { nativeInstalled } from "../../fixtures/native";
import { tableOf } from "../../fixtures/table";

const COLUMNS = ["a", "b", "c", "d", "e", "f"];

/** Rows on a curved surface of two dimensions in six. */
function surface(rows: number, seed = 1): Matrix {
  const random = createRandom(seed, "test data");
  const data = Float32Array.from({ length: rows }).fill(0);
  const values = Array.from(data, () => {
    const [u, v] = [random.uniform(), random.uniform()];
    return [u, v, u * v, (u + v) / 2, u * u, 1 - v];
  });
  return { rows, columns: COLUMNS, data: Float32Array.from(values.flat()) };
}

const SMALL = { layers: [8, 2, 8], batchSize: tryAll ? 32 : 96, epochs: 5 } satisfies AutoencoderOptions;
const matrix = surface(1500);

/** The kernel, and one backend of TensorFlow.js, of which a process has but one. */
const ofTensorFlow = nativeInstalled ? "native" : "wasm";
const backends = ["kernel", ofTensorFlow] as const;
const fits = new Map(backends.map((backend) => [backend, fitAutoencoder(matrix, { ...SMALL, backend })]));
const fitted = fits.get("kernel")!;

/** A test of what holds for an autoencoder whatever computes it. */
function testOnEach(
  title: string,
  run: (autoencoder: Autoencoder, backend: (typeof backends)[number]) => Promise<void>,
): void {
  for (const [backend, fit] of fits) test(`${title} (${backend})`, async () => run(await fit, backend));
}

async function tensorCount(): Promise<number> {
  return (await tensorflow()).tf.memory().numTensors;
}

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  folders.push(await mkdtemp(join(tmpdir(), "autoencoder-")));
  return folders.at(-1)!;
}
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

testOnEach(
  "a fitted autoencoder tells its resolved settings, its columns, its backend and the loss of each epoch",
  async (autoencoder, backend) => {
    assert.deepEqual(autoencoder.settings, {
      layers: [8, 2, 8],
      activation: "relu",
      outputActivation: "linear",
      loss: "meanSquaredError",
      batchSize: SMALL.batchSize,
      epochs: 5,
      learningRate: 0.001,
      validationShare: 0.1,
      patience: 5,
      seed: 1,
    });
    assert.equal(autoencoder.kind, "autoencoder");
    assert.deepEqual(autoencoder.columns, COLUMNS);
    assert.equal(autoencoder.backend, backend);
    assert.equal(autoencoder.history.length, 5);
    assert.ok(autoencoder.history[4].loss < autoencoder.history[0].loss);
    assert.ok(autoencoder.history[4].validationLoss! < autoencoder.history[0].validationLoss!);
  },
);

testOnEach(
  "the score is the mean squared error of a forward pass computed from the weights",
  async (autoencoder) => {
    const { weights } = autoencoder;
    const scores = await autoencoder.score(matrix);
    let largest = 0;
    for (let row = 0; row < matrix.rows; row++) {
      const input = Array.from(matrix.data.subarray(row * 6, row * 6 + 6));
      let hidden = input;
      for (let layer = 0; layer < 4; layer++) {
        const [kernel, bias] = [weights[2 * layer], weights[2 * layer + 1]];
        hidden = Array.from(bias, (b, unit) => {
          const sum = hidden.reduce((total, value, i) => total + value * kernel[i * bias.length + unit], b);
          return layer < 3 ? Math.max(0, sum) : sum;
        });
      }
      const expected = input.reduce((sum, value, i) => sum + (value - hidden[i]) ** 2, 0) / 6;
      largest = Math.max(largest, Math.abs(scores[row] - expected));
    }
    assert.ok(largest < 1e-7, `largest difference ${largest}`);
  },
);

testOnEach("a row's score has the same bits in whatever chunks the matrix is scored", async (autoencoder) => {
  const whole = await autoencoder.score(matrix);
  const allRows = Uint32Array.from({ length: matrix.rows }, (_, row) => row);
  for (const size of [1, 7, 1000, 1024]) {
    const rows = size === 1 ? 100 : matrix.rows;
    for (let start = 0; start < rows; start += size) {
      const end = Math.min(start + size, rows);
      assert.deepEqual(
        await autoencoder.score(selectMatrixRows(matrix, allRows.subarray(start, end))),
        whole.slice(start, end),
        `chunks of ${size}`,
      );
    }
  }
});

test("scores by the kernel have the same bits however many threads share the rows", async () => {
  const autoencoder = await fitted;
  const many = surface(60_000, 3);
  const alone = await autoencoder.score(many, { workers: 1 });
  for (const workers of [2, 3]) assert.deepEqual(await autoencoder.score(many, { workers }), alone);
});

test("a matrix without rows has no scores", async () => {
  assert.deepEqual(await (await fitted).score(surface(0)), new Float64Array(0));
});

testOnEach(
  "the explanation of a row sums to its score and points at the column that was changed",
  async (autoencoder) => {
    const row = matrix.data.slice(6, 12);
    row[3] += 5;
    const [score] = await autoencoder.score({ rows: 1, columns: COLUMNS, data: row });
    const explanation = autoencoder.explain(row);
    const sum = explanation.reduce((total, part) => total + part);
    assert.ok(Math.abs(sum - score) < 1e-12 * score, `difference ${sum - score}`);
    assert.equal(explanation.indexOf(Math.max(...explanation)), 3);
    assert.throws(() => autoencoder.explain(row.subarray(1)), {
      name: "RangeError",
      message: "the row must have 6 values, one a column, got 5",
    });
  },
);

testOnEach("the explanations of many rows are those of each, to the bit", async (autoencoder) => {
  const rows = { rows: 3, columns: COLUMNS, data: matrix.data.slice(0, 18) };
  const together = await autoencoder.explainRows(rows);
  for (let row = 0; row < 3; row++) {
    const part = [row * 6, (row + 1) * 6] as const;
    assert.deepEqual(together.slice(...part), autoencoder.explain(rows.data.slice(...part)));
  }
});

testOnEach("the reconstruction has the errors that the score averages", async (autoencoder) => {
  const { rows, columns, data } = await autoencoder.reconstruct(matrix);
  assert.equal(rows, matrix.rows);
  assert.deepEqual(columns, COLUMNS);
  const scores = await autoencoder.score(matrix);
  for (const row of [0, 1023, 1024, 1499]) {
    let sum = 0;
    for (let i = row * 6; i < row * 6 + 6; i++) sum += (matrix.data[i] - data[i]) ** 2;
    assert.equal(sum / 6, scores[row]);
  }
});

testOnEach("the code of a row is what the narrowest layer gives", async (autoencoder) => {
  const { rows, columns, data } = await autoencoder.encode(matrix);
  assert.deepEqual([rows, columns, data.length], [1500, ["code 1", "code 2"], 3000]);
  const [kernel, bias, codeKernel, codeBias] = autoencoder.weights;
  for (let row = 0; row < rows; row++) {
    const hidden = Array.from(bias, (start, unit) => {
      const input = matrix.data.subarray(row * 6, row * 6 + 6);
      return Math.max(
        0,
        input.reduce((sum, value, i) => sum + value * kernel[i * 8 + unit], start),
      );
    });
    for (let unit = 0; unit < 2; unit++) {
      const sum = hidden.reduce(
        (total, value, i) => total + value * codeKernel[i * 2 + unit],
        codeBias[unit],
      );
      const difference = Math.abs(data[row * 2 + unit] - Math.max(0, sum));
      assert.ok(difference < 1e-5, `row ${row}, unit ${unit}: ${difference}`);
    }
  }
});

test("training beats the prediction of each column's mean", async () => {
  const autoencoder = await fitAutoencoder(matrix, {
    ...SMALL,
    activation: "tanh",
    learningRate: 0.01,
    epochs: 30,
  });
  let variance = 0;
  for (let column = 0; column < 6; column++) {
    const values = Array.from({ length: matrix.rows }, (_, row) => matrix.data[row * 6 + column]);
    const mean = values.reduce((sum, value) => sum + value) / matrix.rows;
    variance += values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / matrix.rows / 6;
  }
  const unseen = await autoencoder.score(surface(500, 2));
  const error = unseen.reduce((sum, score) => sum + score) / 500;
  assert.ok(error < variance / 4, `${error} < ${variance} / 4`);

  const [inside] = await autoencoder.score({
    rows: 1,
    columns: COLUMNS,
    data: Float32Array.of(0.5, 0.5, 0.25, 0.5, 0.25, 0.5),
  });
  const [outside] = await autoencoder.score({
    rows: 1,
    columns: COLUMNS,
    data: Float32Array.of(0.5, 0.5, 0.9, 0.1, 0.9, 0.9),
  });
  assert.ok(outside > 10 * inside, `${outside} > 10 × ${inside}`);
  autoencoder.dispose();
});

testOnEach(
  "the same seed gives the same bytes, here and in another process, and another seed gives others",
  async ({ weights }, backend) => {
    const options = { ...SMALL, backend };
    assert.deepEqual((await fitAutoencoder(matrix, options)).weights, weights);
    assert.notDeepEqual((await fitAutoencoder(matrix, { ...options, seed: 2 })).weights, weights);
    const script = `
    const { fitAutoencoder } = require("traffic-anomaly");
    const data = new Float32Array(require("fs").readFileSync(0).buffer.slice(0, ${matrix.data.byteLength}));
    fitAutoencoder({ rows: 1500, columns: ${JSON.stringify(COLUMNS)}, data }, ${JSON.stringify(options)}).then(
      ({ weights }) => console.log(JSON.stringify(weights.map((values) => Array.from(values)))))`;
    const printed = execFileSync(process.execPath, ["-e", script], {
      input: Buffer.from(matrix.data.buffer),
    });
    assert.deepEqual(
      JSON.parse(printed.toString()),
      weights.map((values) => Array.from(values)),
    );
  },
);

test("every activation and loss trains", async () => {
  const train = async (options: AutoencoderOptions) => {
    const autoencoder = await fitAutoencoder(matrix, { ...SMALL, ...options });
    const [first, last] = [autoencoder.history[0].loss, autoencoder.history.at(-1)!.loss];
    assert.ok(last < first, `${JSON.stringify(options)}: ${last} < ${first}`);
    autoencoder.dispose();
  };
  for (const activation of ["relu", "elu", "selu", "sigmoid", "tanh"] as const) await train({ activation });
  await train({ outputActivation: "sigmoid" });
  for (const backend of backends) await train({ loss: "meanAbsoluteError", backend });
});

test("what the kernel cannot compute is trained and loaded on TensorFlow.js, and says so", async () => {
  const folder = await temporaryFolder();
  for (const options of [{ activation: "tanh" }, { outputActivation: "sigmoid" }] as const) {
    const autoencoder = await fitAutoencoder(matrix, { ...SMALL, epochs: 1, ...options });
    assert.equal(autoencoder.backend, ofTensorFlow);
    await autoencoder.save(folder);
    const loaded = await autoencoderKind.load(folder, COLUMNS, { backend: "kernel" });
    assert.equal(loaded.backend, ofTensorFlow);
    assert.deepEqual(await loaded.score(matrix), await autoencoder.score(matrix));
    for (const one of [autoencoder, loaded]) one.dispose();
  }
});

test("the validation loss is the mean error on rows that training never sees", async () => {
  const constant: Matrix = { rows: 20, columns: ["x"], data: new Float32Array(20).fill(0.5) };
  for (const backend of backends) {
    for (const loss of ["meanSquaredError", "meanAbsoluteError"] as const) {
      const options = { layers: [2], epochs: 1, loss, validationShare: 0.5, backend };
      const autoencoder = await fitAutoencoder(constant, options);
      const { data } = await autoencoder.reconstruct(constant);
      const error = Math.abs(0.5 - data[0]);
      const expected = loss === "meanSquaredError" ? error ** 2 : error;
      assert.ok(Math.abs(autoencoder.history[0].validationLoss! - expected) < 1e-7);
      autoencoder.dispose();
    }
  }
});

testOnEach(
  "early stopping ends training after `patience` worse epochs and keeps the best epoch's weights",
  async (_, backend) => {
    const options = {
      ...SMALL,
      backend,
      epochs: 200,
      learningRate: 0.05,
      patience: 3,
      validationShare: 0.2,
    };
    const stages: string[] = [];
    const stopped = await fitAutoencoder(matrix, {
      ...options,
      onProgress: ({ done, total, note }) => stages.push(`${done}/${total} ${note}`),
    });
    const losses = stopped.history.map((epoch) => epoch.validationLoss!);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    assert.ok(losses.length < 200);
    assert.equal(losses.length, best + 3);
    assert.equal(stages.length, losses.length);
    assert.match(stages[0], /^1\/200 loss 0\.\d+, validation 0\.\d+$/);
    assert.ok(stages.at(-1)!.startsWith(`${best + 3}/${best + 3} `));

    const cut = await fitAutoencoder(matrix, { ...options, epochs: best, patience: 0 });
    assert.deepEqual(stopped.weights, cut.weights);
  },
);

testOnEach(
  "what is saved loads again and scores the same to the bit; tf.loadLayersModel reads it, too",
  async (autoencoder, backend) => {
    const folder = await temporaryFolder();
    await autoencoder.save(folder);
    assert.deepEqual((await readdir(folder)).sort(), [...autoencoderKind.files].sort());
    const loaded = await autoencoderKind.load(folder, COLUMNS, { backend });
    assert.equal(loaded.backend, backend);
    assert.deepEqual(await loaded.score(matrix), await autoencoder.score(matrix));
    assert.deepEqual(await loaded.encode(matrix), await autoencoder.encode(matrix));
    assert.deepEqual(loaded.settings, autoencoder.settings);
    assert.deepEqual(loaded.history, autoencoder.history);
    assert.deepEqual(loaded.columns, COLUMNS);

    const again = await temporaryFolder();
    await loaded.save(again);
    for (const file of autoencoderKind.files)
      assert.deepEqual(await readFile(join(again, file)), await readFile(join(folder, file)), file);
    loaded.dispose();

    const { tf } = await tensorflow();
    const plain = await tf.loadLayersModel(`file://${folder}/model.json`);
    const outputs = tf.tidy(() => {
      const rows = tf.tensor2d(matrix.data, [matrix.rows, 6]);
      return tf.keep(plain.predict(rows) as ReturnType<typeof tf.tensor2d>);
    });
    const { data } = await autoencoder.reconstruct(matrix);
    for (const [i, value] of (await outputs.data()).entries())
      assert.ok(Math.abs(value - data[i]) < 1e-6, `number ${i}: ${value}, ${data[i]}`);
    outputs.dispose();
    plain.dispose();
  },
);

test("a saved autoencoder that is incomplete, damaged or for other columns is refused", async () => {
  const folder = await temporaryFolder();
  await (await fitted).save(folder);
  const tensors = await tensorCount();
  const refused = async (message: string | RegExp, columns = COLUMNS) => {
    for (const backend of backends)
      await assert.rejects(autoencoderKind.load(folder, columns, { backend }), {
        name: "InputError",
        message,
      });
  };

  await refused(
    `${join(folder, "weights.bin")} has 608 bytes, not the 540 of a network of 4 layers on 5 columns`,
    COLUMNS.slice(1),
  );
  for (const file of ["model.json", "weights.bin", "autoencoder.json"]) {
    const path = join(folder, file);
    const whole = await readFile(path);
    await rm(path);
    await refused(`${path} is missing`);
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await refused(/ was changed$| has 304 bytes, not the 608 of | is not JSON$/);
    const flipped = Uint8Array.from(whole);
    flipped[100] ^= 1;
    if (file !== "autoencoder.json") {
      await writeFile(path, flipped);
      await refused(`the autoencoder in ${folder} is damaged: model.json or weights.bin was changed`);
    }
    await writeFile(path, whole);
  }
  assert.equal(await tensorCount(), tensors);
});

test("a model folder that names other settings than its autoencoder has is refused, and leaves no tensors", async () => {
  const folder = await temporaryFolder();
  const table = tableOf({ a: [1, 2, 3], b: [4, 5, 7] });
  const preprocessor = fitPreprocessor(table);
  const options = { layers: [2], epochs: 1, validationShare: 0, backend: ofTensorFlow } as const;
  const detector = await fitAutoencoder(transform(preprocessor, table), options);
  const threshold = chooseThreshold(await detector.score(transform(preprocessor, table)), 0.5);
  const dataset = { name: "made-up", sha256: "0".repeat(64), rows: 3 };
  const model = join(folder, "model");
  await saveModel(model, { detector, preprocessor, threshold, training: { dataset, seed: 1, metrics: {} } });
  detector.dispose();
  const manifest = join(model, "manifest.json");
  const { settings, ...others } = JSON.parse(await readFile(manifest, "utf8"));
  await writeFile(manifest, JSON.stringify({ ...others, settings: { ...settings, seed: 2 } }));
  const before = await tensorCount();
  await assert.rejects(loadModel(model, { backend: ofTensorFlow }), / names other settings than its /);
  assert.equal(await tensorCount(), before);
});

test("fitting leaves the weights' tensors, with the kernel none, and disposing none; all else leaves nothing", async () => {
  const before = await tensorCount();
  for (const [backend, tensors] of [
    ["kernel", 0],
    [ofTensorFlow, 2 * 4],
  ] as const) {
    const folder = await temporaryFolder();
    const autoencoder = await fitAutoencoder(matrix, { ...SMALL, backend });
    assert.equal(await tensorCount(), before + tensors);
    await autoencoder.score(matrix);
    await autoencoder.reconstruct(matrix);
    await autoencoder.encode(matrix);
    autoencoder.explain(matrix.data.subarray(0, 6));
    await autoencoder.save(folder);
    assert.equal(autoencoder.weights.length, 2 * 4);
    assert.equal(await tensorCount(), before + tensors);
    const loaded = await autoencoderKind.load(folder, COLUMNS, { backend });
    assert.equal(await tensorCount(), before + 2 * tensors);
    for (const one of [loaded, autoencoder]) one.dispose();
    autoencoder.dispose();
    assert.equal(await tensorCount(), before);
    await assert.rejects(autoencoder.score(matrix), { message: "the autoencoder was disposed of" });
    assert.throws(() => autoencoder.explain(matrix.data.subarray(0, 6)), /was disposed of$/);
  }
});

testOnEach(
  "an abort stops training and scoring with the signal's reason and leaves no tensors",
  async (autoencoder, backend) => {
    const before = await tensorCount();
    for (const delay of [0, 20]) {
      const controller = new AbortController();
      const training = fitAutoencoder(surface(20_000), {
        ...SMALL,
        backend,
        epochs: 1000,
        signal: controller.signal,
      });
      setTimeout(() => controller.abort(new Error("enough")), delay);
      await assert.rejects(training, { message: "enough" });
      assert.equal(await tensorCount(), before);
    }
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(fitAutoencoder(matrix, { ...SMALL, backend, signal }), { message: "enough" });
    await assert.rejects(autoencoder.score(matrix, { signal }), { message: "enough" });
    assert.equal(await tensorCount(), before);
  },
);

testOnEach(
  "a value that is not a number, or a loss that runs away, is refused and leaves no tensors",
  async (_, backend) => {
    const options = { ...SMALL, backend };
    const before = await tensorCount();
    const data = matrix.data.slice();
    data[6 * 10 + 2] = Number.NaN;
    await assert.rejects(fitAutoencoder({ ...matrix, data }, options), {
      name: "InputError",
      message: "row 10 of the matrix is NaN in the column c: a detector takes finite numbers only",
    });
    await assert.rejects(
      fitAutoencoder({ ...matrix, data: matrix.data.map((value) => value * 1e25) }, options),
      {
        name: "InputError",
        message:
          "the loss stopped being finite in epoch 1: scale the columns or lower the learningRate of 0.001",
      },
    );
    assert.equal(await tensorCount(), before);
  },
);

test("options out of range are refused, by name, range and value", async () => {
  const refused = async (options: object, message: string) =>
    assert.rejects(fitAutoencoder(matrix, { ...SMALL, ...options }), { name: "InputError", message });
  await refused({ layers: [] }, "layers must hold at least one size, got none");
  await refused({ layers: [4, 0.5] }, "layers[1] must be an integer in [1, ∞), got 0.5");
  await refused(
    { activation: "softmax" },
    'activation must be one of "relu", "elu", "selu", "sigmoid", "tanh", got "softmax"',
  );
  await refused(
    { outputActivation: "relu" },
    'outputActivation must be one of "linear", "sigmoid", got "relu"',
  );
  await refused({ backend: "auto" }, 'backend must be one of "kernel", "native", "wasm", "cpu", got "auto"');
  await refused({ loss: "mse" }, 'loss must be one of "meanSquaredError", "meanAbsoluteError", got "mse"');
  await refused({ batchSize: 0 }, "batchSize must be an integer in [1, ∞), got 0");
  await refused({ epochs: 0 }, "epochs must be an integer in [1, ∞), got 0");
  await refused({ learningRate: 0 }, "learningRate must be a number in (0, ∞), got 0");
  await refused({ learningRate: Number.NaN }, "learningRate must be a number in (0, ∞), got NaN");
  await refused({ validationShare: 1 }, "validationShare must be a number in [0, 1), got 1");
  await refused({ patience: -1 }, "patience must be an integer in [0, ∞), got -1");
  await refused({ patience: 2, validationShare: 0 }, "patience must be 0 where validationShare is 0, got 2");
  await refused({ seed: -1 }, "seed must be an integer in [0, 4294967295], got -1");
});

test("a matrix too small to train on is refused", async () => {
  for (const rows of [0, 1, 4])
    await assert.rejects(fitAutoencoder(surface(rows), SMALL), {
      name: "InputError",
      message:
        `the matrix of ${rows} rows × 6 columns is too small to train an autoencoder on, ` +
        "with a validationShare of 0.1",
    });
  const one = await fitAutoencoder(surface(1), { ...SMALL, validationShare: 0 });
  assert.equal(one.history.length, 5);
});

test("a matrix with other columns is refused", async () => {
  const other = { ...matrix, columns: [...COLUMNS].reverse() };
  await assert.rejects((await fitted).score(other), RangeError);
});

test("the matrix given is not changed", async () => {
  const given = surface(300);
  const autoencoder = await fitAutoencoder(given, SMALL);
  await autoencoder.score(given);
  autoencoder.explain(given.data.subarray(0, 6));
  assert.deepEqual(given, surface(300));
});
