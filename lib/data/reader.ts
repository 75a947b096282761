import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { projectPath } from "../common/project";
import { Transaction, unwritable } from "../common/transaction";
import { type CheckedCopyOptions, type CopyFacts, openCheckedCopy, writeCheckedCopy } from "./checked-copy";
import { sha256OfFile } from "./checksum";
import { type DatasetName, datasetName } from "./datasets";
import { recogniseLayout } from "./layout";
import { kddFeatures, type Layout } from "./schema";
import { sources } from "./sources";
import type { Column, NominalColumn, Table } from "./table";

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
const copyVersion = 2;

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
    // The content decides the name only of a gzip file that is none of the known.
    const hashContent = layout.gzip && !Object.values(sources).some((source) => source.sha256 === sha256);
    ({ parquet, skippedRows } = await makeCopy(path, layout, parquet, { ...options, hashContent }));
    facts = await copyFacts(parquet);
    if (!facts) throw new InputError(`the checked copy ${parquet} cannot be read; is the disk failing?`);
  }
  signal?.throwIfAborted();
  const { rows, contentSha256 = sha256 } = facts;
  onProgress?.({ stage: `reading ${basename(path)}`, done: 1, total: 1 });
  const name = datasetName({ sha256, contentSha256, columns: layout.columns, rows }) ?? basename(path);
  return { path, name, sha256, rows, labelled: layout.columns >= 42, parquet, skippedRows };
}

/** What a checked copy holds; undefined if there is none or it is damaged, so that it has to be made again. */
async function copyFacts(parquet: string): Promise<CopyFacts | undefined> {
  if (!existsSync(parquet)) return undefined;
  try {
    const { reader, facts } = await openCheckedCopy(parquet);
    await reader.close();
    return facts;
  } catch {
    return undefined;
  }
}

async function makeCopy(
  path: string,
  layout: Layout,
  parquet: string,
  options: CheckedCopyOptions,
): Promise<Pick<Source, "parquet" | "skippedRows">> {
  const transaction = new Transaction();
  try {
    const staged = await transaction.stage(parquet);
    const skippedRows = await writeCheckedCopy(path, layout, staged, options);
    const target = skippedRows.length > 0 ? parquet.replace(/\.parquet$/, ".good-rows.parquet") : parquet;
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
  const { reader, facts } = await openCheckedCopy(source.parquet);
  const places = reader.columns.map(({ name }) => {
    return new Map(facts.categories[name]?.map((category, code) => [category, code]));
  });
  try {
    let remaining = facts.rows;
    const newBlock = () => new TableBlock(Math.min(blockRows, remaining), source.labelled, facts.categories);
    let block = newBlock();
    for await (const { rows, columns } of reader.rowGroups()) {
      const encoded = columns.map(({ dictionary, codes }, i) => {
        const place = (value: string | number) =>
          typeof value === "number" ? value : (places[i].get(value) ?? 0);
        const values = Float64Array.from(dictionary as readonly string[], place);
        return { values, codes };
      });
      for (let start = 0; start < rows; ) {
        const added = block.add(encoded, start);
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

/** A dictionary-encoded column whose names are numbers already: the codes of their categories. */
interface EncodedNumbers {
  readonly values: Float64Array;
  readonly codes: Uint8Array | Uint16Array;
}

/** A table that is filled part by part. */
class TableBlock {
  readonly #columns: readonly Column[];
  #filled = 0;

  constructor(
    private readonly rows: number,
    private readonly labelled: boolean,
    categories: CopyFacts["categories"],
  ) {
    const nominal = (name: string): NominalColumn => {
      const names = categories[name];
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
  add(columns: readonly EncodedNumbers[], start: number): number {
    const end = start + this.rows - this.#filled;
    for (const [i, column] of this.#columns.entries()) {
      const { values, codes } = columns[i];
      const target = column.kind === "nominal" ? column.codes : column.values;
      decode(target, this.#filled, values, codes.subarray(start, end));
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
  if (values.length === 1 && values[0] === 0) return; // as in a new array, whose memory stays untouched
  for (let i = 0; i < codes.length; i++) target[start + i] = values[codes[i]];
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
