import { InputError } from "../common/errors";
import { type CollectedBlock, NameCells, type NumberCells } from "./cells";
import { EndlessLine, longestLine, mostEmptyLines, wholeLines } from "./content";
import { type Dialect, RowSplitter } from "./delimited";
import { isMissing } from "./infer-columns";
import type { RowCollector } from "./row-collector";
import { decoded, textAt } from "./text";
import { TextCache } from "./text-cache";

/** What a delimited text is made of. */
export interface DelimitedLayout {
  readonly dialect: Dialect;
  /** Lines before the first row. */
  readonly skippedLines: number;
  /** Fields of a row. */
  readonly fields: number;
}

/**
 * The rows of the bytes of a delimited text, in blocks of columns; in constant memory.
 *
 * @param name of the file, for messages
 * @throws {InputError} that names line and column of a bad row; if a line does not end, or nothing comes but empty lines
 */
export async function* delimitedBlocks(
  name: string,
  pieces: AsyncIterable<Buffer>,
  layout: DelimitedLayout,
  collector: RowCollector,
): AsyncGenerator<CollectedBlock> {
  const parser = new DelimitedParser(layout, collector);
  try {
    for await (const lines of wholeLines(pieces)) {
      for (let at = 0; at < lines.length; ) {
        at = parser.parse(lines, at);
        await collector.settle();
        if (collector.room === 0) yield collector.take();
      }
    }
  } catch (error) {
    if (!(error instanceof EndlessLine || error instanceof EmptyLines)) throw error;
    throw new InputError(`${name}, line ${parser.lines + 1}: ${error.message}`);
  }
  parser.end();
  await collector.settle();
}

class EmptyLines extends Error {
  override readonly message = `the ${mostEmptyLines.toLocaleString("en-US")} lines before it hold no row`;
}

const [tab, lineFeed, formFeed, carriageReturn, space] = [9, 10, 12, 13, 32];
const [comma, minus, dot, zero] = [44, 45, 46, 48];

/**
 * Parses lines. The fields of a regular line are found by their bytes, and numbers computed on the way. A line that is not
 * (bad, blank, a comment, the header again, with a quote within a field or over several lines) is read as text.
 */
export class DelimitedParser {
  readonly #splitter: RowSplitter;
  readonly #columns: number;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #comment: number;
  readonly #point: number;
  /** 1 for each byte that ends a field, or is a quote. */
  readonly #stops = new Uint8Array(256);
  /** By the file's columns: those of numbers, and where these go. There may be one field more, an empty one. */
  readonly #numbers: (NumberCells | null)[];
  readonly #values: (Float64Array | null)[];
  readonly #flags: { readonly position: number; readonly cells: NumberCells }[] = [];
  readonly #names: { readonly position: number; readonly cells: NameCells }[] = [];
  /** Where the fields of a line begin and end. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #headerStart: Buffer | undefined;
  readonly #isMissing = new TextCache((bytes, start, end) => Number(isMissing(textAt(bytes, start, end))));
  #lastRow = 0;

  constructor(
    { dialect, skippedLines, fields }: DelimitedLayout,
    private readonly collector: RowCollector,
  ) {
    const { columns, header } = collector.options;
    this.#splitter = new RowSplitter(dialect, skippedLines);
    this.#columns = fields;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote.charCodeAt(0);
    this.#comment = dialect.comment?.charCodeAt(0) ?? -1;
    this.#point = dialect.decimalComma ? comma : dot;
    for (const byte of [lineFeed, carriageReturn, this.#quote, this.#delimiter]) this.#stops[byte] = 1;
    this.#numbers = Array(fields + 1).fill(null);
    this.#values = Array(fields + 1).fill(null);
    for (const [i, { position }] of columns.entries()) {
      const cells = collector.cells[i];
      if (cells instanceof NameCells) this.#names.push({ position, cells });
      else if (cells.kind === "flag") this.#flags.push({ position, cells });
      else [this.#numbers[position], this.#values[position]] = [cells, cells.values];
    }
    this.#starts = new Int32Array(fields + 1);
    this.#ends = new Int32Array(fields + 1);
    this.#headerStart = header && Buffer.from(header[0]);
  }

  /** Lines so far. */
  get lines(): number {
    return this.#splitter.lines;
  }

  /**
   * Adds rows of whole lines, each with its line end, until the bytes end or the collector is full.
   *
   * @returns the position after the last line
   */
  parse(bytes: Buffer, start: number): number {
    const isByBytes = this.#delimiter < 128;
    let at = start;
    while (at < bytes.length && this.collector.room > 0) {
      const end = isByBytes && this.#splitter.isAtRow ? this.#readRow(bytes, at) : 0;
      if (end > 0) {
        this.collector.count();
        this.#splitter.pass();
        this.#lastRow = this.#splitter.lines;
        at = end;
      } else at = this.#readText(bytes, at);
    }
    return at;
  }

  /** Adds what the end leaves open. */
  end(): void {
    const row = this.#splitter.end();
    if (row) this.collector.addRow(row);
  }

  /** Sets a row in the cells. @returns the position after its line; 0 if it is not regular */
  #readRow(bytes: Buffer, line: number): number {
    const row = this.collector.held;
    const end = bytes[line] === this.#comment ? 0 : this.#readFields(bytes, line, row);
    if (end === 0 || end - line > longestLine || this.#isPassedOver(bytes)) return 0;
    const starts = this.#starts;
    const ends = this.#ends;
    for (const { position, cells } of this.#flags)
      if (!cells.setText(row, bytes, starts[position], ends[position])) return 0;
    for (const { position, cells } of this.#names)
      cells.setText(row, bytes, starts[position], ends[position]);
    return end;
  }

  /** Finds the fields of a line, without quotes and blanks around them, and sets its numbers. @returns as {@link #readRow} */
  #readFields(bytes: Buffer, line: number, row: number): number {
    // All in variables: this loop is where reading takes its time.
    const columns = this.#columns;
    const stops = this.#stops;
    const starts = this.#starts;
    const ends = this.#ends;
    const valuesOf = this.#values;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const point = this.#point;
    const blank = delimiter === space ? -1 : space;
    let at = line;
    for (let column = 0; column <= columns; column++) {
      while (bytes[at] === blank) at++;
      const isQuoted = bytes[at] === quote;
      let start = isQuoted ? at + 1 : at;
      const values = valuesOf[column];
      const decimalEnd = values === null ? start : readDecimal(bytes, start, point, values, row);
      let end = decimalEnd;
      if (isQuoted) {
        while (stops[bytes[end]] === 0 || bytes[end] === delimiter) end++;
        if (bytes[end] !== quote) return 0;
        at = end + 1;
        if (stops[bytes[at]] === 0) return 0;
      } else {
        while (stops[bytes[end]] === 0) end++;
        at = end;
      }
      if (end !== decimalEnd || start === end) {
        while (start < end && isBlank(bytes[start])) start++;
        while (end > start && isBlank(bytes[end - 1])) end--;
        if (!(this.#numbers[column]?.setText(row, bytes, start, end) ?? true)) return 0;
      }
      starts[column] = start;
      ends[column] = end;
      if (bytes[at] === delimiter) at++;
      else if (bytes[at] === quote) return 0;
      else return this.#isWhole(column + 1) ? afterLineEnd(bytes, at) : 0;
    }
    return 0;
  }

  /** Whether so many fields are a row: an empty one after the last is let pass; a single empty one is a blank line. */
  #isWhole(fields: number): boolean {
    const isLastEmpty = this.#starts[fields - 1] === this.#ends[fields - 1];
    if (fields === this.#columns) return fields > 1 || !isLastEmpty;
    return fields === this.#columns + 1 && isLastEmpty;
  }

  /** Whether a line may be the header, or hold nothing: so it is if it begins as the header, or has no label. */
  #isPassedOver(bytes: Buffer): boolean {
    const header = this.#headerStart;
    const start = this.#starts[0];
    const end = this.#ends[0];
    if (header && end - start === header.length && (end === start || bytes[start] === header[0]))
      if (header.equals(bytes.subarray(start, end))) return true;
    const { label } = this.collector.options;
    return label !== undefined && this.#isMissing.get(bytes, this.#starts[label], this.#ends[label]) === 1;
  }

  /** Takes in a line as text. @returns the position after it */
  #readText(bytes: Buffer, start: number): number {
    let end = start;
    while (bytes[end] !== lineFeed && bytes[end] !== carriageReturn) end++;
    const row = this.#splitter.add(decoded(bytes.subarray(start, end)));
    if (row) {
      this.collector.addRow(row);
      this.#lastRow = this.#splitter.lines;
    } else if (this.#splitter.lines - this.#lastRow > mostEmptyLines) throw new EmptyLines();
    return afterLineEnd(bytes, end);
  }
}

const mostDecimals = 22;
const powersOfTen = Float64Array.from({ length: mostDecimals + 1 }, (_, power) => Number(`1e${power}`));

/**
 * Sets the number that some bytes begin with, if it is of the kind that most are: digits with a point among them, so few
 * that they and the power of ten are exact. Then one division rounds as `Number` does (Clinger 1990).
 *
 * @returns where it ends; `start` if there is none
 */
function readDecimal(bytes: Buffer, start: number, point: number, values: Float64Array, row: number): number {
  const isNegative = bytes[start] === minus;
  const first = isNegative ? start + 1 : start;
  let at = first;
  let digits = 0;
  let digit = bytes[at] - zero;
  while (digit >= 0 && digit <= 9) {
    digits = digits * 10 + digit;
    digit = bytes[++at] - zero;
  }
  let count = at - first;
  let decimals = 0;
  if (bytes[at] === point) {
    const tenths = ++at;
    digit = bytes[at] - zero;
    while (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      digit = bytes[++at] - zero;
    }
    decimals = at - tenths;
    count += decimals;
  }
  if (count === 0 || digits > Number.MAX_SAFE_INTEGER || decimals > mostDecimals) return start;
  const size = decimals > 0 ? digits / powersOfTen[decimals] : digits;
  values[row] = isNegative ? 0 - size : size;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === space || (byte >= tab && byte <= formFeed);
}

/** The position after a line end, \n, \r\n or \r. */
function afterLineEnd(bytes: Buffer, at: number): number {
  return at + (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? 2 : 1);
}
