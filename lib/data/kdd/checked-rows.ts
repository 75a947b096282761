/// <reference lib="es2024.arraybuffer" />

import { InputError } from "../../common/errors";
import { formatCount } from "../../common/format";
import { EndlessLine, lineTooLong, longestLine, mostEmptyLines } from "../content";
import type { RowCounter } from "../row-counter";
import { mostCategories } from "../table";
import { RowParser } from "./row-parser";
import { kddColumns, type Layout, rowFields, rowProblem } from "./schema";

/** A column of a group, `values[codes[row]]`; without codes every row has the first value. */
export interface GroupColumn {
  readonly values: Float64Array | readonly string[];
  readonly codes?: Uint8Array | Uint16Array;
}

/** Some tens of thousands of rows one after the other, as few bytes as they take. */
export interface RowGroup {
  readonly rows: number;
  /** The features, and the label where rows have one. */
  readonly columns: GroupColumn[];
}

/** Checks and parses the lines of a file, in constant memory. */
export class CheckedRows {
  readonly #parser: RowParser;
  /** The names of each nominal column so far. */
  readonly #names = kddColumns.map(() => new Set<string>());
  #lines = 0;
  #header: boolean;
  /** Lines since the last good row. */
  #emptyLines = 0;

  constructor(
    private readonly layout: Layout,
    private readonly counter: RowCounter,
  ) {
    this.#parser = new RowParser(layout);
    this.#header = layout.header;
  }

  /**
   * The good rows of blocks of whole lines.
   *
   * @throws {InputError} that names line and column of a bad row if they are not to be left out
   */
  async *groups(blocks: AsyncIterable<Buffer>): AsyncGenerator<RowGroup> {
    try {
      for await (const text of blocks) {
        for (let at = 0; at < text.length; ) {
          const before = this.#parser.rows;
          at = this.#parser.parse(text, at);
          this.#countRows(this.#parser.rows - before);
          if (this.#parser.isFull) yield this.#takeGroup();
          else if (at < text.length) at = await this.#addUnusualLine(text, at);
        }
      }
    } catch (error) {
      throw error instanceof EndlessLine ? this.#atNextLine(error.message) : error;
    }
    if (this.#parser.rows > 0) yield this.#takeGroup();
  }

  #countRows(rows: number): void {
    if (rows === 0) return;
    this.counter.count(rows);
    this.#lines += rows;
    this.#emptyLines = 0;
  }

  /** Adds a line that the parser leaves, or passes over a blank one. @returns the position after it */
  async #addUnusualLine(text: Buffer, start: number): Promise<number> {
    let end = start;
    while (end < text.length && text[end] !== 10 && text[end] !== 13) end++;
    const line = text.toString("utf8", start, end);
    const isBlank = line.trim() === "";
    if (!isBlank && !this.#header && line.length <= longestLine && this.#addFields(line)) this.#countRows(1);
    else {
      this.#countEmptyLine();
      if (!isBlank) await this.#leaveOut(line);
    }
    return end + (text[end] === 13 && text[end + 1] === 10 ? 2 : 1);
  }

  #addFields(line: string): boolean {
    const fields = rowFields(line, this.layout);
    return fields.length === this.layout.columns && this.#parser.add(fields);
  }

  /** Leaves out a header, or a bad row. */
  async #leaveOut(line: string): Promise<void> {
    if (this.#header) {
      this.#header = false;
      return;
    }
    const problem =
      line.length > longestLine ? lineTooLong : (rowProblem(line, this.layout) ?? "is not a good row");
    this.counter.leaveOut(this.#lines, problem, line.slice(0, longestLine));
    await this.counter.settle();
  }

  #countEmptyLine(): void {
    this.#lines++;
    if (++this.#emptyLines < mostEmptyLines) return;
    throw this.#atNextLine(`the ${formatCount(mostEmptyLines)} lines before it hold no good row`);
  }

  #atNextLine(problem: string): InputError {
    return new InputError(`${this.counter.name}, line ${this.#lines + 1}: ${problem}`);
  }

  /** What the parser holds. */
  #takeGroup(): RowGroup {
    const { rows, columns } = this.#parser.block();
    const taken = columns.map(({ dictionary, codes }, i) =>
      dictionary instanceof Float64Array ? narrow(dictionary, codes) : this.#usedNames(i, dictionary, codes),
    );
    this.#parser.clear();
    return { rows, columns: taken };
  }

  /** Without the names that the dictionary met in bad rows only. */
  #usedNames(column: number, dictionary: readonly string[], codes: Uint16Array): GroupColumn {
    const used = new Uint8Array(dictionary.length);
    for (let row = 0; row < codes.length; row++) used[codes[row]] = 1;
    const names = dictionary.filter((_, code) => used[code] === 1);
    const all = this.#names[column];
    for (const name of names) all.add(name);
    if (all.size > mostCategories) {
      throw new InputError(
        `${this.counter.name} has more than ${mostCategories} different values in the column ${kddColumns[column].name}; ` +
          "no more can be told apart",
      );
    }
    if (names.length === dictionary.length) return narrow(names, codes);
    let next = 0;
    const position = Uint16Array.from(used, (isUsed) => (isUsed ? next++ : 0));
    return narrow(
      names,
      codes.map((code) => position[code]),
    );
  }
}

/** A copy of a column, with codes no wider than needed, in memory that can be given back at once. */
function narrow(values: GroupColumn["values"], codes: Uint16Array): GroupColumn {
  if (values.length === 1) return { values };
  const Codes = values.length <= 256 ? Uint8Array : Uint16Array;
  const bytes = codes.length * Codes.BYTES_PER_ELEMENT;
  const copy = new Codes(new ArrayBuffer(bytes, { maxByteLength: bytes }));
  copy.set(codes);
  return { values, codes: copy };
}
