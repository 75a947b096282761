import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import {
  allRows,
  autoencoder,
  chooseThreshold,
  createRandom,
  falseDiscoveryVerdicts,
  fitIsolationForest,
  fitModel,
  fitPreprocessor,
  isolationForest,
  judge,
  loadModel,
  principalComponents,
  pValues,
  saveModel,
  scoreTable,
  selectRows,
  splitRows,
  transform,
} from "traffic-anomaly";
import { fitDetector } from "traffic-anomaly/dist/models/fit-model";
import { verdicts } from "traffic-anomaly/dist/models/threshold";
import { temporaryFolder } from "../fixtures/folder";
import { tableOf } from "../fixtures/table";

const random = createRandom(1, "rows of models");
const draw = (rows: number, below: number) => Array.from({ length: rows }, () => random.integer(below));
const names = (rows: number) => draw(rows, 3).map((code) => ["dns", "http", "smtp"][code]);
const rows = 1000;
const table = tableOf(
  { bytes: draw(rows, 10_000), hot: draw(rows, 5), service: names(rows) },
  { measures: { bytes: "amount" } },
);
const some = allRows(table).filter((row) => row % 3 > 0);
const settings = { trees: 20, sampleSize: 64 };

test("a model is what the steps give: four fifths of the rows are fitted, the others set the threshold", async () => {
  const options = { rows: some, falseAlarmRate: 0.1, seed: 7, settings };
  const model = await fitModel(table, isolationForest, options);
  const [fitRows, heldOutRows] = splitRows(some, 0.8, 7);
  assert.deepEqual([model.fitRows, model.heldOutRows], [fitRows, heldOutRows]);
  const preprocessor = fitPreprocessor(table, isolationForest.preprocessing, fitRows);
  assert.deepEqual(model.preprocessor, preprocessor);
  const forest = await fitIsolationForest(transform(preprocessor, table, fitRows), { ...settings, seed: 7 });
  assert.deepEqual(model.detector.nodes, forest.nodes);
  const scores = await scoreTable({ detector: forest, preprocessor }, table, heldOutRows);
  assert.deepEqual(model.threshold, chooseThreshold(scores, 0.1));
  assert.deepEqual(model.training, { seed: 7 });
});

test("a model remembers the file that its rows come from", async () => {
  const source = { path: "a/b.csv", name: "b.csv", sha256: "00", rows, labelled: false, skippedRows: [] };
  const from = selectRows({ ...table, source }, some);
  const { training } = await fitModel(from, isolationForest, { seed: 3, settings });
  assert.deepEqual(training, { seed: 3, dataset: { name: "b.csv", sha256: "00", rows } });
});

test("rows in order of time are split in that order", async () => {
  const { fitRows, heldOutRows } = await fitModel(table, isolationForest, {
    rows: some,
    holdOut: "last",
    settings,
  });
  const size = Math.round(0.8 * some.length);
  assert.deepEqual([fitRows, heldOutRows], [some.slice(0, size), some.slice(size)]);
});

test("each detector takes its own settings, its own preprocessing or another, and the seed", async () => {
  const network = await fitModel(table, autoencoder, { settings: { layers: [3], epochs: 1 }, seed: 9 });
  assert.deepEqual([network.detector.settings.layers, network.detector.settings.seed], [[3], 9]);
  assert.deepEqual(network.preprocessor.options, autoencoder.preprocessing);
  network.detector.dispose();
  const components = await fitModel(table, principalComponents, {
    settings: { components: 2 },
    preprocessing: { scaling: "standard" },
  });
  assert.equal(components.detector.components.length, 2);
  assert.equal(components.preprocessor.options.scaling, "standard");
});

test("judging gives scores, verdicts and p-values of all rows or some, the same after saving and loading", async () => {
  const model = await fitModel(table, isolationForest, { settings });
  const { scores, anomalous, pValues: found } = await judge(model, table);
  assert.deepEqual(scores, await scoreTable(model, table));
  assert.deepEqual(anomalous, verdicts(scores, model.threshold));
  assert.deepEqual(found, pValues(scores, model.threshold));
  const wanted = Uint32Array.of(7, 3);
  assert.deepEqual(
    await judge(model, table, { rows: wanted }),
    await judge(model, selectRows(table, wanted)),
  );
  const folder = join(temporaryFolder("fit-model"), "forest");
  await saveModel(folder, model);
  await assert.rejects(
    judge(model, table, { row: wanted } as object),
    /^InputError: there is no option "row"/,
  );
  assert.deepEqual(await judge(await loadModel(folder), table), { scores, anomalous, pValues: found });
});

test("judging by a false discovery rate reports what its procedure does, of these rows", async () => {
  const model = await fitModel(table, isolationForest, { settings });
  const rows = Uint32Array.from({ length: 100 }, (_, i) => 5 * i);
  const plain = await judge(model, table, { rows });
  const judged = await judge(model, table, { rows, falseDiscoveryRate: 0.5 });
  assert.deepEqual({ ...judged, anomalous: plain.anomalous }, plain);
  assert.deepEqual(judged.anomalous, falseDiscoveryVerdicts(plain.pValues, 0.5));
  await assert.rejects(judge(model, table, { falseDiscoveryRate: 1 }), {
    name: "InputError",
    message: "falseDiscoveryRate must be a number in (0, 1), got 1",
  });
});

test("at most the false-alarm rate of the held-out rows is anomalous, and a row like them seldom has a low p-value", async () => {
  const model = await fitModel(table, isolationForest, { falseAlarmRate: 0.02, settings });
  const { anomalous, pValues: found } = await judge(model, table, { rows: model.heldOutRows });
  const share = (flags: ArrayLike<number>, isOne: (value: number) => boolean) =>
    Array.from(flags).filter(isOne).length / flags.length;
  assert.ok(share(anomalous, Boolean) <= 0.02);
  for (const p of [0.01, 0.1, 0.5]) assert.ok(share(found, (value) => value <= p) <= p);
});

test("without a threshold, all rows are fitted", async () => {
  const { detector, preprocessor } = await fitDetector(table, isolationForest, { settings });
  const whole = await fitIsolationForest(transform(preprocessor, table), settings);
  assert.deepEqual(detector.nodes, whole.nodes);
});

test("what is out of range is refused before anything is fitted", async () => {
  for (const falseAlarmRate of [0, 1, Number.NaN])
    await assert.rejects(fitModel(table, isolationForest, { falseAlarmRate }), {
      name: "InputError",
      message: `falseAlarmRate must be a number in (0, 1), got ${falseAlarmRate}`,
    });
  await assert.rejects(fitModel(table, isolationForest, { rows: Uint32Array.of(1) }), {
    name: "InputError",
    message: "a model needs rows to fit and to hold out, got 1 in all",
  });
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(fitModel(table, isolationForest, { signal }), { message: "enough" });
});
