import { InputError } from "../../common/errors";
import { EndlessLine, lineTooLong, longestLine, mostEmptyLines } from "../content";
import type { RejectedRows } from "./rejected-rows";
import { RowParser } from "./row-parser";
import { kddFeatures, type Layout, rowFields, rowProblem } from "./schema";

/** Bad rows that can be left out, since all of them are remembered. */
const mostBadRows = 1_000_000;

/** Names of a column that can be told apart: codes of 16 bits leave one value unused. */
const mostNames = 65_535;

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

export interface CheckOptions {
  /** What messages call the file. */
  readonly name: string;
  readonly layout: Layout;
  /** Where bad rows go. Default: the first bad row is refused. */
  readonly rejected?: RejectedRows;
  /** More good rows are refused. Default: there is no limit. */
  readonly maxRows?: number;
}

/** Checks and parses the lines of a file, in constant memory. */
export class CheckedRows {
  /** 1-based numbers of bad rows, counted without header and blank lines. */
  readonly bad: number[] = [];
  /** Rows so far, good and bad. */
  rows = 0;
  readonly #parser: RowParser;
  /** The names of each nominal column so far. */
  readonly #names: ReadonlyMap<number, Set<string>>;
  #lines = 0;
  #header: boolean;
  /** Lines since the last good row. */
  #emptyLines = 0;

  constructor(private readonly options: CheckOptions) {
    const { layout } = options;
    this.#parser = new RowParser(layout);
    const nominal = kddFeatures.flatMap(({ measure }, i) => (measure === "nominal" ? [i] : []));
    if (layout.columns > kddFeatures.length) nominal.push(kddFeatures.length);
    this.#names = new Map(nominal.map((i) => [i, new Set()]));
    this.#header = layout.header;
  }

  /**
   * The good rows of blocks of whole lines.
   *
   * @throws {InputError} that names line and column of a bad row if they are not to be left out; if no row is good
   */
  async *groups(blocks: AsyncIterable<Buffer>): AsyncGenerator<RowGroup> {
    try {
      for await (const text of blocks) {
        for (let at = 0; at < text.length; ) {
          at = this.#addRows(text, at);
          if (this.#parser.isFull) yield* this.#takeGroup();
          else if (at < text.length) at = await this.#addUnusualLine(text, at);
        }
      }
    } catch (error) {
      throw error instanceof EndlessLine ? this.#atNextLine(error.message) : error;
    }
    if (this.rows === this.bad.length)
      throw new InputError(`${this.options.name} has no ${this.rows === 0 ? "rows" : "good row"}`);
    yield* this.#takeGroup();
    if (this.bad.length > 0) await this.options.rejected?.flush();
  }

  /** Adds as many rows as the parser takes. @returns the position after them */
  #addRows(text: Buffer, start: number): number {
    const before = this.#parser.rows;
    const end = this.#parser.parse(text, start);
    this.#countRows(this.#parser.rows - before);
    return end;
  }

  #countRows(rows: number): void {
    if (rows === 0) return;
    this.rows += rows;
    this.#lines += rows;
    this.#emptyLines = 0;
    const { name, maxRows = Number.POSITIVE_INFINITY } = this.options;
    if (this.rows - this.bad.length > maxRows)
      throw new InputError(`${name} has more than ${inWords(maxRows)} rows, which is the limit`);
  }

  /** Adds a line that the parser leaves, and passes over blank ones. @returns the position after them */
  async #addUnusualLine(text: Buffer, start: number): Promise<number> {
    const end = lineEnd(text, start);
    const line = text.toString("utf8", start, end);
    if (line.length <= longestLine && line.trim() !== "" && !this.#header && this.#addFields(line))
      this.#countRows(1);
    else {
      this.#countEmptyLine();
      if (line.trim() !== "") await this.#leaveOut(line);
    }
    return this.#skipBlankLines(text, afterLineEnd(text, end));
  }

  #addFields(line: string): boolean {
    const { layout } = this.options;
    const fields = rowFields(line, layout);
    return fields.length === layout.columns && this.#parser.add(fields);
  }

  /** Leaves out a header, or a bad row. */
  async #leaveOut(line: string): Promise<void> {
    if (this.#header) {
      this.#header = false;
      return;
    }
    const { name, layout, rejected } = this.options;
    const problem =
      line.length > longestLine ? lineTooLong : (rowProblem(line, layout) ?? "is not a good row");
    if (!rejected) throw new InputError(`${name}, line ${this.#lines}: ${problem}`);
    this.bad.push(++this.rows);
    if (this.bad.length > mostBadRows)
      throw new InputError(`${name} has more than ${inWords(mostBadRows)} bad rows`);
    await rejected.add(this.#lines, problem, line.slice(0, longestLine));
  }

  #countEmptyLine(): void {
    this.#lines++;
    if (++this.#emptyLines < mostEmptyLines) return;
    throw this.#atNextLine(`the ${inWords(mostEmptyLines)} lines before it hold no good row`);
  }

  #atNextLine(problem: string): InputError {
    return new InputError(`${this.options.name}, line ${this.#lines + 1}: ${problem}`);
  }

  /** The position after the blank lines at a position: the parser takes long over each. */
  #skipBlankLines(text: Buffer, start: number): number {
    let lineStart = start;
    for (let at = start; at < text.length && isBlank(text[at]); at++) {
      if (!isLineEnd(text[at])) continue;
      lineStart = afterLineEnd(text, at);
      at = lineStart - 1;
      this.#countEmptyLine();
    }
    return lineStart;
  }

  /** What the parser holds, if it is anything. */
  *#takeGroup(): Generator<RowGroup> {
    const { rows, columns } = this.#parser.block();
    const taken = columns.map(({ dictionary, codes }, i): GroupColumn => {
      if (dictionary instanceof Float64Array) return narrow(dictionary, codes);
      return this.#withUsedNames(i, dictionary, codes);
    });
    this.#parser.clear();
    if (rows > 0) yield { rows, columns: taken };
  }

  /** Without the names that the dictionary met in bad rows only. */
  #withUsedNames(column: number, dictionary: readonly string[], codes: Uint16Array): GroupColumn {
    const used = new Uint8Array(dictionary.length);
    for (let row = 0; row < codes.length; row++) used[codes[row]] = 1;
    const all = this.#names.get(column) as Set<string>;
    const position = new Uint16Array(dictionary.length);
    const names = dictionary.filter((name, code) => {
      if (used[code] === 0) return false;
      all.add(name);
      return true;
    });
    for (let code = 0, next = 0; code < position.length; code++) position[code] = used[code] ? next++ : 0;
    if (all.size > mostNames) {
      throw new InputError(
        `${this.options.name} has more than ${mostNames} different values in the column ${columnName(column)}; ` +
          "no more can be told apart",
      );
    }
    return narrow(names, names.length < dictionary.length ? codes.map((code) => position[code]) : codes);
  }
}

/** A copy of a column, with codes no wider than needed. */
function narrow(values: GroupColumn["values"], codes: Uint16Array): GroupColumn {
  if (values.length === 1) return { values };
  return { values, codes: values.length <= 256 ? new Uint8Array(codes) : codes.slice() };
}

function columnName(column: number): string {
  return kddFeatures[column]?.name ?? "label";
}

function inWords(count: number): string {
  return count.toLocaleString("en-US");
}

function isLineEnd(byte: number): boolean {
  return byte === 10 || byte === 13;
}

function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** The position of the first byte of a line's end, or of the end of the text. */
function lineEnd(text: Buffer, start: number): number {
  let at = start;
  while (at < text.length && !isLineEnd(text[at])) at++;
  return at;
}

/** The position after a line's end, which begins at `end`. */
function afterLineEnd(text: Buffer, end: number): number {
  return end + (text[end] === 13 && text[end + 1] === 10 ? 2 : 1);
}
