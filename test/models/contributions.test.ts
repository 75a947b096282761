import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  createRandom,
  explainRow,
  fitIsolationForest,
  fitPreprocessor,
  type IsolationForest,
  type Preprocessor,
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
