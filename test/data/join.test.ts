import assert from "node:assert/strict";
import { test } from "node:test";
import { selectRows } from "traffic-anomaly";
import { joinTables } from "traffic-anomaly/dist/data/join";
import { tableOf } from "../fixtures/table";

test("a table cut into pieces and joined is the table, whatever the pieces' dictionaries", () => {
  const table = tableOf(
    { bytes: [1, 2, 3, 4], service: ["http", "smtp", "dns", "http"] },
    { measures: { bytes: "amount" }, labels: ["a", "b", "b", "c"] },
  );
  const pieces = [
    tableOf({ bytes: [1], service: ["http"] }, { measures: { bytes: "amount" }, labels: ["a"] }),
    tableOf(
      { bytes: [2, 3], service: ["smtp", "dns"] },
      { measures: { bytes: "amount" }, labels: ["b", "b"] },
    ),
    selectRows(table, Uint32Array.of(3)),
  ];
  assert.deepEqual(joinTables(pieces), table);
});

test("no number is rounded, though other pieces have numbers of 32 bits", () => {
  const piece = (values: Float32Array | Float64Array) =>
    ({ rows: 1, features: [{ kind: "numeric", name: "bytes", values }] }) as const;
  const exact = 2 ** 53 - 1;
  const [bytes] = joinTables([piece(Float32Array.of(1)), piece(Float64Array.of(exact))]).features;
  assert.deepEqual(bytes.kind === "numeric" && bytes.values, Float64Array.of(1, exact));
});

test("tables of other columns, and none at all, are refused", () => {
  const a = tableOf({ bytes: [1] });
  assert.throws(() => joinTables([]), RangeError);
  assert.throws(() => joinTables([a, tableOf({ count: [1] })]), RangeError);
  assert.throws(() => joinTables([a, tableOf({ bytes: ["x"] })]), RangeError);
  assert.throws(() => joinTables([a, tableOf({ bytes: [1] }, { labels: ["x"] })]), RangeError);
});
