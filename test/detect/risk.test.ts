import assert from "node:assert/strict";
import { test } from "node:test";
import { excess, riskScore } from "traffic-anomaly/dist/detect/risk";

test("the excess counts from the threshold, in units of its distance to the median", () => {
  assert.equal(excess(0.01, 0.01, 0.001), 0);
  assert.ok(Math.abs(excess(0.1, 0.01, 0.001) - 1) < 1e-12);
  assert.ok(Math.abs(excess(0.001, 0.01, 0.001) + 1) < 1e-12);
  assert.ok(Number.isFinite(excess(0, 0.01, 0)));
  assert.ok(Number.isFinite(excess(1, 0.01, 0.01)));
});

test("the risk score is 0 at and below the threshold, 50 a fifth of a unit beyond it, and below 100", () => {
  assert.deepEqual([-1, 0, 0.2, 0.4].map(riskScore), [0, 0, 50, 75]);
  assert.ok(riskScore(10) < 100);
});
