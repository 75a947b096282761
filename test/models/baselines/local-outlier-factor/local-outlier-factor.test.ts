import assert from "node:assert/strict";
import { test } from "node:test";
import { fitLocalOutlierFactor } from "traffic-anomaly/dist/models/baselines/local-outlier-factor/local-outlier-factor";
import { assertAbortable } from "../../../fixtures/abort";
import { largestDifference, reference, referenceRows } from "../reference";

const { fitted, fresh } = referenceRows();

test("scores are scikit-learn's local outlier factors of new rows", async () => {
  const scores = await (await fitLocalOutlierFactor(fitted, { neighbours: 10 })).score(fresh);
  const largest = largestDifference(scores, reference["local-outlier-factor"]);
  assert.ok(largest < 1e-9, `they differ by ${largest} of themselves`);
});

test("a row between two of an even line is as dense as they are: its factor is near 1", async () => {
  const line = { rows: 50, columns: ["x"], data: Float32Array.from({ length: 50 }, (_, i) => i) };
  const model = await fitLocalOutlierFactor(line, { neighbours: 4 });
  const [between, beyond] = await model.score({ rows: 2, columns: ["x"], data: Float32Array.of(25.5, 90) });
  assert.ok(Math.abs(between - 1) < 0.2 && beyond > 10, `${between}, ${beyond}`);
});

test("neighbours must be fewer than the sample's rows, of which there must be two", async () => {
  await assert.rejects(fitLocalOutlierFactor(fitted, { sampleSize: 10, neighbours: 10 }), {
    name: "InputError",
    message: "neighbours must be an integer in [1, 9], got 10",
  });
  const one = { rows: 1, columns: ["x"], data: Float32Array.of(1) };
  await assert.rejects(fitLocalOutlierFactor(one), /at least two rows, got 1/);
});

test("an abort ends the search for neighbours", async () => {
  const columns = Array.from({ length: 60 }, (_, i) => `column ${i}`);
  const large = { rows: 20_000, columns, data: new Float32Array(60 * 20_000) };
  await assertAbortable((signal) => fitLocalOutlierFactor(large, { sampleSize: 20_000, signal }));
});
