import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { ColumnJoiner } from "./collect-columns";
import { beginsAsGzip, beginsAsZstd, contentOf } from "./content";
import { decoded } from "./delimited";
import { quoted } from "./duckdb";
import { kindBytes, refuseForeign } from "./file-kind";
import { isMissing, missingWords } from "./infer-columns";
import { beginsAsJson, jsonForm } from "./json-form";
import { type KddLabelOptions, kddFormOf } from "./kdd/forms";
import { recognisedBytes } from "./kdd/layout";
import { KddReader } from "./kdd/reader";
import { isNormalValue, labelColumn } from "./label-column";
import { beginsAsParquet, parquetForm } from "./parquet-form";
import {
  type ColumnOptions,
  type ColumnPlan,
  cellKind,
  type PlannedColumn,
  planColumns,
} from "./plan-columns";
import { RejectedRows } from "./rejected-rows";
import { type CollectedBlock, type CollectedColumn, RowCollector } from "./row-collector";
import { faultOf, ScanError, scan, sqlName } from "./scan";
import type { Source } from "./source";
import { StoredFile } from "./stored-file";
import type { Column, NominalColumn, Table } from "./table";
import { type Compression, sampleBytes, type TableForm } from "./table-form";
import { textForm, wholeStart } from "./text-form";

export interface TableReaderOptions extends ColumnOptions, WorkOptions {
  /** Leave bad rows out and write them, with line and reason, to this CSV file. Default: refuse the file. */
  readonly rejectedFile?: string;
  /** A file with more good rows is refused. Default: there is no limit. */
  readonly maxRows?: number;
  /** Told in a sentence what was recognised, left out or put right. */
  readonly onNotice?: (sentence: string) => void;
}

/** A table in a file on its way through: recognised by its first rows, then read block by block in constant memory. */
export class TableReader {
  /** Bytes of the file, 0 for a pipe that was not read yet, and about how many of them were read. */
  bytes = 0;
  bytesRead = 0;
  #file: StoredFile | undefined;
  #form: TableForm | undefined;
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
    const { signal, rejectedFile, maxRows } = this.options;
    const rejected = rejectedFile === undefined ? undefined : new RejectedRows(rejectedFile);
    try {
      const { file, form } = await this.#open();
      const hash = file.sha256(signal);
      hash.catch(() => {}); // it is thrown where it is awaited
      const columns = collectedColumns(this.plan);
      const collector = new RowCollector({
        name: file.name,
        fields: form.columns.length,
        columns,
        decimalComma: form.decimalComma ?? false,
        header: form.header,
        emptyRows: this.#emptyRows,
        rejected,
        maxRows,
      });
      this.#collector = collector;
      yield* this.#read(file, form, columns, collector);
      if (collector.bad.length > 0) await rejected?.flush();
      if (collector.goodRows === 0)
        throw new InputError(`${file.name} has no ${collector.bad.length > 0 ? "good row" : "rows"}`);
      if (collector.headers > 0) {
        const times = collector.headers === 1 ? "once" : `${collector.headers} times`;
        this.#notice(`the header came again ${times} between rows, and was passed over`);
      }
      this.bytesRead = this.bytes;
      this.#source = {
        path: this.path,
        name: file.ownName,
        sha256: await hash,
        rows: collector.goodRows,
        labelled: this.plan.columns.some(({ role }) => role === "label"),
        skippedRows: collector.bad,
      };
    } finally {
      await rejected?.close();
      await this.close();
    }
  }

  /** Forgets what was kept of a pipe; so do {@link blocks} at their end. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #open(): Promise<{ file: StoredFile; form: TableForm }> {
    const { signal, rejectedFile, maxRows, onProgress } = this.options;
    this.#file ??= await StoredFile.open(this.path, signal);
    const file = this.#file;
    this.bytes = file.bytes;
    if (!this.#form) {
      const { form, isKdd } = await recognised(file, this.options);
      if (isKdd)
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
        for (const notice of [...form.notices, ...this.#plan.notices]) this.#notice(notice);
      }
      this.#form = form;
    }
    return { file, form: this.#form };
  }

  /** Some copies of labelled sets have lines of commas only. Where there is no label, every row has a score. */
  get #emptyRows(): "rows" | "passed over" {
    return this.plan.columns.some(({ role }) => role === "label") ? "passed over" : "rows";
  }

  /** Has DuckDB read the rows; where it finds something unusual, a slower reader of our own goes on. */
  async *#read(
    file: StoredFile,
    form: TableForm,
    columns: readonly CollectedColumn[],
    collector: RowCollector,
  ): AsyncGenerator<CollectedBlock> {
    const isUseful = !form.header || columns.some(({ kind }) => kind === "number");
    if (form.query && isUseful) {
      try {
        return yield* this.#scan(file, form, form.query, "words seen", columns, collector);
      } catch (error) {
        if (!(error instanceof ScanError)) throw error;
        // What is wrong is found below, and said in our own words.
      }
    }
    yield* this.#readOn(file, form, collector);
  }

  /** Has DuckDB read the rows after those that were already read. @throws {ScanError} if it finds something unusual */
  async *#scan(
    file: StoredFile,
    form: TableForm,
    queryOf: NonNullable<TableForm["query"]>,
    missing: "any word" | "words seen",
    columns: readonly CollectedColumn[],
    collector: RowCollector,
  ): AsyncGenerator<CollectedBlock> {
    const compression = compressionOf(await file.firstBytes(4));
    const filter = this.#emptyRows === "rows" ? "" : ` WHERE ${holdsSomething(columns)}`;
    const query = queryOf(await file.plainPath(), compression, columns, missing) + filter;
    try {
      for await (const chunk of scan(`${query} OFFSET ${collector.rows}`, this.options.signal)) {
        if (collector.isFullFor(chunk.rowCount)) yield collector.take();
        collector.addChunk(chunk);
      }
      if (collector.held > 0) yield collector.take();
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      if (!form.rows) throw new InputError(`${file.name} can't be read: ${await faultOf(query)}`);
      // Perhaps a number is missing by a word that the first rows do not have.
      if (missing === "any word" || (error.text !== undefined && !isMissing(error.text))) throw error;
      yield* this.#scan(file, form, queryOf, "any word", columns, collector);
    }
  }

  /** Reads the rows after those that were already read. */
  async *#readOn(file: StoredFile, form: TableForm, collector: RowCollector): AsyncGenerator<CollectedBlock> {
    const { signal } = this.options;
    let known = collector.rows;
    this.bytesRead = 0;
    const onStored = (bytes: Buffer) => {
      this.bytesRead += bytes.length;
    };
    const pieces = contentOf(file.storedPath, { signal, onStored });
    if (!form.rows) return;
    for await (const some of form.rows(file.name, pieces)) {
      for (const row of some) {
        if (known > 0 && !collector.isPassedOver(row)) known--;
        else {
          if (collector.isFullFor(1)) yield collector.take();
          await collector.addRow(row);
        }
      }
    }
    if (collector.held > 0) yield collector.take();
  }

  #notice(sentence: string): void {
    this.#notices.push(sentence);
    this.options.onNotice?.(sentence);
  }

  #table(block: CollectedBlock): Table {
    const planned = this.plan.columns.filter((column) => cellKind(column));
    const columns = planned.map((column, i): Column => {
      const joiner = new ColumnJoiner(column.name, cellKind(column) ?? "name");
      joiner.add(block.columns[i]);
      return joiner.column(block.rows);
    });
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

/** Whether a row has a value, as SQL; numbers are asked for first, since nearly every row has one. */
function holdsSomething(columns: readonly CollectedColumn[]): string {
  const [names, numbers] = [true, false].map((isName) =>
    columns.filter(({ kind }) => (kind === "name") === isName).map(({ position }) => sqlName(position)),
  );
  const words = missingWords.map(quoted).join(", ");
  return [
    ...numbers.map((column) => `${column} IS NOT NULL`),
    ...names.map((column) => `NOT list_contains([${words}], trim(${column}::VARCHAR))`),
  ].join(" OR ");
}

/** The columns that are read, and what a message advises where a number is none. */
function collectedColumns({ columns }: ColumnPlan): CollectedColumn[] {
  return columns.flatMap((column) => {
    const kind = cellKind(column);
    const { position, name, isSaid } = column;
    const advice = `most of its values are numbers; if it holds names, say so by types: nominal`;
    return kind ? [{ position, name, kind, ...(!isSaid && kind === "number" && { advice }) }] : [];
  });
}

/** Of a KDD'99 file only the columns that are said to be something else would matter: it has a form of its own. */
async function recognised(
  file: StoredFile,
  options: TableReaderOptions,
): Promise<{ form: TableForm; isKdd: boolean }> {
  const { signal, group, types } = options;
  if (beginsAsParquet(await file.firstBytes(4)))
    return { form: await parquetForm(file.name, await file.plainPath()), isKdd: false };
  const { first, isWhole } = await file.firstContent(sampleBytes, signal);
  refuseForeign(file.name, first.subarray(0, kindBytes));
  if (
    group === undefined &&
    types === undefined &&
    kddFormOf(file.name, first.subarray(0, recognisedBytes + 1), kddLabel(options))
  )
    return { form: { columns: [], notices: [] }, isKdd: true };
  const text = decoded(first.subarray(0, kindBytes)).replace(/^\ufeff/, "");
  const isJson = beginsAsJson(text);
  const form = isJson
    ? jsonForm(file.name, decoded(wholeStart(first, isWhole)))
    : textForm(file.name, first, isWhole);
  return { form, isKdd: false };
}

function kddLabel({ label, normal }: TableReaderOptions): KddLabelOptions {
  return { ...(label !== undefined && { label }), ...(normal !== undefined && { normal: [normal].flat() }) };
}

function compressionOf(first: Buffer): Compression {
  if (beginsAsZstd(first)) return "zstd";
  return beginsAsGzip(first) ? "gzip" : "none";
}
