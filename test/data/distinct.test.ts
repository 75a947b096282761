import assert from "node:assert/strict";
import { test } from "node:test";
import { anomalousRows, distinctRows, labels, type Table } from "traffic-anomaly";
import { equalRows, equalRowsInTurns } from "traffic-anomaly/dist/data/distinct";
import { assertAbortable } from "../fixtures/abort";
import fc from "../fixtures/fast-check";
import { realTableTest } from "../fixtures/real-tables";
import { tableOf } from "../fixtures/table";

const tiny = Math.fround(1e-7);
const connection = fc.record({
  bytes: fc.constantFrom(NaN, 0, -0, 1, 2 ** 32, 2 ** 32 + 1, 693_375_640, 0.1, 0.1 + 2 ** -55, 1e300),
  errors: fc.constantFrom(0, -0, 0.5, 0.5 + tiny, tiny, 1),
  service: fc.constantFrom("dns", "http"),
  label: fc.constantFrom("normal", "smurf"),
});
type Connection = typeof connection extends fc.Arbitrary<infer C> ? C : never;

function tableOfRows(rows: readonly Connection[], labelled = true): Table {
  return tableOf(
    {
      bytes: rows.map(({ bytes }) => bytes),
      errors: rows.map(({ errors }) => errors),
      service: rows.map(({ service }) => service),
    },
    {
      measures: { bytes: "amount", errors: "rate" },
      ...(labelled && { labels: rows.map(({ label }) => label) }),
    },
  );
}

/** The first of each group of equal rows, by a text of all its values. String(−0) is "0". */
function slowDistinctRows(table: Table, rows: ArrayLike<number>): Uint32Array {
  const columns = [...table.features, ...(table.labels ? [table.labels] : [])];
  const first = new Map<string, number>();
  Array.from(rows).forEach((row, position) => {
    const text = columns
      .map((column) => String(column.kind === "nominal" ? column.codes[row] : column.values[row]))
      .join();
    if (!first.has(text)) first.set(text, position);
  });
  return Uint32Array.from(first.values());
}

test("missing numbers are equal, whatever their bits", () => {
  const values = new Float64Array(4);
  new BigUint64Array(values.buffer).set([0x7ff8n << 48n, 0xfff8n << 48n, (0x7ff8n << 48n) | 7n, 0n]);
  const features = [{ kind: "numeric", name: "bytes", values } as const];
  assert.deepEqual(distinctRows({ rows: 4, features }), Uint32Array.of(0, 3));
});

test("distinct rows are those of a slow comparison of texts", () => {
  const connections = fc.array(connection, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(connections, fc.boolean(), fc.array(fc.nat(), { maxLength: 40 }), (rows, labelled, picks) => {
      const table = tableOfRows(rows, labelled);
      assert.deepEqual(
        distinctRows(table),
        slowDistinctRows(
          table,
          rows.map((_, row) => row),
        ),
      );
      const some = Uint32Array.from(picks, (pick) => pick % rows.length);
      assert.deepEqual(distinctRows(table, some), slowDistinctRows(table, some), "positions in `rows`");
    }),
    { numRuns: 1000 },
  );
});

test("rows that differ in the smallest rate, or in the label alone, are distinct; 0 and −0 are not", () => {
  const row: Connection = { bytes: 0, errors: 0, service: "http", label: "normal" };
  const rows: Connection[] = [
    row,
    { ...row, errors: tiny },
    { ...row, label: "smurf" },
    { ...row, bytes: -0 },
    row,
  ];
  assert.deepEqual(distinctRows(tableOfRows(rows)), Uint32Array.of(0, 1, 2));
  assert.deepEqual(distinctRows(tableOfRows(rows, false)), Uint32Array.of(0, 1), "without labels");
});

test("values that hash alike are still told apart", () => {
  // Whole numbers that agree in their lowest 32 bits, and fractions below a hundredth.
  const bytes = Array.from({ length: 500 }, (_, i) => 2 ** 32 * (i % 100) + (i % 5) / 10_000);
  const table = tableOf({ bytes }, { measures: { bytes: "amount" } });
  assert.deepEqual(
    distinctRows(table),
    Uint32Array.from({ length: 100 }, (_, i) => i),
  );
});

test("a row counts once however often it comes", () => {
  const table = tableOf({ hot: new Array(1000).fill(1) });
  assert.deepEqual(distinctRows(table), Uint32Array.of(0));
  const rows = Uint32Array.from({ length: 999 }, (_, i) => 999 - i);
  assert.deepEqual(distinctRows(table, rows), Uint32Array.of(0), "positions in `rows`");
});

test("no rows have no distinct rows", () => {
  assert.deepEqual(distinctRows(tableOf({ hot: [1, 2] }), Uint32Array.of()), Uint32Array.of());
});

realTableTest(
  "the 10 % set has 145,586 distinct rows, corrected 77,291",
  ["10-percent", "corrected"],
  (train, later) => {
    const distinct = distinctRows(train);
    assert.equal(distinct.length, 145_586);
    const anomalous = anomalousRows(labels(train));
    assert.equal(distinct.filter((row) => anomalous[row] === 0).length, 87_832);
    const smurf = labels(train).categories.indexOf("smurf");
    assert.equal(distinct.filter((row) => labels(train).codes[row] === smurf).length, 641);
    assert.equal(distinctRows(later).length, 77_291);
  },
);

test("equal rows are found in turns as at once, and an abort ends the search", async () => {
  const tables = [0, 1].map(() => {
    const values = (factor: number) => Array.from({ length: 400_000 }, (_, i) => (i * factor) % 317);
    return tableOf({ a: values(3), b: values(5), c: values(7), d: values(11), e: values(13) });
  });
  assert.deepEqual(await equalRowsInTurns(tables[0]), equalRows(tables[1]));
  await assertAbortable((signal) => equalRowsInTurns({ ...tables[0] }, signal));
});
