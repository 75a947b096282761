import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsWhere, splitRows } from "traffic-anomaly";
import fc from "../fixtures/fast-check";
import { tableOf } from "../fixtures/table";

const someRows = fc
  .uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 100 })
  .map((rows) => Uint32Array.from(rows));
const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
const seed = fc.nat(0xffffffff);

test("both parts together are the rows, each once, and each part is in order", () => {
  fc.assert(
    fc.property(someRows, share, seed, (rows, share, seed) => {
      const parts = splitRows(rows, share, seed);
      assert.equal(parts[0].length, Math.round(share * rows.length));
      for (const part of parts) assert.deepEqual(part, part.slice().sort());
      assert.deepEqual(Uint32Array.from([...parts[0], ...parts[1]]).sort(), rows.slice().sort());
    }),
    { numRuns: 300 },
  );
});

test("the same seed gives the same split, another seed another", () => {
  const rows = Uint32Array.from({ length: 1000 }, (_, row) => row);
  assert.deepEqual(splitRows(rows, 0.8, 7), splitRows(rows, 0.8, 7));
  assert.notDeepEqual(splitRows(rows, 0.8, 7), splitRows(rows, 0.8, 8));
});

test("every row is as likely in the first part", () => {
  const times = new Uint32Array(10);
  const rows = Uint32Array.from(times, (_, row) => row);
  for (let seed = 0; seed < 2000; seed++) for (const row of splitRows(rows, 0.3, seed)[0]) times[row]++;
  // Binomial: mean 2000 · 0.3, standard deviation √(2000 · 0.3 · 0.7) ≈ 20.5.
  for (const count of times) assert.ok(Math.abs(count - 600) < 5 * 20.5, `${count}`);
});

test("the rows that are split are not changed", () => {
  const rows = Uint32Array.of(5, 3, 9, 1);
  splitRows(rows, 0.5, 1);
  assert.deepEqual(rows, Uint32Array.of(5, 3, 9, 1));
});

test("a share outside (0, 1) and a seed out of range are refused", () => {
  const rows = Uint32Array.of(0, 1);
  for (const share of [0, 1, -0.1, 80, Number.NaN])
    assert.throws(() => splitRows(rows, share, 1), {
      name: "InputError",
      message: `share must be a number in (0, 1), got ${share}`,
    });
  assert.throws(() => splitRows(rows, 0.5, -1), { name: "InputError" });
});

test("rows are chosen by their label, in order", () => {
  const labels = ["smurf", "normal", "perl", "smurf", "normal"];
  const table = tableOf({ hot: [0, 0, 0, 0, 0] }, { labels });
  assert.deepEqual(
    rowsWhere(table, (label) => label === "normal"),
    Uint32Array.of(1, 4),
  );
  assert.deepEqual(
    rowsWhere(table, (label) => label !== "normal"),
    Uint32Array.of(0, 2, 3),
  );
  assert.deepEqual(
    rowsWhere(table, () => false),
    Uint32Array.of(),
  );
});

test("a table without labels is refused", () => {
  assert.throws(() => rowsWhere(tableOf({ hot: [0] }), () => true), RangeError);
});
