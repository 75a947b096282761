import { createHash } from "node:crypto";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { BlockJoiner } from "./columns/block-joiner";
import type { CollectedBlock } from "./columns/cells";
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
import { contentOf } from "./content";
import { kindBytes, refuseForeign } from "./formats/file-kind";
import { beginsAsJson, jsonForm } from "./formats/json-form";
import { beginsAsParquet, parquetForm } from "./formats/parquet-form";
import { sampleBytes, type TableForm } from "./formats/table-form";
import { decoded } from "./formats/text";
import { textForm, wholeStart } from "./formats/text-form";
import { type KddLabelOptions, kddFormOf } from "./kdd/forms";
import { recognisedBytes } from "./kdd/layout";
import { KddReader } from "./kdd/reader";
import { RejectedRows } from "./rejected-rows";
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

/** Read at once: so much that what is done for each piece and column does not count. */
const pieceBytes = 1_048_576;

/** A table in a file on its way through: recognised by its first rows, then read block by block in constant memory. */
export class TableReader {
  /** Bytes of the file, 0 for a pipe that was not read yet, and about how many of them were read. */
  bytes = 0;
  bytesRead = 0;
  #file: StoredFile | undefined;
  #form: TableForm | "kdd" | undefined;
  #kdd: KddReader | undefined;
  #plan: ColumnPlan | undefined;
  #collector: RowCollector | undefined;
  #source: Source | undefined;
  readonly #notices: string[] = [];

  constructor(
    readonly path: string,
    private readonly options: TableReaderOptions = {},
  ) {}

  /** 1-based numbers of the bad rows met so far. */
  get skippedRows(): readonly number[] {
    return this.#kdd?.skippedRows ?? this.#collector?.bad ?? [];
  }

  /** What was recognised, left out or put right so far. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** What becomes of each column, once rows come. */
  get plan(): ColumnPlan {
    if (!this.#plan) throw new RangeError(`${this.path} was not read yet`);
    return this.#plan;
  }

  /** What the file was, when all of it was read. */
  get source(): Source {
    if (this.#kdd) return this.#kdd.source;
    if (!this.#source) throw new RangeError(`${this.path} was not read to its end`);
    return this.#source;
  }

  /** The reader of KDD'99 and NSL-KDD, if the file is one of theirs. @throws {InputError} if it is no table */
  async kddReader(): Promise<KddReader | undefined> {
    await this.#open();
    return this.#kdd;
  }

  /**
   * The rows in tables of 65,536 at most; in constant memory, however long the file. Each table has the names that occur
   * in it. Call it once.
   *
   * @throws {InputError} that names file, line and column if anything is wrong with it
   */
  async *blocks(): AsyncGenerator<Table> {
    const kdd = await this.kddReader();
    if (!kdd) for await (const block of this.collected()) yield this.#table(block);
    else {
      try {
        for await (const table of kdd.blocks()) {
          this.bytesRead = kdd.bytesRead;
          yield table;
        }
      } finally {
        await this.close();
      }
    }
  }

  /** As {@link blocks}, before columns are made of the rows: those that the plan has read. */
  async *collected(): AsyncGenerator<CollectedBlock> {
    const { signal, rejectedFile, maxRows, onProgress } = this.options;
    const rejected = rejectedFile === undefined ? undefined : new RejectedRows(rejectedFile);
    try {
      const { file, form } = await this.#open();
      if (form === "kdd") throw new TypeError("KDD'99 has a reader of its own");
      const columns = columnsRead(this.plan).map(withAdvice);
      const label = this.plan.columns.find(({ role }) => role === "label")?.position;
      const collector = new RowCollector({
        name: file.name,
        fields: form.columns.length,
        columns,
        decimalComma: form.decimalComma ?? false,
        header: form.header,
        label,
        rejected,
        maxRows,
      });
      this.#collector = collector;
      const hash = createHash("sha256");
      const onStored = (bytes: Buffer) => {
        hash.update(bytes);
        this.bytesRead += bytes.length;
        onProgress?.({ stage: `reading ${file.ownName}`, done: this.bytesRead, total: this.bytes });
      };
      const pieces = contentOf(file.storedPath, { signal, onStored, pieceBytes });
      yield* form.blocks({ pieces, columns, collector, isLabelled: label !== undefined, signal });
      if (collector.held > 0) yield collector.take();
      for await (const _ of pieces); // a form that reads the file by itself leaves all of it for the hash
      if (collector.bad.length > 0) await rejected?.flush();
      if (collector.goodRows === 0)
        throw new InputError(`${file.name} has no ${collector.bad.length > 0 ? "good row" : "rows"}`);
      if (!this.options.features) for (const notice of collector.notices) this.#notice(notice);
      this.#source = {
        path: this.path,
        name: file.ownName,
        sha256: hash.digest("hex"),
        rows: collector.goodRows,
        labelled: label !== undefined,
        skippedRows: collector.bad,
      };
    } catch (error) {
      throw this.#file ? this.#file.renamed(error) : error;
    } finally {
      await rejected?.close();
      await this.close();
    }
  }

  /** Forgets what was kept of a pipe; so do {@link blocks} at their end. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #open(): Promise<{ file: StoredFile; form: TableForm | "kdd" }> {
    const { signal, rejectedFile, maxRows, onProgress } = this.options;
    this.#file ??= await StoredFile.open(this.path, signal);
    const file = this.#file;
    this.bytes = file.bytes;
    if (!this.#form) {
      const form = await recognised(file, this.options);
      if (form === "kdd")
        this.#kdd = new KddReader(this.path, {
          storedPath: file.storedPath,
          signal,
          rejectedFile,
          maxRows,
          onProgress,
          ...kddLabel(this.options),
          onNotice: (sentence) => this.#notice(sentence),
        });
      else {
        this.#plan = planColumns(file.name, form.columns, this.options);
        for (const notice of this.#plan.notices) this.#notice(notice);
      }
      this.#form = form;
    }
    return { file, form: this.#form };
  }

  #notice(sentence: string): void {
    this.#notices.push(sentence);
    this.options.onNotice?.(sentence);
  }

  #table(block: CollectedBlock): Table {
    const planned = this.plan.columns.filter((column) => cellKind(column));
    const joiner = new BlockJoiner(columnsRead(this.plan));
    joiner.add(block);
    const columns = joiner.join().map(({ column }) => column as Column); // a block has no more rows than names can be
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
async function recognised(file: StoredFile, options: TableReaderOptions): Promise<TableForm | "kdd"> {
  const { signal, group, types } = options;
  if (beginsAsParquet(await file.firstBytes(4))) return parquetForm(file.name, await file.plainPath());
  const { first, isWhole } = await file.firstContent(sampleBytes, signal);
  refuseForeign(file.name, first.subarray(0, kindBytes));
  if (
    group === undefined &&
    types === undefined &&
    kddFormOf(file.name, first.subarray(0, recognisedBytes + 1), kddLabel(options))
  )
    return "kdd";
  const text = decoded(first.subarray(0, kindBytes)).replace(/^\ufeff/, "");
  return beginsAsJson(text)
    ? jsonForm(file.name, decoded(wholeStart(first, isWhole)))
    : textForm(file.name, first, isWhole);
}

function kddLabel({ label, normal }: TableReaderOptions): KddLabelOptions {
  return { ...(label !== undefined && { label }), ...(normal !== undefined && { normal: [normal].flat() }) };
}
