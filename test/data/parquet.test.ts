import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { database } from "traffic-anomaly";
import {
  type ParquetColumn,
  ParquetReader,
  ParquetWriter,
  type RowGroup,
} from "traffic-anomaly/dist/data/parquet";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("parquet");

const columns: ParquetColumn[] = [
  { name: "rate", type: "float" },
  { name: "bytes", type: "double" },
  { name: "service", type: "text" },
];

/** Rows of which each column takes `values` different values in turn. */
function rowGroup(rows: number, values: number): RowGroup {
  const codes = Uint16Array.from({ length: rows }, (_, row) => (row * 7) % values);
  const dictionary = <V>(value: (code: number) => V) =>
    Array.from({ length: values }, (_, code) => value(code));
  return {
    rows,
    columns: [
      { dictionary: dictionary((code) => Math.fround(code / 100)), codes },
      { dictionary: dictionary((code) => 2 ** 40 + code / 3), codes },
      { dictionary: dictionary((code) => `name ${code} é`), codes },
    ],
  };
}

const rowsOf = ({ rows, columns }: RowGroup) =>
  Array.from({ length: rows }, (_, row) => columns.map(({ dictionary, codes }) => dictionary[codes[row]]));

async function write(name: string, groups: readonly RowGroup[]): Promise<string> {
  const path = join(folder, name);
  const writer = await ParquetWriter.create(path, columns);
  for (const group of groups) await writer.write(group);
  await writer.finish({ origin: "a test" });
  await writer.close();
  return path;
}

// One value is a run; up to 256 are bytes, more are pairs of bytes; codes are packed in groups of eight.
for (const groups of [
  [rowGroup(1, 1)],
  [rowGroup(1000, 1), rowGroup(7, 2), rowGroup(8, 3)],
  [rowGroup(999, 256), rowGroup(1001, 257)],
  [rowGroup(65_536, 65_536), rowGroup(3, 2)],
]) {
  const sizes = groups.map(({ rows, columns }) => `${rows} rows of ${columns[0].dictionary.length} values`);
  test(`${sizes.join(" and ")} come back, and DuckDB reads the same`, async () => {
    const expected = groups.flatMap(rowsOf);
    const path = await write("file.parquet", groups);
    const reader = await ParquetReader.open(path);
    assert.deepEqual(
      [reader.rows, reader.columns, reader.metadata],
      [expected.length, columns, { origin: "a test" }],
    );
    const found: unknown[][] = [];
    for await (const group of reader.rowGroups()) found.push(...rowsOf(group));
    await reader.close();
    assert.deepEqual(found, expected);
    const connection = await database();
    const queried = await connection.runAndReadAll(
      `SELECT * FROM read_parquet('${path}', file_row_number = true) ORDER BY 4`,
    );
    assert.deepEqual(queried.columnTypes().map(String).slice(0, 3), ["FLOAT", "DOUBLE", "VARCHAR"]);
    assert.deepEqual(
      queried.getRows().map((row) => row.slice(0, 3)),
      expected,
    );
  });
}

test("a file that is cut off is refused", async () => {
  const path = await write("whole.parquet", [rowGroup(100, 10)]);
  const bytes = await readFile(path);
  const cut = join(folder, "cut.parquet");
  for (let length = 0; length < bytes.length; length += 13) {
    await writeFile(cut, bytes.subarray(0, length));
    await assert.rejects(ParquetReader.open(cut));
  }
});
