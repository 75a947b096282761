import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { combined, type Detector, fitModel, pValues, type Rows, transform } from "traffic-anomaly";
import { temporaryFolder } from "../../fixtures/folder";
import { fitSmallModels, settings, shared } from "../../fixtures/small-models";
import { kddTable } from "../../fixtures/table";
import { trafficLines } from "../../fixtures/traffic";

const table = kddTable(trafficLines({ rows: 400 }));
const fitted = (async () => ({
  ...(await fitSmallModels(table)),
  both: await fitModel(table, combined, { ...shared, settings }),
}))();

test("a score is the weighted mean of the members' −log p-values among held-out rows", async () => {
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
    const expected = -(0.45 * Math.log(p[row]) + 0.55 * Math.log(q[row]));
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

test("a model that was saved before members had weights judges as it did", async () => {
  const { both } = await fitted;
  const folder = temporaryFolder("combined");
  const { columns } = both.detector;
  await both.detector.save(folder);
  const path = join(folder, "combined.json");
  const { weights, ...before } = JSON.parse(readFileSync(path, "utf8"));
  assert.deepEqual(weights, [0.45, 0.55]);
  writeFileSync(path, JSON.stringify(before));
  const equal = await combined.load(folder, columns);
  const row = { rows: 1, columns, data: new Float32Array(columns.length).fill(0.5) };
  const surprises = equal.members.map(async (member, i) => {
    const [p] = pValues(await member.score(row), { scores: equal.heldOutScores[i] });
    return -Math.log(p);
  });
  const [first, second] = await Promise.all(surprises);
  assert.ok(Math.abs((await equal.score(row))[0] - (first + second) / 2) < 1e-12);
});
