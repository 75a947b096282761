import assert from "node:assert/strict";
import { test } from "node:test";
import {
  column,
  type FrameValues,
  InputError,
  labels,
  type NominalColumn,
  tableFromFrame,
  tableFromRows,
} from "traffic-anomaly";
import { missingName } from "traffic-anomaly/dist/data/table";

const refusal = (message: string) => new InputError(message);

test("objects and arrays of the same values make the same table", () => {
  const objects = [
    { bytes: 12, service: "dns", ok: true, attack: 0 },
    { bytes: 1.5, service: "http", ok: false, attack: 1 },
  ];
  const options = { label: "attack" };
  const table = tableFromRows(objects, options);
  assert.deepEqual(
    tableFromRows(
      objects.map((row) => Object.values(row)),
      { ...options, columns: Object.keys(objects[0]) },
    ),
    table,
  );
  const [bytes, service, ok] = table.features;
  assert.deepEqual(bytes, { kind: "numeric", name: "bytes", values: Float32Array.of(12, 1.5) });
  assert.deepEqual(ok, { kind: "numeric", name: "ok", measure: "flag", values: Float32Array.of(1, 0) });
  assert.deepEqual((service as NominalColumn).categories, ["dns", "http"]);
  const { codes, categories } = labels(table);
  assert.deepEqual(
    Array.from(codes, (code) => categories[code]),
    ["normal", "1"],
  );
});

test("null, undefined, NaN, an invalid date and what is not there are missing", () => {
  const table = tableFromRows([
    { a: 1, b: "x" },
    { a: null, b: undefined },
    { a: NaN, b: new Date(NaN) },
    { a: Infinity },
  ]);
  assert.deepEqual(column(table, "a"), {
    kind: "numeric",
    name: "a",
    values: Float32Array.of(1, NaN, NaN, Infinity),
  });
  assert.deepEqual((column(table, "b") as NominalColumn).categories, [missingName, "x"]);
  assert.deepEqual(
    table.columns.map(({ name, type, missing }) => [name, type, missing]),
    [
      ["a", "numeric", 2],
      ["b", "nominal", 3],
    ],
  );
});

test("numbers keep all their bits, and dates, identifiers and what is excluded are no features", () => {
  const told: string[] = [];
  const rows = Array.from({ length: 30 }, (_, i) => ({
    id: i,
    when: new Date(1e12 + i),
    exact: 0.1 + i,
    other: -i,
  }));
  const table = tableFromRows(rows, { exclude: ["other"], onNotice: (sentence) => told.push(sentence) });
  assert.deepEqual(
    table.features.map(({ name }) => name),
    ["exact"],
  );
  assert.deepEqual(column(table, "exact"), {
    kind: "numeric",
    name: "exact",
    values: Float64Array.from(rows, ({ exact }) => exact),
  });
  assert.deepEqual(table.notices, told);
  assert.match(told.join("; "), /when \(dates or times of day\).*id \(it numbers the rows\)/);
});

test("long tables are collected block by block", () => {
  const rows = Array.from({ length: 70_000 }, (_, i) => [i % 7, i < 69_999 ? "early" : "late"]);
  const table = tableFromRows(rows, { columns: ["digit", "part"] });
  const [digit, part] = table.features;
  assert.equal(digit.kind === "numeric" && digit.values[69_999], 69_999 % 7);
  assert.deepEqual(part.kind === "nominal" && [part.categories, part.codes[69_999]], [["early", "late"], 1]);
});

test("what is no table is refused in a sentence", () => {
  assert.throws(() => tableFromRows([]), refusal("there are no rows to make a table of"));
  assert.throws(
    () => tableFromRows([[1, 2]]),
    refusal("rows that are arrays need the names of their columns: columns"),
  );
  assert.throws(
    () => tableFromRows([[1, 2], [3]], { columns: ["a", "b"] }),
    refusal("row 1 has 1 values, but there are 2 columns"),
  );
  for (const rows of [[{ a: 1 }, null], [{ a: 1 }, "b"], new Array(2)])
    assert.throws(() => tableFromRows(rows), /^InputError: row \d must be an object or an array, got /);
  assert.throws(() => tableFromRows({} as []), refusal("rows must be a list of objects or arrays"));
  assert.throws(
    () => tableFromRows([[1]], { columns: "a" as never }),
    refusal("columns must be a list of names"),
  );
  assert.throws(
    () => tableFromRows([[1, 2]], { columns: ["a", "a"] }),
    refusal("the table: columns 1 and 2 are both named a; rename one of them"),
  );
  assert.throws(() => tableFromRows([{ a: 1 }], { lable: "a" } as object), /there is no option "lable"/);
  assert.throws(() => tableFromFrame({} as FrameValues), /^InputError: a frame must have columns/);
  assert.throws(
    () => tableFromRows([{ a: 1 }, { a: { b: 2 } }]),
    refusal(
      "row 1, column a: a value must be a number, a text, true or false, a date or null, got a value of type object",
    ),
  );
  const mostlyNumbers = [...Array.from({ length: 9 }, (_, i) => ({ a: i * i })), { a: "many" }];
  assert.throws(() => tableFromRows(mostlyNumbers), refusal("row 9, column a: must be a number, got 'many'"));
  assert.throws(
    () => tableFromRows([{ a: 1 }], { label: "b" }),
    refusal("the table has no column b, which label names; its columns are a"),
  );
});
