import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { firstBadRow, separateBadRows } from "./bad-rows";
import { sha256OfContent, sha256OfFile } from "./checksum";
import { type DatasetName, datasetName } from "./datasets";
import { allocate, columnChunks, database, quoted, type Storage } from "./duckdb";
import { recogniseLayout } from "./layout";
import { kddFeatures, type Layout } from "./schema";
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
  /** Where checked copies are kept, by SHA-256 of their source; may be deleted at any time. Default `data/cache`. */
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
  const { cacheFolder = join("data", "cache"), rejectedFile, signal, onProgress } = options;
  const layout = await recogniseLayout(path);
  onProgress?.({ stage: `reading ${basename(path)}`, done: 0, total: 1 });
  const sha256 = await sha256OfFile(path);
  signal?.throwIfAborted();
  const parquet = join(cacheFolder, `${sha256}.v${copyVersion}.parquet`);
  const labelled = layout.columns >= 42;
  let skippedRows: readonly number[] = [];
  let copy = parquet;
  if (!existsSync(parquet)) {
    await mkdir(cacheFolder, { recursive: true });
    try {
      await copyChecked(path, layout, parquet);
    } catch (error) {
      if (!(error instanceof BadRows)) throw error;
      const firstProblem = await firstBadRow(path, layout);
      if (!firstProblem) throw new InputError(`${path}: ${error.message}`);
      if (!rejectedFile) throw new InputError(firstProblem);
      const good = join(cacheFolder, `.${sha256}.${process.pid}.csv`);
      copy = join(cacheFolder, `${sha256}.v${copyVersion}.good-rows.parquet`);
      try {
        skippedRows = await separateBadRows(path, layout, good, rejectedFile);
        await copyChecked(good, { ...layout, gzip: false, header: false }, copy);
      } finally {
        await rm(good, { force: true });
      }
    }
    signal?.throwIfAborted();
  }
  const facts = await (await database()).runAndReadAll(
    `SELECT count(*)::INTEGER, (SELECT decode(value) FROM parquet_kv_metadata(${quoted(copy)}) WHERE decode(key) = 'content')
     FROM read_parquet(${quoted(copy)})`,
  );
  const [rows, content] = facts.getRows()[0] as [number, string];
  onProgress?.({ stage: `reading ${basename(path)}`, done: 1, total: 1 });
  const name =
    datasetName({ sha256, contentSha256: content, columns: layout.columns, rows }) ?? basename(path);
  return { path, name, sha256, rows, labelled, parquet: copy, skippedRows };
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
    categories.set(
      name,
      found.getRows().map(([value]) => value as string),
    );
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

/** Some row is bad; which one, `firstBadRow` finds out. */
class BadRows extends Error {}

/** Parses a file with DuckDB and writes the checked copy. @throws {BadRows} */
async function copyChecked(path: string, layout: Layout, parquet: string): Promise<void> {
  const temporary = `${parquet}.${process.pid}.part`;
  const extra = ["label", "difficulty"].slice(0, layout.columns - kddFeatures.length);
  const types = [
    ...kddFeatures.map(({ name, measure }) => {
      const type = measure === "nominal" ? "VARCHAR" : measure === "amount" ? "DOUBLE" : "FLOAT";
      return `${quoted(name)}: '${type}'`;
    }),
    ...extra.map((name) => `${quoted(name)}: 'VARCHAR'`),
  ];
  const csv =
    `read_csv(${quoted(path)}, columns = {${types.join(", ")}}, auto_detect = false, delim = ',', quote = '"', ` +
    `header = ${layout.header}, compression = ${layout.gzip ? "'gzip'" : "'none'"})`;
  const select = [
    ...kddFeatures.map(({ name, measure }) => (measure === "nominal" ? `trim(${name}) AS ${name}` : name)),
    ...extra
      .filter((name) => name === "label")
      .map((name) => `regexp_replace(trim(${name}), '\\.$', '') AS ${name}`),
  ];
  try {
    const content = await sha256OfContent(path);
    const connection = await database();
    try {
      await connection.run(
        `COPY (SELECT ${select.join(", ")} FROM ${csv})
         TO ${quoted(temporary)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {content: ${quoted(content)}})`,
      );
    } catch (error) {
      if (/no space left/i.test((error as Error).message))
        throw new InputError(`no space left to write ${parquet}`);
      if (/^(Conversion|Invalid Input|CSV)/.test((error as Error).message))
        throw new BadRows((error as Error).message);
      throw error;
    }
    const found = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER, count(*) FILTER (WHERE NOT coalesce(${goodRow(layout)}, false))::INTEGER
       FROM read_parquet(${quoted(temporary)})`,
    );
    const [rows, bad] = found.getRows()[0] as [number, number];
    if (rows === 0) throw new InputError(`${path} has no rows`);
    if (bad > 0) throw new BadRows(`${bad} rows are not good`);
    await rename(temporary, parquet);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The same rules as `rowProblem`, as one SQL condition. */
function goodRow(layout: Layout): string {
  const conditions = kddFeatures.map(({ name, measure, values }) => {
    if (measure === "nominal")
      return values ? `${name} IN (${values.map(quoted).join(", ")})` : `${name} <> ''`;
    const upper =
      measure === "flag" ? ` AND ${name} IN (0, 1)` : measure === "rate" ? ` AND ${name} <= 1` : "";
    return `isfinite(${name}) AND ${name} >= 0${upper}`;
  });
  if (layout.columns >= 42) conditions.push("label <> ''");
  return conditions.join(" AND ");
}
