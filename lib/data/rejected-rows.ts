import { type FileHandle, open } from "node:fs/promises";
import { quotedCell } from "../common/csv";
import { InputError } from "../common/errors";
import { formatCount } from "../common/format";
import { unwritable } from "../common/unwritable";

/** Bad rows that can be left out, since all of them are remembered. */
const mostBadRows = 1_000_000;

/** @throws {InputError} if a file has more bad rows than can be remembered */
export function requireFewBadRows(file: string, { length }: readonly number[]): void {
  if (length > mostBadRows)
    throw new InputError(`${file} has more than ${formatCount(mostBadRows)} bad rows`);
}

/** Writes rows that were left out, with line number and reason, to a CSV file. Without any, there is no file. */
export class RejectedRows {
  #file: FileHandle | undefined;
  #text = "line,reason,text\n";
  #rows = 0;

  constructor(private readonly path: string) {}

  add(line: number, reason: string, text: string): void {
    this.#text += `${line},${quotedCell(reason)},${quotedCell(text)}\n`;
    this.#rows++;
  }

  /** Writes the first rows at once, so that a place that can't be written to is found early, others when they are many. */
  async settle(): Promise<void> {
    if (this.#rows > 0 && (!this.#file || this.#text.length > 65_536)) await this.flush();
  }

  async flush(): Promise<void> {
    try {
      this.#file ??= await open(this.path, "w");
      await this.#file.appendFile(this.#text);
    } catch (error) {
      throw unwritable(this.path, error);
    }
    this.#text = "";
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
