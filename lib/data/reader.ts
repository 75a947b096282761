import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { projectPath } from "../common/project";
import { Transaction, unwritable } from "../common/transaction";
import { separateBadRows } from "./bad-rows";
import { sha256OfContent, sha256OfFile } from "./checksum";
import { type DatasetName, datasetName } from "./datasets";
import { allocate, columnChunks, database, quoted, type Storage } from "./duckdb";
import { recogniseLayout } from "./layout";
import { kddFeatures, type Layout, namePattern } from "./schema";
import type { Column, NominalColumn, NumericColumn, Table } from "./table";

/** A data file that was recognised, checked row by row, and copied to Parquet. */
export interface Source {
  readonly path: string;
  /** The data set that the content is, or the file's name if it is none of the known. */
  readonly name: DatasetName | string;
  /** SHA-256 of the file as it is on disk. */
  readonly sha256: string;
  readonly rows: number;
  /** Whether the rows carry labels. */
  readonly labelled: boolean;
  /** The checked copy. Queries may read it: one row a row, columns named as in `kddFeatures`, and `label`. */
  readonly parquet: string;
  /** 1-based numbers of the rows of the file that were skipped; empty unless `skipBadRows` was asked for. */
  readonly skippedRows: readonly number[];
}

export interface OpenOptions extends WorkOptions {
  /** Where checked copies are kept, by SHA-256 of their source; may be deleted at any time. Default `data/cache` in the project. */
  readonly cacheFolder?: string;
  /** Leave bad rows out and write them, with line and reason, to this CSV file. Default: refuse the file. */
  readonly rejectedFile?: string;
}

/** Raised when the layout of the checked copies changes, so that older copies are not read. */
const copyVersion = 1;

/**
 * Opens a KDD'99 or NSL-KDD file, plain or gzip, with or without header and label, whatever its name.
 *
 * The first time, every row is checked and copied to Parquet; later, the copy is used.
 *
 * @throws {InputError} that names file, line and column if anything is wrong with it
 */
export async function openSource(path: string, options: OpenOptions = {}): Promise<Source> {
  const { cacheFolder = projectPath("data", "cache"), signal, onProgress } = options;
  const layout = await recogniseLayout(path);
  onProgress?.({ stage: `reading ${basename(path)}`, done: 0, total: 1 });
  const sha256 = await sha256OfFile(path, signal);
  let parquet = join(cacheFolder, `${sha256}.v${copyVersion}.parquet`);
  let skippedRows: readonly number[] = [];
  let facts = await copyFacts(parquet);
  if (!facts) {
    ({ parquet, skippedRows } = await makeCopy(path, layout, parquet, options));
    facts = await copyFacts(parquet);
    if (!facts) throw new InputError(`the checked copy ${parquet} cannot be read; is the disk failing?`);
  }
  signal?.throwIfAborted();
  const { rows, contentSha256 } = facts;
  onProgress?.({ stage: `reading ${basename(path)}`, done: 1, total: 1 });
  const name = datasetName({ sha256, contentSha256, columns: layout.columns, rows }) ?? basename(path);
  return { path, name, sha256, rows, labelled: layout.columns >= 42, parquet, skippedRows };
}

/** What a checked copy holds; undefined if there is none or it is damaged, so that it has to be made again. */
async function copyFacts(parquet: string): Promise<{ rows: number; contentSha256: string } | undefined> {
  if (!existsSync(parquet)) return undefined;
  try {
    const found = await (await database()).runAndReadAll(
      `SELECT count(*)::INTEGER, (SELECT decode(value) FROM parquet_kv_metadata(${quoted(parquet)}) WHERE decode(key) = 'content')
       FROM read_parquet(${quoted(parquet)})`,
    );
    const [rows, contentSha256] = found.getRows()[0] as [number, string];
    return { rows, contentSha256 };
  } catch {
    return undefined;
  }
}

/**
 * Makes the checked copy of a file. Most files are as DuckDB reads them; others are first rewritten in their plainest
 * form, line by line, which also finds the line and column of what is wrong.
 */
async function makeCopy(
  path: string,
  layout: Layout,
  parquet: string,
  { rejectedFile, signal }: OpenOptions,
): Promise<Pick<Source, "parquet" | "skippedRows">> {
  const content = await sha256OfContent(path, signal);
  const transaction = new Transaction();
  try {
    const staged = await transaction.stage(parquet);
    let target = parquet;
    let skippedRows: readonly number[] = [];
    if (!(await copyChecked(path, layout, staged, content))) {
      signal?.throwIfAborted();
      const plain = `${staged}.csv`;
      skippedRows = await separateBadRows(path, layout, plain, { rejectedFile, signal });
      const plainLayout = { gzip: false, header: false, columns: layout.columns === 41 ? 41 : 42 } as const;
      if (!(await copyChecked(plain, plainLayout, staged, content)))
        throw new InputError(`${path} cannot be parsed, though each of its lines looks right`);
      if (skippedRows.length > 0) target = parquet.replace(/\.parquet$/, ".good-rows.parquet");
    }
    await rename(staged, target); // over what another process may have put there meanwhile
    return { parquet: target, skippedRows };
  } catch (error) {
    throw unwritable(dirname(parquet), error);
  } finally {
    await transaction.rollback();
  }
}

/** All rows of a source as typed columns. */
export async function loadTable(source: Source): Promise<Table> {
  for await (const table of tableBlocks(source, source.rows)) return table;
  throw new InputError(`${source.path} has no rows`);
}

/** The rows of a source in blocks of at most `blockRows`, in order: constant memory, however long the file. */
export async function* tableBlocks(source: Source, blockRows: number): AsyncGenerator<Table> {
  const from = `FROM read_parquet(${quoted(source.parquet)})`;
  const names = [
    ...kddFeatures.filter((feature) => feature.measure === "nominal").map((feature) => feature.name),
    ...(source.labelled ? ["label"] : []),
  ];
  const categories = new Map<string, string[]>();
  for (const name of names) {
    const found = await (await database()).runAndReadAll(`SELECT DISTINCT ${name} ${from} ORDER BY 1`);
    const values = found.getRows().map(([value]) => value as string);
    if (values.length > 65_535) {
      throw new InputError(
        `${source.path} has ${values.length} different values in the column ${name}; at most 65535 can be told apart`,
      );
    }
    categories.set(name, values);
  }

  const numeric = kddFeatures
    .filter((feature) => feature.measure !== "nominal")
    .map((feature) => feature.name);
  const columnNames = source.labelled
    ? [...kddFeatures.map(({ name }) => name), "label"]
    : kddFeatures.map(({ name }) => name);
  const storages = columnNames.map((name): Storage => {
    const values = categories.get(name);
    if (values) return values.length <= 255 ? "uint8" : "uint16"; // as DuckDB stores an ENUM
    return isAmount(name) ? "float64" : "float32";
  });
  const select = columnNames.map((name) =>
    numeric.includes(name) ? name : `${name}::ENUM(${categories.get(name)?.map(quoted).join(", ")})`,
  );

  let remaining = source.rows;
  let filled = 0;
  const newBlock = () => storages.map((storage) => allocate(storage, Math.min(blockRows, remaining)));
  let block = newBlock();
  for await (const chunk of columnChunks(`SELECT ${select.join(", ")} ${from}`, storages)) {
    const rows = chunk[0].length;
    for (let taken = 0; taken < rows; ) {
      const part = Math.min(rows - taken, block[0].length - filled);
      for (const [i, column] of block.entries()) column.set(chunk[i].subarray(taken, taken + part), filled);
      taken += part;
      filled += part;
      remaining -= part;
      if (filled < block[0].length) continue;
      yield asTable(block, columnNames, categories);
      block = newBlock();
      filled = 0;
    }
  }
  if (remaining > 0) throw new Error(`${source.parquet} ended ${remaining} rows too early`);
}

function isAmount(name: string): boolean {
  return kddFeatures.some((feature) => feature.name === name && feature.measure === "amount");
}

function asTable(
  block: readonly ReturnType<typeof allocate>[],
  names: readonly string[],
  categories: ReadonlyMap<string, readonly string[]>,
): Table {
  const nominal = (i: number): NominalColumn => ({
    kind: "nominal",
    name: names[i],
    codes: block[i] as Uint8Array | Uint16Array,
    categories: categories.get(names[i]) ?? [],
  });
  const features = kddFeatures.map((feature, i): Column => {
    if (feature.measure === "nominal") return nominal(i);
    return {
      kind: "numeric",
      name: feature.name,
      measure: feature.measure,
      values: block[i] as NumericColumn["values"],
    };
  });
  const rows = block[0].length;
  return names.length > features.length
    ? { rows, features, labels: nominal(features.length) }
    : { rows, features };
}

/** Parses a file with DuckDB and writes the checked copy; false if it can't be parsed or some row is not good. */
async function copyChecked(path: string, layout: Layout, copy: string, content: string): Promise<boolean> {
  const extra = ["label", "difficulty"].slice(0, layout.columns - kddFeatures.length);
  const types = [
    ...kddFeatures.map(({ name, measure }) => {
      const type = measure === "nominal" ? "VARCHAR" : measure === "amount" ? "DOUBLE" : "FLOAT";
      return `${quoted(name)}: '${type}'`;
    }),
    ...extra.map((name) => `${quoted(name)}: 'VARCHAR'`),
  ];
  // Without quotes: a quoted field is refused here, and unquoted by `plainRow`.
  const csv =
    `read_csv(${quoted(path)}, columns = {${types.join(", ")}}, auto_detect = false, delim = ',', quote = '', ` +
    `header = ${layout.header}, compression = ${layout.gzip ? "'gzip'" : "'none'"})`;
  const select = [
    ...kddFeatures.map(({ name, measure }) =>
      measure === "nominal" ? `trim(${name}, ' ') AS ${name}` : name,
    ),
    ...extra
      .filter((name) => name === "label")
      .map((name) => `trim(regexp_replace(trim(${name}, ' '), '\\.$', ''), ' ') AS ${name}`),
  ];
  const connection = await database();
  try {
    await connection.run(
      `COPY (SELECT ${select.join(", ")} FROM ${csv})
       TO ${quoted(copy)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {content: ${quoted(content)}})`,
    );
  } catch (error) {
    if (/^(Conversion|Invalid Input|CSV)/.test((error as Error).message)) return false;
    throw error;
  }
  const found = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER, count(*) FILTER (WHERE NOT coalesce(${goodRow(layout)}, false))::INTEGER
     FROM read_parquet(${quoted(copy)})`,
  );
  const [rows, bad] = found.getRows()[0] as [number, number];
  return rows > 0 && bad === 0;
}

/** The same rules as `rowProblem`, as one SQL condition. */
function goodRow(layout: Layout): string {
  const isName = (name: string) => `regexp_full_match(${name}, ${quoted(namePattern)})`;
  const conditions = kddFeatures.map(({ name, measure, values }) => {
    if (measure === "nominal") return values ? `${name} IN (${values.map(quoted).join(", ")})` : isName(name);
    const upper =
      measure === "flag" ? ` AND ${name} IN (0, 1)` : measure === "rate" ? ` AND ${name} <= 1` : "";
    return `isfinite(${name}) AND ${name} >= 0${upper}`;
  });
  if (layout.columns >= 42) conditions.push(isName("label"));
  return conditions.join(" AND ");
}

/** 1-based numbers, in the file, of the rows `start` to `end` (exclusive) that were read; skipped rows count. */
export function rowNumbers(
  { skippedRows }: Pick<Source, "skippedRows">,
  start: number,
  end: number,
): Uint32Array {
  const numbers = new Uint32Array(end - start);
  let skipped = 0;
  for (let row = start; row < end; row++) {
    while (skippedRows[skipped] <= row + 1 + skipped) skipped++;
    numbers[row - start] = row + 1 + skipped;
  }
  return numbers;
}
