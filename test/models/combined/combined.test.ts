import assert from "node:assert/strict";
import { test } from "node:test";
import { combined, type Detector, fitModel, pValues, type Rows, transform } from "traffic-anomaly";
import { fitSmallModels, settings, shared } from "../../fixtures/small-models";
import { kddTable } from "../../fixtures/table";
import { trafficLines } from "../../fixtures/traffic";

const table = kddTable(trafficLines({ rows: 400 }));
const fitted = (async () => ({
  ...(await fitSmallModels(table)),
  both: await fitModel(table, combined, { ...shared, settings }),
}))();

test("a score is the mean of the members' −log p-values among held-out rows", async () => {
  const { forest, network, both } = await fitted;
  const { preprocessor, heldOutRows } = both;
  const scoresOf = (of: { readonly detector: Detector }, rows?: Rows) =>
    of.detector.score(transform(preprocessor, table, rows));
  const matrixScores = await Promise.all([forest, network, both].map((model) => scoresOf(model)));
  const heldOut = await Promise.all(
    [forest, network].map(async (model) => (await scoresOf(model, heldOutRows)).sort()),
  );
  const [p, q] = heldOut.map((scores, i) => pValues(matrixScores[i], { scores }));
  matrixScores[2].forEach((score, row) => {
    const expected = -(Math.log(p[row]) + Math.log(q[row])) / 2;
    assert.ok(Math.abs(score - expected) < 1e-12, `row ${row}: ${score} for ${expected}`);
  });
});

test("a row beyond all held-out ones to both has the highest score there is", async () => {
  const { both } = await fitted;
  const far = new Float32Array(both.detector.columns.length).fill(100);
  const matrix = { rows: 1, columns: both.detector.columns, data: far };
  const [score] = await both.detector.score(matrix);
  assert.ok(Math.abs(score - Math.log(both.heldOutRows.length + 1)) < 1e-12);
});

test("only columns that made a row more anomalous to a member add to its score", async () => {
  const { forest, network, both } = await fitted;
  const row = new Float32Array(both.detector.columns.length).fill(0.5);
  const [of, by] = [forest, network].map(({ detector }) => detector.explain(row));
  both.detector.explain(row).forEach((contribution, i) => {
    assert.ok(contribution >= 0);
    assert.equal(contribution > 0, of[i] > 0 || by[i] > 0);
  });
});
