import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { type OutputColumn, type OutputValues, TableWriter } from "traffic-anomaly/dist/data/table-writer";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("table-writer");

const names = (count: number) => Array.from({ length: count }, (_, i) => `name ${i}`);

const columns = (categories: readonly string[]): OutputColumn[] => [
  { name: "row", type: "integer" },
  { name: "score", type: "number" },
  { name: "anomaly", type: "boolean" },
  { name: "label", type: { categories } },
];

/** Rows whose numbers are hard to write and read again. */
function rows(count: number, categories: number): [Uint32Array, Float64Array, Uint8Array, Uint16Array] {
  const hard = [0, 0.1, 1 / 3, Math.PI, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2, -1e-7, 0.1 + 0.2];
  return [
    Uint32Array.from({ length: count }, (_, i) => 2 ** 32 - 1 - i),
    Float64Array.from({ length: count }, (_, i) => hard[i % hard.length]),
    Uint8Array.from({ length: count }, (_, i) => i % 2),
    Uint16Array.from({ length: count }, (_, i) => (i * 7) % categories),
  ];
}

async function readBack(path: string): Promise<unknown[][]> {
  const found = await (await database()).runAndReadAll(
    path.endsWith(".csv")
      ? `SELECT "row"::UINTEGER, score::DOUBLE, anomaly::BOOLEAN, label FROM read_csv('${path}', all_varchar = true, header = true)`
      : `SELECT * REPLACE (label::VARCHAR AS label) FROM '${path}'`,
  );
  return found.getRows() as unknown[][];
}

for (const format of ["parquet", "csv"] as const) {
  for (const [count, categories] of [
    [0, 1],
    [1, 1],
    [2_048, 255],
    [2_049, 256],
    [5_000, 1_000],
  ]) {
    test(`${count} rows with ${categories} categories come back from ${format} in order and to the bit`, async () => {
      const path = join(folder, `${count}-${categories}.${format}`);
      const writer = await TableWriter.create(columns(names(categories)));
      const [row, score, anomaly, label] = rows(count, categories);
      const half = Math.floor(count / 2);
      const parts: OutputValues[][] = [[0, half] as const, [half, count] as const].map(([start, end]) =>
        [row, score, anomaly, label].map((values) => values.subarray(start, end)),
      );
      const before = structuredClone([row, score, anomaly, label]);
      for (const part of parts) await writer.append(part);
      await writer.write(path, format);
      await writer.close();
      assert.deepEqual([row, score, anomaly, label], before, "what was passed is not changed");
      const found = await readBack(path);
      assert.equal(found.length, count);
      for (const [i, [foundRow, foundScore, foundAnomaly, foundLabel]] of found.entries()) {
        assert.ok(Object.is(foundScore, score[i]), `${foundScore} instead of ${score[i]}`);
        assert.deepEqual(
          [foundRow, foundAnomaly, foundLabel],
          [row[i], anomaly[i] === 1, `name ${label[i]}`],
        );
      }
      if (format === "csv") assert.match(await readFile(path, "utf8"), /^row,score,anomaly,label\n/);
    });
  }
}

test("values that are known only at the end take the place of those given", async () => {
  for (const format of ["parquet", "csv"] as const) {
    const path = join(folder, `replaced.${format}`);
    const writer = await TableWriter.create(columns(names(2)));
    await writer.append(rows(4, 2));
    await writer.write(path, format, { anomaly: "score > '0.3'::DOUBLE" });
    await writer.close();
    const found = await readBack(path);
    assert.deepEqual(
      found.map(([, score, anomaly, label]) => [score, anomaly, label]),
      [0, 0.1, 1 / 3, Math.PI].map((score, i) => [score, score > 0.3, `name ${i % 2}`]),
    );
  }
});

test("more rows than are held in memory come back in order, each once", async () => {
  const count = 2_100_000;
  const row = Uint32Array.from({ length: count }, (_, i) => i);
  const label = row.map((i) => i % 300);
  for (const format of ["parquet", "csv"] as const) {
    const path = join(folder, `long.${format}`);
    const writer = await TableWriter.create([
      { name: "row", type: "integer" },
      { name: "label", type: { categories: names(300) } },
    ]);
    for (let start = 0; start < count; start += 65_536) {
      const end = start + 65_536;
      await writer.append([row.subarray(start, end), Uint16Array.from(label.subarray(start, end))]);
    }
    await writer.write(path, format);
    await writer.close();
    const found = await (await database()).runAndReadAll(
      `SELECT count(*)::INTEGER, count(*) FILTER (WHERE "row" = position AND label = 'name ' || position % 300)::INTEGER
       FROM (SELECT "row", label::VARCHAR AS label, row_number() OVER () - 1 AS position FROM '${path}')`,
    );
    assert.deepEqual(found.getRows(), [[count, count]]);
  }
});

test("a name that a spreadsheet would take for a formula is one in Parquet only", async () => {
  const names = ["=1+1", "+cmd", "-x,y", "@SUM(A1)", "-1", "normal", "a\x1b[2J"];
  const writer = await TableWriter.create([
    { name: "label", type: { categories: names } },
    { name: "score", type: "number" },
  ]);
  await writer.append([Uint8Array.from(names, (_, i) => i), Float64Array.from(names, () => -1.5)]);
  const [parquet, csv] = ["parquet", "csv"].map((format) => join(folder, `formulas.${format}`));
  await writer.write(parquet, "parquet");
  await writer.write(csv, "csv");
  await writer.close();
  const found = await (await database()).runAndReadAll(`SELECT label::VARCHAR FROM '${parquet}'`);
  assert.deepEqual(found.getRows().flat(), names);
  const cells = ["'=1+1", "'+cmd", '"\'-x,y"', "'@SUM(A1)", "-1", "normal", "a\\x1b[2J"];
  assert.equal(
    await readFile(csv, "utf8"),
    ["label,score", ...cells.map((cell) => `${cell},-1.5`), ""].join("\n"),
  );
});

test("names with quotes, commas, line ends and nothing in them come back", async () => {
  const hostile = ["", "a,b", 'a"b', "it's", "a\nb", "'); DROP TABLE output_0; --", "é"];
  const codes = Uint8Array.from(hostile, (_, i) => i);
  for (const format of ["parquet", "csv"] as const) {
    const path = join(folder, `hostile.${format}`);
    const writer = await TableWriter.create([{ name: "label", type: { categories: hostile } }]);
    await writer.append([codes]);
    await writer.write(path, format);
    await writer.close();
    const from = format === "csv" ? `read_csv('${path}', header = true, all_varchar = true)` : `'${path}'`;
    const found = await (await database()).runAndReadAll(`SELECT label::VARCHAR FROM ${from}`);
    assert.deepEqual(
      found.getRows().map(([label]) => label ?? ""),
      hostile,
    );
  }
});

test("the same rows give the same bytes", async () => {
  const files: Buffer[] = [];
  for (const name of ["first.parquet", "second.parquet"]) {
    const writer = await TableWriter.create(columns(names(3)));
    await writer.append(rows(3_000, 3));
    await writer.write(join(folder, name), "parquet");
    await writer.close();
    files.push(await readFile(join(folder, name)));
  }
  assert.ok(files[0].equals(files[1]));
});

test("a place that can't be written to is named", async () => {
  const writer = await TableWriter.create(columns(["a"]));
  await mkdir(join(folder, "folder.parquet"));
  for (const name of ["folder.parquet", "missing/file.parquet"]) {
    await assert.rejects(writer.write(join(folder, name), "parquet"), (error: Error) => {
      assert.equal(error.name, "InputError", error.message);
      assert.match(error.message, new RegExp(`^cannot write to ${join(folder, name)}: `));
      return true;
    });
  }
  await writer.close();
});
