import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nameTables, query } from "traffic-anomaly/notebook";
import { readKddFile } from "../fixtures/kdd-file";

const features = `0,tcp,http,SF,181,5450${",0".repeat(35)}`;

test("named tables are views with the row of the file and the category of the label", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "query-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "rows.csv");
  await writeFile(file, ["normal", "smurf", "brand'new"].map((label) => `${features},${label}.\n`).join(""));
  await nameTables({ 'my "rows"': (await readKddFile(file)).table });
  const result = await query('SELECT row, label, category, src_bytes FROM "my ""rows""" ORDER BY row');
  assert.deepEqual(result.values, [
    [0, "normal", "normal", 181],
    [1, "smurf", "dos", 181],
    [2, "brand'new", "other", 181],
  ]);
  assert.deepEqual(result.index, [0, 1, 2]);
  assert.deepEqual(result.texts("category"), ["normal", "dos", "other"]);
});

test("counts, sums and decimals are numbers, NULL is null", async () => {
  const result = await query(
    "SELECT count(*) AS n, sum(7) AS total, 0.25 AS part, NULL AS nothing, true AS yes",
  );
  assert.deepEqual(result.columns, ["n", "total", "part", "nothing", "yes"]);
  assert.deepEqual(result.values, [[1, 7, 0.25, null, true]]);
  assert.deepEqual(result.numbers("part"), [0.25]);
});

test("a column that is missing or of another type is refused by name", async () => {
  const result = await query("SELECT 1 AS one, 'a' AS text");
  assert.throws(() => result.numbers("two"), /no column two, only one, text/);
  assert.throws(() => result.numbers("text"), /row 0 of the column text is not a number, but a/);
  assert.throws(() => result.texts("one"), /row 0 of the column one is not a text, but 1/);
});

test("what no number or text can hold is refused", async () => {
  await assert.rejects(query("SELECT 9007199254740993 AS large"), /the column large holds 9007199254740993/);
  await assert.rejects(query("SELECT [1, 2] AS list"), /the column list holds .*cast it/);
});

test("a query that is wrong says so", async () => {
  await assert.rejects(query("SELECT * FROM nowhere_at_all"), /nowhere_at_all/);
});
