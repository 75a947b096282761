import assert from "node:assert/strict";
import { test } from "node:test";
import { fitMahalanobis } from "traffic-anomaly/dist/models/baselines/mahalanobis/mahalanobis";
import { assertAbortable } from "../../../fixtures/abort";
import { largestDifference, reference, referenceRows } from "../reference";

const { fitted, fresh } = referenceRows();

test("scores are the distances over major and minor components that NumPy and scikit-learn give", async () => {
  const scores = await (await fitMahalanobis(fitted, { trimmed: 0.05, falseAlarmRate: 0.1 })).score(fresh);
  const largest = largestDifference(scores, reference.mahalanobis);
  assert.ok(largest < 1e-5, `they differ by ${largest} of themselves`);
});

test("scores beyond 1 are at most the share of the fitted rows that was asked for", async () => {
  for (const falseAlarmRate of [0.05, 0.2, 0.5]) {
    const scores = await (await fitMahalanobis(fitted, { falseAlarmRate })).score(fitted);
    const flagged = scores.filter((score) => score > 1 + 1e-9).length;
    assert.ok(flagged <= falseAlarmRate * fitted.rows, `${flagged} of ${fitted.rows} at ${falseAlarmRate}`);
    assert.ok(flagged > 0);
  }
});

test("stretching a column moves no score, since correlations have no unit", async () => {
  const stretched = (matrix: typeof fitted) => ({
    ...matrix,
    data: matrix.data.map((x, at) => (at % 5 === 2 ? 64 * x : x)),
  });
  const scores = await (await fitMahalanobis(stretched(fitted))).score(stretched(fresh));
  assert.ok(largestDifference(scores, [...(await (await fitMahalanobis(fitted)).score(fresh))]) < 1e-5);
});

test("a row that breaks a correlation has a large minor distance, though each of its values is usual", async () => {
  const wave = (i: number) => Math.round(64 * Math.sin(i)) / 64;
  const data = Array.from({ length: 200 }, (_, i) => [wave(i), wave(i) + wave(7 * i) / 32]);
  const line = { rows: 200, columns: ["x", "y"], data: Float32Array.from(data.flat()) };
  const model = await fitMahalanobis(line);
  const [on, off] = await model.score({
    rows: 2,
    columns: ["x", "y"],
    data: Float32Array.of(0.5, 0.5, 0.5, -0.5),
  });
  assert.ok(on < 1 && off > 10, `${on}, ${off}`);
});

test("options must be in (0, 1), and rows must vary", async () => {
  await assert.rejects(fitMahalanobis(fitted, { trimmed: 0 }), {
    name: "InputError",
    message: "trimmed must be a number in (0, 1), got 0",
  });
  const same = { rows: 3, columns: ["x"], data: Float32Array.of(1, 1, 1) };
  await assert.rejects(fitMahalanobis(same), /needs a column that varies/);
});

test("an abort ends the fit", async () => {
  const columns = Array.from({ length: 60 }, (_, i) => `column ${i}`);
  const large = { rows: 100_000, columns, data: new Float32Array(60 * 100_000) };
  await assertAbortable((signal) => fitMahalanobis(large, { signal }));
});
