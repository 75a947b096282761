import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSizes, growthOf } from "./growth-record";

/** Measurements with seconds as a law gives them, and 100 bytes more at each size. */
function measured(law: (rows: number) => number) {
  return defaultSizes.map((rows, i) => ({ rows, seconds: law(rows), peakMemoryBytes: 1000 + 100 * i }));
}

test("growth gives a power law its exponent, and leaves out sizes below 1 million rows", () => {
  assert.equal(growthOf(measured((rows) => 1e-6 * rows)).timeExponent, 1);
  assert.equal(growthOf(measured((rows) => 1e-9 * rows ** 1.5)).timeExponent, 1.5);
  assert.equal(growthOf(measured((rows) => (rows < 1e6 ? 1000 : 1e-6 * rows))).timeExponent, 1);
});

test("rows a second do not count the start", () => {
  assert.equal(growthOf(measured((rows) => 3 + rows / 200_000)).rowsPerSecond, 200_000);
});

test("the memory ratio is that of the most rows to 1 million", () => {
  assert.equal(growthOf(measured(() => 1).reverse()).memoryRatio, Number((1300 / 1100).toFixed(3)));
});

test("one size shows no growth", () => {
  assert.throws(() => growthOf(measured(() => 1).slice(0, 2)), RangeError);
});
