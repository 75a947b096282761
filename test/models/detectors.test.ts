// The whole walk of every detector in the list, on one path.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  autoencoder,
  type Column,
  chooseThreshold,
  createRandom,
  type DetectorKind,
  detectorKind,
  detectors,
  explainRow,
  fitModel,
  fitPreprocessor,
  isolationForest,
  lazyTransform,
  loadModel,
  type Model,
  saveModel,
  scoreTable,
  transform,
} from "traffic-anomaly";
import { backendOf, detectorTitle, prepareDetectors } from "traffic-anomaly/dist/models/detectors";
import { IsolationForest } from "traffic-anomaly/dist/models/isolation-forest/isolation-forest";
import { temporaryFolder } from "../fixtures/folder";
import { tableOf } from "../fixtures/table";

const root = temporaryFolder("detectors");
const random = createRandom(1, "rows of detectors");
const draw = (rows: number, below: number) => Array.from({ length: rows }, () => random.integer(below));
const tableWith = (rows: number) =>
  tableOf(
    {
      bytes: draw(rows, 10_000),
      hot: draw(rows, 5),
      service: draw(rows, 3).map((code) => ["dns", "http", "smtp"][code]),
    },
    { measures: { bytes: "amount" } },
  );
const training = tableWith(400);
const table = tableWith(3000);

async function fitted(kind: DetectorKind): Promise<Model> {
  const preprocessor = fitPreprocessor(training, kind.preprocessing);
  const detector = await kind.fit(lazyTransform(preprocessor, training), { seed: 3 });
  const threshold = chooseThreshold(await scoreTable({ detector, preprocessor }, training), 0.05);
  const dataset = { name: "made-up", sha256: "0".repeat(64), rows: 400 };
  return { detector, preprocessor, threshold, training: { dataset, seed: 3, metrics: {} } };
}

for (const kind of detectors as readonly DetectorKind[]) {
  const walk = (async () => {
    const model = await fitted(kind);
    const folder = join(root, kind.kind);
    await saveModel(folder, model);
    return { model, folder };
  })();

  test(`${kind.title}: what is saved is its own files and the common ones, and scores the same once it is loaded`, async () => {
    const { model, folder } = await walk;
    const common = ["README.md", "manifest.json", "preprocessor.json", "threshold.json"];
    assert.deepEqual((await readdir(folder)).sort(), [...kind.files, ...common].sort());
    const loaded = await loadModel(folder);
    assert.deepEqual([model.detector.kind, loaded.detector.kind], [kind.kind, kind.kind]);
    assert.deepEqual(loaded.detector.settings, model.detector.settings);
    assert.deepEqual(loaded.detector.columns, model.detector.columns);
    const scores = await scoreTable(model, table);
    assert.deepEqual(await scoreTable(loaded, table), scores);
    assert.deepEqual(await scoreTable(loaded, table, undefined, { workers: 1 }), scores);
    loaded.detector.dispose?.();
  });

  test(`${kind.title}: what columns and features add to a score sums up to it`, async () => {
    const { detector, preprocessor } = (await walk).model;
    const matrix = transform(preprocessor, table, Uint32Array.of(5, 6, 7));
    const scores = await detector.score(matrix);
    const width = matrix.columns.length;
    const byRow = await detector.explainRows(matrix);
    for (const [i, score] of scores.entries()) {
      const expected = detector instanceof IsolationForest ? Math.log2(score) - detector.baseline : score;
      const contributions = detector.explain(matrix.data.slice(i * width, (i + 1) * width));
      assert.deepEqual(byRow.slice(i * width, (i + 1) * width), contributions);
      const features = explainRow({ detector, preprocessor }, table, 5 + i);
      for (const sum of [
        contributions.reduce((total, value) => total + value, 0),
        features.reduce((total, { contribution }) => total + contribution, 0),
      ])
        assert.ok(
          Math.abs(sum - expected) < 1e-6 * Math.max(1, Math.abs(expected)),
          `${sum} for ${expected}`,
        );
    }
  });

  test(`${kind.title}: rows that lack numbers have a score and reasons, saved and loaded`, async () => {
    const gaps = {
      ...table,
      features: training.features.map((feature): Column => {
        if (feature.kind === "nominal") return feature;
        const values = Float64Array.from(feature.values, (value, row) => (row % 5 === 0 ? NaN : value));
        return { kind: "numeric", name: feature.name, values };
      }),
      rows: training.rows,
    };
    const model = await fitModel(gaps, kind, { seed: 2 });
    const scores = await scoreTable(model, gaps);
    assert.ok(scores.every(Number.isFinite));
    await saveModel(join(root, `${kind.kind}-gaps`), model);
    const loaded = await loadModel(join(root, `${kind.kind}-gaps`));
    assert.deepEqual(await scoreTable(loaded, gaps), scores);
    const bytes = explainRow(loaded, gaps, 5).find(({ feature }) => feature === "bytes");
    assert.equal(bytes?.value, "(missing)");
    assert.ok(Number.isFinite(bytes.contribution) && bytes.novelty === undefined);
    for (const { detector } of [model, loaded]) detector.dispose?.();
  });

  test(`${kind.title}: a folder of which an own file was changed or cut is refused, with new checksums too`, async () => {
    const { folder } = await walk;
    const manifest = await readFile(join(folder, "manifest.json"), "utf8");
    for (const name of kind.files) {
      const path = join(folder, name);
      const whole = await readFile(path);
      const changed = Buffer.from(whole);
      changed[changed.length >> 1] ^= 1;
      await writeFile(path, changed);
      await assert.rejects(loadModel(folder), {
        name: "InputError",
        message: / is damaged: .* was changed$/,
      });
      const half = whole.subarray(0, whole.length >> 1);
      await writeFile(path, half);
      const [old, now] = [whole, half].map((bytes) => createHash("sha256").update(bytes).digest("hex"));
      await writeFile(join(folder, "manifest.json"), manifest.replace(old, now));
      await assert.rejects(loadModel(folder), { name: "InputError" });
      await writeFile(path, whole);
      await writeFile(join(folder, "manifest.json"), manifest);
    }
    (await loadModel(folder)).detector.dispose?.();
  });

  test(`${kind.title}: a matrix of other columns is refused, an aborted fit ends, and the same seed gives the same scores`, async () => {
    const { model } = await walk;
    const { detector, preprocessor } = model;
    const other = { rows: 1, columns: ["x"], data: Float32Array.of(1) };
    await assert.rejects(detector.score(other), RangeError);
    await assert.rejects(detector.explainRows(other), RangeError);
    const matrix = transform(preprocessor, training);
    await assert.rejects(
      kind.fit(matrix, { signal: AbortSignal.abort(new Error("enough")) }),
      /^Error: enough$/,
    );
    const again = await kind.fit(matrix, { seed: 3 });
    assert.deepEqual(await again.score(matrix), await detector.score(matrix));
    again.dispose?.();
  });
}

test("what an option asks for in vain is refused before a fit, and models say what computes them", async () => {
  await prepareDetectors();
  await prepareDetectors({ autoencoder: { epochs: 1 }, "isolation-forest": { trees: 1 } });
  for (const [options, message] of [
    [{ epochs: 0 }, /^epochs must be an integer in \[1, ∞\), got 0$/],
    [{ backend: "gpu" as "cpu" }, /^backend must be one of "kernel", .*, got "gpu"$/],
  ] as const)
    await assert.rejects(prepareDetectors({ autoencoder: options }), { name: "InputError", message });
  const [forest, network] = await Promise.all([isolationForest, autoencoder].map(fitted));
  assert.equal(backendOf({ forest, network }), "kernel");
  assert.equal(backendOf({ forest, network: { detector: { ...network.detector, backend: "cpu" } } }), "cpu");
  assert.equal(backendOf({ forest }), "kernel");
});

test("a detector's title is its own, also as a baseline, and that of no detector is its name", () => {
  assert.equal(detectorTitle("isolation-forest"), "isolation forest");
  assert.equal(detectorTitle("baseline:principal-components"), "baseline: PCA");
  assert.equal(detectorTitle("my-own"), "my-own");
  assert.equal(detectorKind("autoencoder").kind, "autoencoder");
  assert.throws(() => detectorKind("oracle"), RangeError);
});
