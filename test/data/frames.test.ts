import assert from "node:assert/strict";
import { test } from "node:test";
import { DataFrame } from "danfojs-node";
import { column, numbers, tableFromFrame, tableFromRows, toFrame } from "traffic-anomaly";
import { missingName } from "traffic-anomaly/dist/data/table";

const rows = [
  { bytes: 0.1, count: 1, service: "dns", attack: "normal" },
  { bytes: 3e15 + 1, count: NaN, service: "http", attack: "smurf" },
  { bytes: 1e-300, count: 3, service: null, attack: "normal" },
];
const table = tableFromRows(rows, { label: "attack" });

test("a table becomes danfojs' frame and the same table again", () => {
  const frame = toFrame(table, DataFrame);
  assert.ok(frame instanceof DataFrame);
  assert.deepEqual(frame.columns, ["bytes", "count", "service", "attack"]);
  assert.deepEqual(frame.shape, [3, 4]);
  assert.deepEqual(frame.dtypes, ["float32", "float32", "string", "string"]);
  const { features, labels } = tableFromFrame(frame, { label: "attack" });
  assert.deepEqual({ features, labels }, { features: table.features, labels: table.labels });
});

test("some rows become a frame of those, in their order", () => {
  const frame = toFrame(table, DataFrame, Uint32Array.of(2, 0));
  assert.deepEqual(frame.values, [
    [1e-300, 3, missingName, "normal"],
    [0.1, 1, "dns", "normal"],
  ]);
});

test("a frame that danfojs made of columns becomes a table", () => {
  const made = tableFromFrame(new DataFrame({ a: [1, 2, 3], b: ["x", "y", "x"], c: [true, false, true] }));
  assert.deepEqual(numbers(made, "a"), Float32Array.of(1, 2, 3));
  assert.equal(column(made, "b").kind, "nominal");
  assert.deepEqual(numbers(made, "c"), Float32Array.of(1, 0, 1));
});
