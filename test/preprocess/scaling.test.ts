import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fitScale, scaler } from "traffic-anomaly/dist/preprocess/scaling";
import fc from "../fixtures/fast-check";

const ranksAmong = (...training: number[]) => scaler(fitScale("x", Float64Array.from(training), "quantile"));

test("equal values have the middle of their ranks, but the least is 0 and the greatest is 1", () => {
  const rank = ranksAmong(0, 0, 0, 4, 4, 4, 5, 9, 9);
  assert.deepEqual([0, 4, 5, 9].map(rank), [0, (3 + 5) / 2 / 8, 6 / 8, 1]);
});

test("between two quantiles the rank is interpolated, beyond the last it is 0 or 1", () => {
  const rank = ranksAmong(0, 10, 30);
  assert.deepEqual([-5, 5, 10, 15, 1e9].map(rank), [0, 0.25, 0.5, 0.625, 1]);
});

test("quantiles are those of scikit-learn's QuantileTransformer", () => {
  const path = join(__dirname, "scaling.reference.json"); // made by scaling.reference.py
  for (const { name, training, values, ranks } of JSON.parse(readFileSync(path, "utf8"))) {
    const rank = ranksAmong(...training);
    const differences = values.map((value: number, i: number) => Math.abs(rank(value) - ranks[i]));
    assert.ok(Math.max(...differences) < 1e-9, `${name}: ${Math.max(...differences)}`);
  }
});

test("a greater number never has a lower rank", () => {
  const number = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
  );
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 50 }), number, number, (training, a, b) => {
      const rank = ranksAmong(...training);
      assert.ok(rank(Math.min(a, b)) <= rank(Math.max(a, b)));
      assert.ok(rank(a) >= 0 && rank(a) <= 1);
    }),
  );
});
