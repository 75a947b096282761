import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { inQuotes } from "../../common/csv";
import { InputError, systemErrorCode } from "../../common/errors";
import { isStream, openStream } from "../../common/streams";
import { Transaction, type TransactionOptions } from "../../common/transaction";
import { unwritable } from "../../common/unwritable";
import { database, quoted } from "../../data/duckdb";
import { type AlertFormat, csvForm, type Field, type Forms, type LineForm } from "./alert-lines";

/** Where things are written line by line. */
export interface ItemWriter<Item> {
  write(items: readonly Item[]): Promise<void>;
  /** All were written: makes the file appear. */
  finish(): Promise<void>;
  /** Removes what is unfinished. Call it in any case. */
  close(): Promise<void>;
}

/** The end of a pipe was closed, as by `head`: nobody wants more. */
export class NobodyReads extends Error {
  override readonly name = "NobodyReads";
}

export interface AlertPlaceOptions extends TransactionOptions {
  /** Ends waiting for a pipe to be read. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a place for things, such as alerts, in one of their formats.
 *
 * @param out a file, which appears when all is written; a pipe or device, where things go as they come; undefined: the standard
 *   output
 * @throws {InputError} if it can't be written, or would replace what is read
 */
export async function openWriter<Item>(
  format: AlertFormat,
  forms: Forms<Item>,
  out: string | undefined,
  options: AlertPlaceOptions,
): Promise<ItemWriter<Item>> {
  if (format !== "parquet") return openItemWriter(forms[format], out, options);
  if (out === undefined) throw new InputError("alerts as parquet need a file: add --out FILE");
  // CSV that is read back as it was: nothing is changed for the sake of spreadsheets
  const { fields } = forms;
  return openFile(csvForm(fields, inQuotes), out, options, (file) => toParquet(fields, file));
}

/** Opens a place for lines of any kind, as {@link openWriter} does. */
export async function openItemWriter<Item>(
  form: LineForm<Item>,
  out: string | undefined,
  options: AlertPlaceOptions,
): Promise<ItemWriter<Item>> {
  if (out === undefined || (await isStream(out))) return openLineWriter(form, out, options.signal);
  return openFile(form, out, options);
}

/** @param convert makes the file of a file of lines, in its place */
async function openFile<Item>(
  form: LineForm<Item>,
  out: string,
  options: AlertPlaceOptions,
  convert?: (file: string) => Promise<void>,
): Promise<ItemWriter<Item>> {
  const transaction = new Transaction(options);
  try {
    const staged = await transaction.stageFile(out);
    return new FileWriter(form, out, staged, transaction, convert);
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

/** Opens the standard output, a pipe or a device, where lines go as they come. */
export async function openLineWriter<Item>(
  form: LineForm<Item>,
  out: string | undefined,
  signal?: AbortSignal,
): Promise<ItemWriter<Item>> {
  if (out === undefined) return new LineWriter(form, process.stdout, "the standard output");
  return new LineWriter(form, await openStream(out, signal), out);
}

/** Lines of JSON or CSV into a stream, which are seen as they come. */
class LineWriter<Item> implements ItemWriter<Item> {
  #head: string;
  #failure: Error | null | undefined;
  readonly #onError = (error: Error) => {
    this.#failure = error;
  };

  constructor(
    private readonly form: LineForm<Item>,
    protected readonly stream: Writable,
    /** What messages call it. */
    protected readonly place: string,
  ) {
    this.#head = form.head;
    stream.on("error", this.#onError);
  }

  async write(items: readonly Item[]): Promise<void> {
    const text = this.#head + items.map((item) => `${this.form.line(item)}\n`).join("");
    this.#head = "";
    if (text !== "") this.#failure ??= await new Promise((resolve) => this.stream.write(text, resolve));
    if (!this.#failure) return;
    if (systemErrorCode(this.#failure) === "EPIPE") throw new NobodyReads();
    throw unwritable(this.place, this.#failure);
  }

  async finish(): Promise<void> {
    await this.write([]);
  }

  async close(): Promise<void> {
    this.stream.off("error", this.#onError);
    if (this.stream === process.stdout || this.stream === process.stderr) return;
    this.stream.on("error", () => {}).end();
    await finished(this.stream).catch(() => {});
  }
}

/** A file that appears when all is written. */
class FileWriter<Item> extends LineWriter<Item> {
  constructor(
    form: LineForm<Item>,
    out: string,
    private readonly staged: string,
    private readonly transaction: Transaction,
    private readonly convert?: (file: string) => Promise<void>,
  ) {
    super(form, createWriteStream(staged), out);
  }

  override async finish(): Promise<void> {
    await super.finish();
    try {
      this.stream.end();
      await finished(this.stream);
      await this.convert?.(this.staged);
    } catch (error) {
      throw unwritable(this.place, error);
    }
    await this.transaction.commit();
  }

  override async close(): Promise<void> {
    this.stream.destroy();
    await this.transaction.rollback();
  }
}

/** Parquet is made from CSV, by DuckDB, so that memory stays small. */
async function toParquet<Item>(fields: readonly Field<Item>[], file: string): Promise<void> {
  const lines = `${file}.csv`;
  await rename(file, lines);
  const columns = fields.map(({ name, type }) => `'${name}': '${type}'`).join(", ");
  // Of a folder named as key=value DuckDB would make a column.
  const read = `read_csv(${quoted(lines)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${columns}}, hive_partitioning = false)`;
  await (await database()).run(
    `COPY (SELECT * FROM ${read}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  await rm(lines);
}
