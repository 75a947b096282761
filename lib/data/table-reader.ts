import { createHash, type Hash } from "node:crypto";
import type { WorkOptions } from "../common/progress";
import type { CollectedBlock } from "./columns/cells";
import { joinBlocks } from "./columns/join-blocks";
import { isNormalValue, labelColumn } from "./columns/label-column";
import {
  type ColumnOptions,
  type ColumnPlan,
  type ColumnRead,
  cellKind,
  columnsRead,
  type PlannedColumn,
  planColumns,
} from "./columns/plan-columns";
import { type CollectedColumn, RowCollector } from "./columns/row-collector";
import { beginsAsGzip, beginsAsZstd, contentOf, wholeLines } from "./content";
import { kindBytes, refuseForeign } from "./formats/file-kind";
import { beginsAsJson, jsonForm } from "./formats/json-form";
import { beginsAsParquet, parquetForm } from "./formats/parquet-form";
import { sampleBytes, type TableForm } from "./formats/table-form";
import { decoded } from "./formats/text";
import { textForm, wholeStart } from "./formats/text-form";
import { CheckedRows, type RowGroup } from "./kdd/checked-rows";
import { datasetName, knownSizes } from "./kdd/datasets";
import { type KddForm, type KddLabelOptions, kddFormOf } from "./kdd/forms";
import { groupTable } from "./kdd/group-table";
import { recognisedBytes } from "./kdd/layout";
import { kddFeatures } from "./kdd/schema";
import { RowCounter } from "./row-counter";
import type { Source } from "./source";
import { StoredFile } from "./stored-file";
import type { Column, NominalColumn, Table } from "./table";

export interface TableReaderOptions extends ColumnOptions, WorkOptions {
  /** Leave bad rows out and write them, with line and reason, to this CSV file. Default: refuse the file. */
  readonly rejectedFile?: string;
  /** A file with more good rows is refused. Default: there is no limit. */
  readonly maxRows?: number;
  /** Told in a sentence what was recognised, left out or put right. */
  readonly onNotice?: (sentence: string) => void;
}

interface OpenedFile {
  readonly file: StoredFile;
  readonly form: TableForm | KddForm;
  /** Whether it is stored as gzip or Zstandard. */
  readonly isPacked: boolean;
}

/** Read at once: so much that what is done for each piece and column does not count. */
const pieceBytes = 1_048_576;

/**
 * A table in a file on its way through: recognised by its first rows, then in one pass hashed, unpacked, checked and read block
 * by block, in constant memory.
 */
export class TableReader {
  /** Bytes of the file, 0 for a pipe that was not read yet, and about how many of them were read. */
  bytes = 0;
  bytesRead = 0;
  #opened: OpenedFile | undefined;
  #plan: ColumnPlan | undefined;
  #counter: RowCounter | undefined;
  #source: Source | undefined;

  constructor(
    readonly path: string,
    private readonly options: TableReaderOptions = {},
  ) {}

  /** 1-based numbers of the bad rows met so far. */
  get skippedRows(): readonly number[] {
    return this.#counter?.bad ?? [];
  }

  /** What becomes of each column, once rows come; KDD'99 has no need of it. */
  get plan(): ColumnPlan {
    if (!this.#plan) throw new RangeError(`${this.path} was not read yet`);
    return this.#plan;
  }

  /** What the file was, when all of it was read. */
  get source(): Source {
    if (!this.#source) throw new RangeError(`${this.path} was not read to its end`);
    return this.#source;
  }

  /** Whether the file has KDD'99's or NSL-KDD's columns. @throws {InputError} if it is no table */
  async isKdd(): Promise<boolean> {
    return "layout" in (await this.#open()).form;
  }

  /**
   * The rows in tables of 65,536 at most; in constant memory, however long the file. Each table has the names that occur
   * in it. Call it once.
   *
   * @throws {InputError} that names file, line and column if anything is wrong with it
   */
  async *blocks(): AsyncGenerator<Table> {
    if (await this.isKdd()) for await (const group of this.groups()) yield groupTable([group]);
    else for await (const block of this.collected()) yield this.#table(block);
  }

  /** As {@link blocks}, of KDD'99 or NSL-KDD, before columns are made of the rows. */
  async *groups(): AsyncGenerator<RowGroup> {
    const { file, form, isPacked } = await this.#open();
    if (!("layout" in form)) throw new TypeError(`${this.path} has columns of its own`);
    const { layout, rewrite } = form;
    const contentHash = isPacked && !knownSizes.has(file.bytes) && createHash("sha256");
    yield* this.#read(layout.columns > kddFeatures.length, (pieces, counter) => {
      const lines = wholeLines(contentHash ? hashed(pieces, contentHash) : pieces);
      return new CheckedRows(layout, counter).groups(rewrite ? rewrite(lines) : lines);
    });
    const { sha256, rows, name } = this.source;
    const contentSha256 = contentHash ? contentHash.digest("hex") : sha256;
    const columns = rewrite ? 43 : layout.columns;
    const known = datasetName({ sha256, contentSha256, columns, rows });
    this.#source = { ...this.source, name: known ?? name };
  }

  /** As {@link blocks}, of other tables: the columns that the plan has read. */
  async *collected(): AsyncGenerator<CollectedBlock> {
    const { form } = await this.#open();
    if ("layout" in form) throw new TypeError("KDD'99 has rows of its own");
    const columns = columnsRead(this.plan).map(withAdvice);
    const label = this.plan.columns.find(({ role }) => role === "label")?.position;
    const { columns: all, header, decimalComma = false, blocks } = form;
    const { signal } = this.options;
    let collector: RowCollector | undefined;
    yield* this.#read(label !== undefined, async function* (pieces, counter) {
      collector = new RowCollector({ counter, fields: all.length, columns, decimalComma, header, label });
      yield* blocks({ pieces, collector, signal });
      if (collector.held > 0) yield collector.take();
    });
    if (!this.options.features)
      for (const notice of collector?.notices ?? []) this.options.onNotice?.(notice);
  }

  /** Reads the file to its end: hashes it, and counts its rows, which `blocksOf` makes of its content. */
  async *#read<Block>(
    labelled: boolean,
    blocksOf: (pieces: AsyncGenerator<Buffer>, counter: RowCounter) => AsyncGenerator<Block>,
  ): AsyncGenerator<Block> {
    const { file } = await this.#open();
    const { rejectedFile, maxRows, onProgress, signal } = this.options;
    const counter = new RowCounter({ name: file.name, rejectedFile, maxRows });
    this.#counter = counter;
    const hash = createHash("sha256");
    const onStored = (bytes: Buffer) => {
      hash.update(bytes);
      this.bytesRead += bytes.length;
      onProgress?.({ stage: `reading ${file.ownName}`, done: this.bytesRead, total: this.bytes });
    };
    try {
      const pieces = contentOf(file.storedPath, { signal, onStored, pieceBytes });
      yield* blocksOf(pieces, counter);
      for await (const _ of pieces); // a form that reads the file by itself leaves all of it for the hash
      await counter.end();
    } catch (error) {
      throw file.renamed(error);
    } finally {
      await counter.close();
      await file.close();
    }
    this.#source = {
      path: this.path,
      name: file.ownName,
      sha256: hash.digest("hex"),
      rows: counter.goodRows,
      labelled,
      skippedRows: counter.bad,
    };
  }

  /** Recognises the file. What is kept of a pipe is there until all of it is read. */
  async #open(): Promise<OpenedFile> {
    if (this.#opened) return this.#opened;
    const { onNotice, signal } = this.options;
    const file = await StoredFile.open(this.path, signal);
    try {
      this.bytes = file.bytes;
      const stored = await file.firstBytes(8);
      const form = await recognised(file, stored, this.options);
      if ("layout" in form) {
        if (form.notice) onNotice?.(form.notice);
      } else {
        this.#plan = planColumns(file.name, form.columns, this.options);
        for (const notice of this.#plan.notices) onNotice?.(notice);
      }
      this.#opened = { file, form, isPacked: beginsAsGzip(stored) || beginsAsZstd(stored) };
      return this.#opened;
    } catch (error) {
      await file.close();
      throw file.renamed(error);
    }
  }

  #table(block: CollectedBlock): Table {
    const planned = this.plan.columns.filter((column) => cellKind(column));
    const joined = joinBlocks(columnsRead(this.plan), [block]);
    const columns = joined.map(({ column }) => column as Column); // a block has no more rows than names can be
    const at = (role: PlannedColumn["role"]) =>
      columns[planned.findIndex((column) => column.role === role)] as NominalColumn | undefined;
    const [label, group] = [at("label"), at("group")];
    const features = columns.filter((_, i) => planned[i].role === "feature");
    const normal =
      label && new Set(label.categories.filter((value) => isNormalValue(value, this.plan.normal)));
    return {
      rows: block.rows,
      features,
      ...(label && normal && { labels: labelColumn(label, normal, group) }),
    };
  }
}

/** A column that is read, and what a message advises where a number is none. */
function withAdvice(column: ColumnRead): CollectedColumn {
  if (column.isSaid || column.kind !== "number") return column;
  return { ...column, advice: "most of its values are numbers; if it holds names, say that it is nominal" };
}

/** Of a KDD'99 file only the columns that are said to be something else would matter: it has a form of its own. */
async function recognised(
  file: StoredFile,
  stored: Buffer,
  options: TableReaderOptions,
): Promise<TableForm | KddForm> {
  const { signal, group, types } = options;
  if (beginsAsParquet(stored)) return parquetForm(file.name, await file.plainPath());
  const { first, isWhole } = await file.firstContent(sampleBytes, signal);
  refuseForeign(file.name, first.subarray(0, kindBytes));
  const isPlain = group === undefined && types === undefined;
  const kdd = isPlain && kddFormOf(file.name, first.subarray(0, recognisedBytes + 1), kddLabel(options));
  if (kdd) return kdd;
  const text = decoded(first.subarray(0, kindBytes)).replace(/^\ufeff/, "");
  return beginsAsJson(text)
    ? jsonForm(file.name, decoded(wholeStart(first, isWhole)))
    : textForm(file.name, first, isWhole);
}

function kddLabel({ label, normal }: TableReaderOptions): KddLabelOptions {
  return { ...(label !== undefined && { label }), ...(normal !== undefined && { normal: [normal].flat() }) };
}

/** Passes pieces on, and takes them in. */
async function* hashed(pieces: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}
