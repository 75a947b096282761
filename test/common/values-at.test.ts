import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesAt } from "traffic-anomaly/dist/common/values-at";

test("values come in the order of the positions, each as often as it is named", () => {
  const values = Float32Array.of(0.5, 0.25, 4);
  assert.deepEqual(valuesAt(values, Uint32Array.of(2, 0, 2)), Float64Array.of(4, 0.5, 4));
  assert.deepEqual(values, Float32Array.of(0.5, 0.25, 4));
});
