import assert from "node:assert/strict";
import { test } from "node:test";
import { fitEcod } from "traffic-anomaly/dist/models/baselines/ecod/ecod";
import { largestDifference, reference, referenceRows } from "../reference";

const { fitted, fresh } = referenceRows();
const column = (...values: number[]) => ({
  rows: values.length,
  columns: ["x"],
  data: Float32Array.from(values),
});

test("ECOD's scores of new rows are the paper's sums of PyOD's tail probabilities", async () => {
  const scores = await (await fitEcod(fitted)).score(fresh);
  const largest = largestDifference(scores, reference.ecod);
  assert.ok(largest < 1e-12, `they differ by ${largest} of themselves`);
});

test("a value that no fitted row has is as unusual as one row of n + 1 can be, on either side", async () => {
  const ecod = await fitEcod(column(1, 2, 2, 3));
  assert.deepEqual(
    Array.from(await ecod.score(column(0, 4)), (score) => score.toFixed(12)),
    [Math.log(5).toFixed(12), Math.log(5).toFixed(12)],
  );
});

test("a constant column adds nothing to a score until its value changes", async () => {
  const ecod = await fitEcod(column(7, 7, 7));
  assert.deepEqual(await ecod.score(column(7)), Float64Array.of(0));
  assert.ok(Math.abs((await ecod.score(column(8)))[0] - Math.log(4)) < 1e-12);
});

test("stretching a column moves no score", async () => {
  const stretched = (matrix: typeof fitted) => ({ ...matrix, data: matrix.data.map((x) => 2 * x) });
  const ecod = await fitEcod(stretched(fitted));
  assert.deepEqual(await ecod.score(stretched(fresh)), await (await fitEcod(fitted)).score(fresh));
});

test("no rows and an option are refused, since ECOD has none", async () => {
  await assert.rejects(fitEcod({ rows: 0, columns: ["x"], data: new Float32Array() }), /at least one row/);
  await assert.rejects(fitEcod(fitted, { bins: 3 } as object), { name: "InputError", message: /"bins"/ });
});
