import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { inQuotes } from "../common/csv";
import { InputError, systemErrorCode } from "../common/errors";
import { isStream, openStream } from "../common/streams";
import { Transaction, type TransactionOptions } from "../common/transaction";
import { unwritable } from "../common/unwritable";
import { database, quoted } from "../data/duckdb";
import type { Alert } from "./alert";
import { type AlertFormat, alertFields, alertHead, alertLine, csvLine, type LineFormat } from "./alert-lines";

/** Where alerts go. */
export interface AlertWriter {
  write(alerts: readonly Alert[]): Promise<void>;
  /** All alerts were written: makes the file appear. */
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
 * Opens a place for alerts.
 *
 * @param out a file, which appears when all is written; a pipe or device, where alerts go as they come; undefined: the standard
 *   output
 * @throws {InputError} if it can't be written, or would replace what is read
 */
export async function openAlertWriter(
  format: AlertFormat,
  out: string | undefined,
  options: AlertPlaceOptions = {},
): Promise<AlertWriter> {
  if (out === undefined && format === "parquet")
    throw new InputError("alerts as parquet need a file: add --out FILE");
  if (format !== "parquet" && (out === undefined || (await isStream(out))))
    return openLineWriter(format, out, options.signal);
  const file = out as string;
  const transaction = new Transaction(options);
  try {
    const staged = await transaction.stageFile(file);
    return new FileWriter(format, file, staged, transaction);
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

/** Opens the standard output, a pipe or a device, where alerts go as they come. */
export async function openLineWriter(
  format: LineFormat,
  out: string | undefined,
  signal?: AbortSignal,
): Promise<AlertWriter> {
  if (out === undefined) return new LineWriter(format, process.stdout, "the standard output");
  return new LineWriter(format, await openStream(out, signal), out);
}

/** Lines of JSON or CSV into a stream, which are seen as they come. */
class LineWriter implements AlertWriter {
  #head: string;
  #failure: Error | null | undefined;
  readonly #onError = (error: Error) => {
    this.#failure = error;
  };

  constructor(
    private readonly format: LineFormat,
    protected readonly stream: Writable,
    /** What messages call it. */
    protected readonly place: string,
    private readonly line = alertLine,
  ) {
    this.#head = alertHead(format);
    stream.on("error", this.#onError);
  }

  async write(alerts: readonly Alert[]): Promise<void> {
    const text = this.#head + alerts.map((alert) => `${this.line(alert, this.format)}\n`).join("");
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

/** A file that appears when all is written. Parquet is made from CSV, by DuckDB, so that memory stays small. */
class FileWriter extends LineWriter {
  constructor(
    private readonly alertsAs: AlertFormat,
    out: string,
    private readonly staged: string,
    private readonly transaction: Transaction,
  ) {
    const [format, lines] = alertsAs === "parquet" ? (["csv", `${staged}.csv`] as const) : [alertsAs, staged];
    super(format, createWriteStream(lines), out, alertsAs === "parquet" ? lineInQuotes : alertLine);
  }

  override async finish(): Promise<void> {
    await super.finish();
    try {
      this.stream.end();
      await finished(this.stream);
      if (this.alertsAs === "parquet") await toParquet(`${this.staged}.csv`, this.staged);
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

/** CSV that is read back as it was: nothing is changed for the sake of spreadsheets. */
function lineInQuotes(alert: Alert): string {
  return csvLine(alert, inQuotes);
}

async function toParquet(lines: string, file: string): Promise<void> {
  const columns = alertFields.map(({ name, type }) => `'${name}': '${type}'`).join(", ");
  const read = `read_csv(${quoted(lines)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${columns}})`;
  await (await database()).run(
    `COPY (SELECT * FROM ${read}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  await rm(lines);
}
