import { type FileHandle, open } from "node:fs/promises";
import { quotedCell } from "../common/csv";
import { InputError } from "../common/errors";
import { formatCount } from "../common/format";
import { unwritable } from "../common/unwritable";

/** Bad rows that can be left out, since all of them are remembered. */
const mostBadRows = 1_000_000;

export interface RowCounterOptions {
  /** What messages call the file that is read. */
  readonly name: string;
  /** A CSV file for bad rows, with line number and reason; without any there is none. Default: the first bad row is refused. */
  readonly rejectedFile?: string;
  /** More good rows are refused. Default: there is no limit. */
  readonly maxRows?: number;
}

/** Counts the rows of a file that is read, and leaves bad ones out. */
export class RowCounter {
  /** Rows so far, good and bad. */
  rows = 0;
  /** 1-based numbers of bad rows, counted without header and blank lines. */
  readonly bad: number[] = [];
  #file: FileHandle | undefined;
  #text = "line,reason,text\n";

  constructor(private readonly options: RowCounterOptions) {}

  /** What messages call the file. */
  get name(): string {
    return this.options.name;
  }

  get goodRows(): number {
    return this.rows - this.bad.length;
  }

  /** Counts good rows. @throws {InputError} if they are too many */
  count(rows: number): void {
    this.rows += rows;
    const { maxRows = Number.POSITIVE_INFINITY } = this.options;
    if (this.goodRows > maxRows)
      throw new InputError(`${this.name} has more than ${formatCount(maxRows)} rows, which is the limit`);
  }

  /** Counts a bad row. @throws {InputError} that names its line, if it is not to be left out */
  leaveOut(line: number, problem: string, text: string): void {
    if (this.options.rejectedFile === undefined)
      throw new InputError(`${this.name}, line ${line}: ${problem}`);
    this.bad.push(++this.rows);
    if (this.bad.length > mostBadRows)
      throw new InputError(`${this.name} has more than ${formatCount(mostBadRows)} bad rows`);
    this.#text += `${line},${quotedCell(problem)},${quotedCell(text)}\n`;
  }

  /** Writes the first bad rows at once, so that a place that can't be written to is found early, others when they are many. */
  async settle(): Promise<void> {
    if (this.bad.length > 0 && (!this.#file || this.#text.length > 65_536)) await this.#write();
  }

  /** Writes what is left. @throws {InputError} if no row is good */
  async end(): Promise<void> {
    if (this.bad.length > 0) await this.#write();
    if (this.goodRows === 0)
      throw new InputError(`${this.name} has no ${this.bad.length > 0 ? "good row" : "rows"}`);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #write(): Promise<void> {
    const path = this.options.rejectedFile as string;
    try {
      this.#file ??= await open(path, "w");
      await this.#file.appendFile(this.#text);
    } catch (error) {
      throw unwritable(path, error);
    }
    this.#text = "";
  }
}
