import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  createRandom,
  explainRow,
  fitAutoencoder,
  fitIsolationForest,
  fitPreprocessor,
  type IsolationForest,
  type Preprocessor,
  scoreTable,
  transform,
} from "traffic-anomaly";
import { featureContributions } from "traffic-anomaly/dist/models/contributions";
import { tableOf } from "../fixtures/table";

const random = createRandom(1, "test contributions");
const bytes = Array.from({ length: 200 }, () => random.uniform());
const table = tableOf({
  bytes: [...bytes, 1 / 3],
  service: [...bytes.map((value) => (value < 0.5 ? "http" : "smtp")), "gopher<"],
});
const preprocessor = fitPreprocessor(table, { logarithm: [], scaling: "none" });
let model: { preprocessor: Preprocessor; detector: IsolationForest };
before(async () => {
  model = { preprocessor, detector: await fitIsolationForest(transform(preprocessor, table)) };
});

test("contributions of one-hot columns are summed by feature, and all add up to the score", async () => {
  const contributions = explainRow(model, table, 200);
  assert.deepEqual(
    contributions.map(({ feature, value }) => [feature, value]),
    [
      ["service", "gopher<"],
      ["bytes", "0.333"],
    ],
  );
  const [score] = await model.detector.score(transform(preprocessor, table, Uint32Array.of(200)));
  const sum = contributions[0].contribution + contributions[1].contribution;
  assert.ok(Math.abs(model.detector.baseline + sum - Math.log2(score)) < 1e-12);
});

test("what no training row had adds to its features, as much as it adds to the score", async () => {
  const known = fitPreprocessor(
    table,
    {},
    Uint32Array.from({ length: 200 }, (_, row) => row),
  );
  const matrix = transform(known, table);
  const forest = await fitIsolationForest(matrix);
  const network = await fitAutoencoder(matrix, { layers: [2], epochs: 1 });
  for (const { detector, explained } of [
    { detector: forest, explained: (score: number) => Math.log2(score) - forest.baseline },
    { detector: network, explained: (score: number) => score },
  ]) {
    const novel = explainRow({ preprocessor: known, detector }, table, 200);
    assert.equal(novel.find(({ feature }) => feature === "service")?.novelty, "never seen in training");
    assert.equal(novel.find(({ feature }) => feature === "bytes")?.novelty, undefined);
    const sum = novel.reduce((total, { contribution }) => total + contribution, 0);
    const [own] = await detector.score(transform(known, table, Uint32Array.of(200)));
    const [score] = await scoreTable({ preprocessor: known, detector }, table, Uint32Array.of(200));
    assert.ok(score > own);
    assert.ok(Math.abs(sum - explained(score)) < 1e-6, detector.kind);
  }
});

test("the more values are new, the higher is the score, and a forest's stays below 1", async () => {
  const matrix = transform(preprocessor, table);
  const network = await fitAutoencoder(matrix, { layers: [2], epochs: 1 });
  const width = preprocessor.columns.length;
  assert.deepEqual(
    [0, 1, 2].map((values) => model.detector.novelty.score(1 / 16, values)),
    [1 / 16, 1 / 4, 1 / 2],
  );
  assert.deepEqual(
    [0, 1, 2].map((values) => network.novelty.score(0.5, values)),
    [0.5, 0.5 + 4 / width, 0.5 + 8 / width],
  );
});

test("features are ordered by magnitude, whatever the sign", () => {
  for (let row = 0; row < table.rows; row++) {
    const [first, second] = explainRow(model, table, row);
    assert.ok(Math.abs(first.contribution) >= Math.abs(second.contribution));
  }
});

test("many rows at once give the sums of each, in the order of the features", async () => {
  const rows = Uint32Array.of(200, 3, 77);
  const sums = await featureContributions(model, table, rows);
  const features = preprocessor.steps.map(({ feature }) => feature);
  for (const [i, row] of rows.entries()) {
    for (const { feature, contribution } of explainRow(model, table, row))
      assert.equal(sums[i * features.length + features.indexOf(feature)], contribution);
  }
});
