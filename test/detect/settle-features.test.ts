import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, settleFeatures } from "traffic-anomaly";
import { usualFeatures } from "traffic-anomaly/dist/detect/settle-features";
import { tableOf } from "../fixtures/table";

const table = tableOf({
  dst_host_count: [1, 2, 2, 3, 200],
  dst_host_serror_rate: [1, 0.33, 0.25, 0.2, 0.5],
  count: [1, 1, 1, 1, 1],
  serror_rate: [1, 1, 0, 0, 0],
});
const usual = usualFeatures(table, Uint32Array.of(0, 1, 2, 3, 4));
const rounded = (name: string, options = {}) =>
  Array.from(numbers(settleFeatures(table, usual, options), name), (value) => Number(value.toFixed(2)));

test("a share of fewer than three connections has its usual value, and what is usual is not taken from it", () => {
  assert.deepEqual(usual.dst_host_serror_rate, { kind: "number", low: 0.2, median: 0.2, high: 0.2 });
  assert.deepEqual(rounded("dst_host_serror_rate"), [0.2, 0.2, 0.2, 0.2, 0.5]);
  assert.deepEqual(rounded("dst_host_serror_rate", { from: 2 }), [1, 0.33, 0.2, 0.2, 0.5]);
});

test("where no share is of enough connections, what all usually are stands for it", () => {
  assert.deepEqual(usual.serror_rate, { kind: "number", low: 0, median: 0, high: 1 });
  assert.deepEqual(rounded("serror_rate"), [0, 0, 0, 0, 0]);
});

test("counts stay, but in the rows of cold windows, where all features of the host window are usual", () => {
  assert.deepEqual(rounded("dst_host_count"), [1, 2, 2, 3, 200]);
  assert.deepEqual(rounded("dst_host_count", { coldRows: 2 }), [2, 2, 2, 3, 200]);
  assert.deepEqual(rounded("count", { coldRows: 5 }), [1, 1, 1, 1, 1]);
  assert.deepEqual(
    Array.from(numbers(table, "dst_host_count")),
    [1, 2, 2, 3, 200],
    "the table is not changed",
  );
});
