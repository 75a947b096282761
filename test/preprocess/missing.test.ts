import assert from "node:assert/strict";
import { test } from "node:test";
import { countMissing, medianOf, replacementOf } from "traffic-anomaly/dist/preprocess/missing";

test("NaN and infinite numbers are missing", () => {
  assert.equal(countMissing([0, NaN, Infinity, -Infinity, -1e308]), 3);
});

test("the median is the middle value, or the mean of the middle two, without overflow", () => {
  assert.equal(medianOf(Float64Array.of(9, 1, 5)), 5);
  assert.equal(medianOf(Float64Array.of(9, 1, 5, 4)), 4.5);
  assert.equal(medianOf(Float64Array.of(2 ** 1023, 1.5 * 2 ** 1023)), 1.25 * 2 ** 1023);
  assert.ok(Object.is(medianOf(Float64Array.of(-0)), 0), "JSON has no −0");
});

test("what was not learned is the middle of the range", () => {
  assert.equal(replacementOf({ range: [-1e308, 1.5e308] }), 0.25e308);
  assert.equal(replacementOf({ range: [0, 8], missing: { replacement: 1, column: true } }), 1);
});
