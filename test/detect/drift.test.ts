import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "traffic-anomaly";
import { populationStability, scoreBin, scoreProfile } from "traffic-anomaly/dist/detect/drift";

const random = createRandom(1, "test profile");
const scores = Float64Array.from({ length: 2000 }, () => random.uniform() ** 3).sort();
const counted = (profile: ReturnType<typeof scoreProfile>, values: Float64Array) => {
  const counts = new Float64Array(profile.shares.length);
  for (const value of values) counts[scoreBin(profile.edges, value)]++;
  return counts;
};

test("deciles part the scores into tenths, and the same scores are no drift", () => {
  const before = scores.slice();
  const profile = scoreProfile(scores);
  assert.deepEqual(scores, before);
  assert.equal(profile.edges.length, 9);
  for (const share of profile.shares) assert.ok(Math.abs(share - 0.1) < 0.001);
  assert.ok(Math.abs(populationStability(profile, counted(profile, scores))) < 1e-12);
  assert.equal(scoreBin(profile.edges, profile.edges[3]), 3, "a bound belongs to the bin below it");
});

test("the index is the sum of (a − e) · ln(a / e), an empty bin counting as one in 10,000", () => {
  const profile = { edges: [0], shares: [0.5, 0.5] };
  assert.equal(populationStability(profile, [75, 25]), 0.25 * Math.log(1.5) + -0.25 * Math.log(0.5));
  const empty = 0.5 * Math.log(2) + (1e-4 - 0.5) * Math.log(1e-4 / 0.5);
  assert.equal(populationStability(profile, [10, 0]), empty);
});

test("scores that are all equal, or one alone, make one bound", () => {
  for (const values of [new Float64Array(50).fill(0.4), Float64Array.of(0.4)]) {
    const profile = scoreProfile(values);
    assert.deepEqual([profile.edges, profile.shares], [[0.4], [1, 0]]);
  }
  assert.throws(() => scoreProfile(new Float64Array()), RangeError);
});
