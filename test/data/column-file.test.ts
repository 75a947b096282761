import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { ColumnFileReader, ColumnFileWriter, type RowGroup } from "traffic-anomaly/dist/data/column-file";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("column-file");
const path = join(folder, "file.columns");

/** Rows of which column `i` takes `values[i]` different values in turn. */
function rowGroup(rows: number, values: readonly number[]): RowGroup {
  const columns = values.map((count, i) => ({
    dictionary: Float64Array.from({ length: count }, (_, code) => 2 ** 40 * i - code / 3),
    codes: Uint16Array.from({ length: rows }, (_, row) => (row * 7) % count),
  }));
  return { rows, columns };
}

const rowsOf = ({ rows, columns }: RowGroup) =>
  Array.from({ length: rows }, (_, row) => columns.map(({ dictionary, codes }) => dictionary[codes[row]]));

async function write(groups: readonly RowGroup[], metadata: unknown = {}): Promise<void> {
  const writer = await ColumnFileWriter.create(path);
  for (const group of groups) await writer.write(group);
  await writer.finish(metadata);
  await writer.close();
}

async function requireRoundTrip(groups: readonly RowGroup[], metadata?: unknown): Promise<void> {
  await write(groups, metadata);
  const reader = await ColumnFileReader.open(path);
  const found: number[][][] = [];
  for await (const group of reader.rowGroups()) found.push(rowsOf(group));
  await reader.close();
  assert.deepEqual(found, groups.map(rowsOf));
  assert.equal(reader.rows, found.flat().length);
  if (metadata) assert.deepEqual(reader.metadata, metadata);
}

// Codes are none, bytes or pairs of bytes.
test("groups of one value, of up to 256 and of up to 65,536 come back", async () => {
  await requireRoundTrip([rowGroup(1, [1]), rowGroup(1000, [1])]);
  await requireRoundTrip([
    rowGroup(999, [256, 1, 257]),
    rowGroup(1001, [257, 256, 2]),
    rowGroup(3, [2, 2, 1]),
  ]);
  await requireRoundTrip([rowGroup(65_536, [65_536, 3]), rowGroup(5, [5, 1])]);
});

test("any numbers and metadata come back to the bit", async () => {
  const column = (rows: number) =>
    fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 }).chain((dictionary) =>
      fc.array(fc.nat(dictionary.length - 1), { minLength: rows, maxLength: rows }).map((codes) => ({
        dictionary: Float64Array.from(dictionary),
        codes: Uint16Array.from(codes),
      })),
    );
  const group = (columns: number) =>
    fc.integer({ min: 1, max: 30 }).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.tuple(...Array.from({ length: columns }, () => column(rows))),
      }),
    );
  const groups = fc
    .integer({ min: 1, max: 4 })
    .chain((columns) => fc.array(group(columns), { maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(groups, fc.dictionary(fc.string(), fc.array(fc.string())), async (written, names) => {
      await requireRoundTrip(written, { names: { ...names } });
    }),
    { numRuns: 50 },
  );
});

test("a group is on the disk when it is written, so that memory need not hold it", async () => {
  const writer = await ColumnFileWriter.create(path);
  for (let groups = 1; groups <= 3; groups++) {
    await writer.write(rowGroup(800, [100, 300]));
    assert.equal((await stat(path)).size, groups * (8 * 100 + 800 + 8 * 300 + 2 * 800));
  }
  await writer.close();
});

test("a file that is cut off anywhere, longer, or of another kind is refused", async () => {
  await write([rowGroup(20, [3]), rowGroup(9, [2])], { origin: "a test" });
  const whole = await readFile(path);
  const refuses = async (bytes: Buffer) => {
    await writeFile(path, bytes);
    await assert.rejects(ColumnFileReader.open(path), Error, `${bytes.length} bytes`);
  };
  for (let length = 0; length < whole.length; length++) await refuses(whole.subarray(0, length));
  for (let start = 1; start < whole.length; start++) await refuses(whole.subarray(start));
  await refuses(Buffer.concat([whole, whole]));
  await refuses(Buffer.concat([whole, Buffer.alloc(1)]));
  await refuses(Buffer.from("a,b\n".repeat(20)));
  await writeFile(path, whole);
  await (await ColumnFileReader.open(path)).close();
});
