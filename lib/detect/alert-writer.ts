import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { inQuotes } from "../common/csv";
import { InputError, systemErrorCode } from "../common/errors";
import { printableJson } from "../common/shown";
import { isStream, openStream } from "../common/streams";
import { Transaction, type TransactionOptions } from "../common/transaction";
import { unwritable } from "../common/unwritable";
import { database, quoted } from "../data/duckdb";
import type { Alert } from "./alert";
import { alertFields, csvHeader, csvLine } from "./alert-fields";

/** `json`: one object a line, as {@link Alert} says; `csv` and `parquet`: the columns of {@link alertFields}. */
export type AlertFormat = "json" | "csv" | "parquet";

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
  format: Exclude<AlertFormat, "parquet">,
  out: string | undefined,
  signal?: AbortSignal,
): Promise<AlertWriter> {
  if (out === undefined) return new LineWriter(format, process.stdout, "the standard output");
  return new LineWriter(format, await openStream(out, signal), out);
}

/** Lines of JSON or CSV into a stream. */
class LineWriter implements AlertWriter {
  #started = false;
  #failure: Error | null | undefined;
  readonly #onError = (error: Error) => {
    this.#failure = error;
  };

  constructor(
    private readonly format: Exclude<AlertFormat, "parquet">,
    private readonly stream: Writable,
    /** What messages call it. */
    private readonly place = "the standard output",
    private readonly line = alertLine,
  ) {
    stream.on("error", this.#onError);
  }

  async write(alerts: readonly Alert[]): Promise<void> {
    const head = this.#started || this.format === "json" ? "" : `${csvHeader}\n`;
    this.#started = true;
    const text = head + alerts.map((alert) => `${this.line(alert, this.format)}\n`).join("");
    if (text !== "") this.#failure ??= await new Promise((resolve) => this.stream.write(text, resolve));
    this.#throwFailure();
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

  #throwFailure(): void {
    if (!this.#failure) return;
    if (systemErrorCode(this.#failure) === "EPIPE") throw new NobodyReads();
    throw unwritable(this.place, this.#failure);
  }
}

/** A file that appears when all is written. Parquet is made from CSV, by DuckDB, so that memory stays small. */
class FileWriter implements AlertWriter {
  readonly #lines: string;
  readonly #stream: Writable;
  readonly #writer: LineWriter;

  constructor(
    private readonly format: AlertFormat,
    private readonly out: string,
    private readonly staged: string,
    private readonly transaction: Transaction,
  ) {
    this.#lines = format === "parquet" ? `${staged}.csv` : staged;
    this.#stream = createWriteStream(this.#lines);
    this.#writer =
      format === "parquet"
        ? new LineWriter("csv", this.#stream, out, (alert) => csvLine(alert, inQuotes))
        : new LineWriter(format, this.#stream, out);
  }

  async write(alerts: readonly Alert[]): Promise<void> {
    try {
      await this.#writer.write(alerts);
    } catch (error) {
      throw unwritable(this.out, error);
    }
  }

  async finish(): Promise<void> {
    await this.#writer.finish();
    try {
      this.#stream.end();
      await finished(this.#stream);
      if (this.format === "parquet") await this.#toParquet();
    } catch (error) {
      throw unwritable(this.out, error);
    }
    await this.transaction.commit();
  }

  async close(): Promise<void> {
    this.#stream.destroy();
    await this.transaction.rollback();
  }

  async #toParquet(): Promise<void> {
    const columns = alertFields.map(({ name, type }) => `'${name}': '${type}'`).join(", ");
    const read = `read_csv(${quoted(this.#lines)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${columns}})`;
    await (await database()).run(
      `COPY (SELECT * FROM ${read}) TO ${quoted(this.staged)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await rm(this.#lines);
  }
}

/** An alert in one line. */
export function alertLine(alert: Alert, format: Exclude<AlertFormat, "parquet">): string {
  return format === "json" ? printableJson(alert) : csvLine(alert);
}
