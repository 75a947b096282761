import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contributionFigure,
  createRandom,
  explainRow,
  fitIsolationForest,
  fitPreprocessor,
  transform,
} from "traffic-anomaly";
import { tableOf } from "../fixtures/table";
import { caption } from "./plane";

const random = createRandom(1, "test contributions");
const bytes = Array.from({ length: 200 }, () => random.uniform());
const table = tableOf({
  bytes: [...bytes, 1 / 3],
  service: [...bytes.map((value) => (value < 0.5 ? "http" : "smtp")), "gopher<"],
});
const preprocessor = fitPreprocessor(table, { logarithm: [], scaling: "none" });
const model = { preprocessor, detector: fitIsolationForest(transform(preprocessor, table)) };

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

test("a figure sums the features that it does not show, and writes names as plain text", () => {
  const contributions = [
    { feature: "service", value: "<x>", contribution: 0.5 },
    { feature: "count", value: "3", contribution: -0.25 },
    { feature: "flag", value: "SF", contribution: 0.125 },
  ];
  const { data, layout } = contributionFigure([{ name: "row", contributions }], "log₂(score)", caption, 1);
  assert.deepEqual(data[0].x, [0.5, -0.25 + 0.125]);
  assert.deepEqual((layout.yaxis as { ticktext: string[] }).ticktext, [
    "service = &lt;x&gt;",
    "<i>2 others</i>",
  ]);
});
