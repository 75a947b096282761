import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { projectPath } from "../common/project";
import { oneLine } from "../common/shown";
import { Transaction } from "../common/transaction";
import { unwritable } from "../common/unwritable";
import { type CheckedCopyOptions, type CopyMetadata, writeCheckedCopy } from "./checked-copy";
import { sha256OfFile } from "./checksum";
import { ColumnFileReader, type EncodedColumn } from "./column-file";
import { type DatasetName, datasetName } from "./datasets";
import { recogniseLayout } from "./layout";
import { kddFeatures, type Layout } from "./schema";
import { sources } from "./sources";
import type { Column, NominalColumn, Table } from "./table";

/** A data file that was recognised, checked row by row, and copied in columns. */
export interface Source {
  readonly path: string;
  /** The data set that the content is, or the file's name if it is none of the known. */
  readonly name: DatasetName | string;
  /** SHA-256 of the file as it is on disk. */
  readonly sha256: string;
  readonly rows: number;
  /** Whether the rows carry labels. */
  readonly labelled: boolean;
  /** The path of the checked copy, in a format of its own. */
  readonly copy: string;
  /** 1-based numbers of the rows of the file that were skipped; empty unless `skipBadRows` was asked for. */
  readonly skippedRows: readonly number[];
}

export interface OpenOptions extends WorkOptions {
  /** Where checked copies are kept, by SHA-256 of their source; may be deleted at any time. Default `data/cache` in the project. */
  readonly cacheFolder?: string;
  /** Leave bad rows out and write them, with line and reason, to this CSV file. Default: refuse the file. */
  readonly rejectedFile?: string;
  /** A file with more good rows is refused. Default: there is no limit. */
  readonly maxRows?: number;
}

/** Raised when the layout of the checked copies changes, so that older copies are not read. */
const copyVersion = 3;

/**
 * Opens a KDD'99 or NSL-KDD file, plain or gzip, with or without header and label, whatever its name.
 *
 * The first time, every row is checked and copied; later, the copy is used.
 *
 * @throws {InputError} that names file, line and column if anything is wrong with it
 */
export async function openSource(path: string, options: OpenOptions = {}): Promise<Source> {
  const { cacheFolder = projectPath("data", "cache"), signal, onProgress } = options;
  const layout = await recogniseLayout(path);
  onProgress?.({ stage: `reading ${basename(path)}`, done: 0, total: 1 });
  const sha256 = await sha256OfFile(path, signal);
  let copy = join(cacheFolder, `${sha256}.v${copyVersion}.columns`);
  let skippedRows: readonly number[] = [];
  let facts = await copyFacts(copy);
  if (!facts) {
    // The content decides the name only of a gzip file that is none of the known.
    const hashContent = layout.gzip && !Object.values(sources).some((source) => source.sha256 === sha256);
    ({ copy, skippedRows } = await makeCopy(path, layout, copy, { ...options, hashContent }));
    facts = await copyFacts(copy);
    if (!facts) throw new InputError(`the checked copy ${copy} cannot be read; is the disk failing?`);
  }
  signal?.throwIfAborted();
  const { rows, contentSha256 = sha256 } = facts;
  onProgress?.({ stage: `reading ${basename(path)}`, done: 1, total: 1 });
  const name =
    datasetName({ sha256, contentSha256, columns: layout.columns, rows }) ?? oneLine(basename(path));
  return { path, name, sha256, rows, labelled: layout.columns >= 42, copy, skippedRows };
}

/** What a checked copy holds; undefined if there is none or it is damaged, so that it has to be made again. */
async function copyFacts(
  copy: string,
): Promise<{ rows: number; contentSha256: string | undefined } | undefined> {
  if (!existsSync(copy)) return undefined;
  try {
    const reader = await ColumnFileReader.open<CopyMetadata>(copy);
    await reader.close();
    return { rows: reader.rows, contentSha256: reader.metadata.contentSha256 };
  } catch {
    return undefined;
  }
}

async function makeCopy(
  path: string,
  layout: Layout,
  copy: string,
  options: CheckedCopyOptions,
): Promise<Pick<Source, "copy" | "skippedRows">> {
  const transaction = new Transaction();
  try {
    const staged = await transaction.stageFile(copy);
    const skippedRows = await writeCheckedCopy(path, layout, staged, options);
    const target = skippedRows.length > 0 ? copy.replace(/\.columns$/, ".good-rows.columns") : copy;
    await rename(staged, target); // over what another process may have put there meanwhile
    return { copy: target, skippedRows };
  } catch (error) {
    throw unwritable(dirname(copy), error);
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
  const reader = await ColumnFileReader.open<CopyMetadata>(source.copy);
  const categories = sortedCategories(reader.metadata);
  try {
    let remaining = reader.rows;
    const newBlock = () => new TableBlock(Math.min(blockRows, remaining), source.labelled, categories);
    let block = newBlock();
    for await (const { rows, columns } of reader.rowGroups()) {
      for (let start = 0; start < rows; ) {
        const added = block.add(columns, start);
        start += added;
        remaining -= added;
        if (!block.isFull) continue;
        yield block.table();
        block = newBlock();
      }
    }
  } finally {
    await reader.close();
  }
}

/** The sorted names of a column, and the code of each name by its number in the copy. */
interface Categories {
  readonly names: readonly string[];
  readonly codes: Float64Array;
}

function sortedCategories({ names }: CopyMetadata): ReadonlyMap<string, Categories> {
  const columns = Object.entries(names).map(([column, unsorted]): [string, Categories] => {
    const sorted = [...unsorted].sort();
    const codes = new Map(sorted.map((name, code) => [name, code]));
    return [
      column,
      { names: sorted, codes: Float64Array.from(unsorted, (name) => codes.get(name) as number) },
    ];
  });
  return new Map(columns);
}

/** A table that is filled part by part. */
class TableBlock {
  readonly #columns: readonly Column[];
  #filled = 0;

  constructor(
    private readonly rows: number,
    private readonly labelled: boolean,
    private readonly categories: ReadonlyMap<string, Categories>,
  ) {
    const nominal = (name: string): NominalColumn => {
      const { names } = categories.get(name) as Categories;
      const codes = names.length <= 255 ? new Uint8Array(rows) : new Uint16Array(rows);
      return { kind: "nominal", name, codes, categories: names };
    };
    const features = kddFeatures.map(({ name, measure }): Column => {
      if (measure === "nominal") return nominal(name);
      const values = measure === "amount" ? new Float64Array(rows) : new Float32Array(rows);
      return { kind: "numeric", name, measure, values };
    });
    this.#columns = labelled ? [...features, nominal("label")] : features;
  }

  get isFull(): boolean {
    return this.#filled === this.rows;
  }

  /** Adds rows from `start` on, as many as there are and there is room for. @returns how many */
  add(columns: readonly EncodedColumn[], start: number): number {
    const end = start + this.rows - this.#filled;
    for (const [i, column] of this.#columns.entries()) {
      const { dictionary, codes } = columns[i];
      const part = codes.subarray(start, end);
      if (column.kind === "numeric") decode(column.values, this.#filled, dictionary, part);
      else {
        const sorted = (this.categories.get(column.name) as Categories).codes;
        decode(
          column.codes,
          this.#filled,
          dictionary.map((number) => sorted[number]),
          part,
        );
      }
    }
    const added = Math.min(end, columns[0].codes.length) - start;
    this.#filled += added;
    return added;
  }

  table(): Table {
    const features = this.#columns.slice(0, kddFeatures.length);
    const table = { rows: this.rows, features };
    return this.labelled ? { ...table, labels: this.#columns[features.length] as NominalColumn } : table;
  }
}

function decode(
  target: Uint8Array | Uint16Array | Float32Array | Float64Array,
  start: number,
  values: Float64Array,
  codes: Uint8Array | Uint16Array,
): void {
  // A new array holds zeros. Where there is nothing else its memory is never touched: the first touch is what takes long.
  const zero = values.indexOf(0);
  if (zero === 0 && values.length === 1) return;
  for (let i = 0; i < codes.length; i++) if (codes[i] !== zero) target[start + i] = values[codes[i]];
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
