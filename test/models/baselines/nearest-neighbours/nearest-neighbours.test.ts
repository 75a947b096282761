import assert from "node:assert/strict";
import { test } from "node:test";
import { fitNearestNeighbours } from "traffic-anomaly/dist/models/baselines/nearest-neighbours/nearest-neighbours";
import { largestDifference, reference, referenceRows } from "../reference";

const { fitted, fresh } = referenceRows();

test("scores are PyOD's distances to the fifth nearest row", async () => {
  const scores = await (await fitNearestNeighbours(fitted)).score(fresh);
  const largest = largestDifference(scores, reference["nearest-neighbours"]);
  assert.ok(largest < 1e-12, `they differ by ${largest} of themselves`);
});

test("each distance is the one that sorting all distances gives", async () => {
  for (const neighbours of [1, 2, 13, 60]) {
    const scores = await (await fitNearestNeighbours(fitted, { neighbours })).score(fresh);
    scores.forEach((score, row) => {
      const distances = Array.from({ length: fitted.rows }, (_, other) =>
        Math.hypot(
          ...Array.from({ length: 5 }, (_, i) => fresh.data[row * 5 + i] - fitted.data[other * 5 + i]),
        ),
      );
      const expected = distances.sort((a, b) => a - b)[neighbours - 1];
      assert.ok(Math.abs(score - expected) < 1e-9 * expected);
    });
  }
});

test("a fitted row is at distance 0 from itself, and no column adds to that", async () => {
  const model = await fitNearestNeighbours(fitted, { neighbours: 1 });
  assert.deepEqual(await model.score(fitted), new Float64Array(fitted.rows));
  assert.deepEqual(model.explain(fitted.data.subarray(0, 5)), new Float64Array(5));
});

test("a smaller sample is drawn by the seed, and neighbours must be in it", async () => {
  const sampled = (seed: number) => fitNearestNeighbours(fitted, { sampleSize: 10, seed });
  assert.equal((await sampled(1)).settings.sampleSize, 10);
  assert.notDeepEqual((await sampled(1)).sample.data, (await sampled(2)).sample.data);
  assert.deepEqual((await sampled(1)).sample.data, (await sampled(1)).sample.data);
  await assert.rejects(fitNearestNeighbours(fitted, { sampleSize: 10, neighbours: 11 }), {
    name: "InputError",
    message: "neighbours must be an integer in [1, 10], got 11",
  });
});
