import { InputError } from "../../common/errors";
import { type CollectedBlock, NameCells, type NumberCells } from "../columns/cells";
import { isMissing } from "../columns/infer-columns";
import type { RowCollector } from "../columns/row-collector";
import { TextCache } from "../columns/text-cache";
import { EndlessLine, mostEmptyLines, wholeLines } from "../content";
import { type Dialect, RowSplitter } from "./delimited";
import { RowKernel } from "./row-kernel";
import { decoded, textAt } from "./text";

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

const lineFeed = 10;
const carriageReturn = 13;

/** Parses lines: regular ones by their bytes, others as text. A reader can't tell which it was. */
export class DelimitedParser {
  readonly #splitter: RowSplitter;
  readonly #kernel: RowKernel | undefined;
  readonly #isMissing = new TextCache((bytes, start, end) => Number(isMissing(textAt(bytes, start, end))));
  #lastRow = 0;

  constructor(
    { dialect, skippedLines, fields }: DelimitedLayout,
    private readonly collector: RowCollector,
  ) {
    this.#splitter = new RowSplitter(dialect, skippedLines);
    const { columns, header, label } = collector.options;
    const cellsOf = new Map(columns.map(({ position }, i) => [position, collector.cells[i]]));
    this.#kernel = RowKernel.create({
      dialect,
      fields,
      columns,
      ...(header && { headerStart: header[0] }),
      ...(label !== undefined && { label }),
      numberOf: (column, text, start, end) => (cellsOf.get(column) as NumberCells).numberAt(text, start, end),
    });
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
    let at = start;
    while (at < bytes.length && this.collector.room > 0) {
      const parsed = this.#splitter.isAtRow ? this.#parseRegular(bytes, at) : 0;
      at = parsed > 0 ? at + parsed : this.#readText(bytes, at);
    }
    return at;
  }

  /** Adds what the end leaves open. */
  end(): void {
    const row = this.#splitter.end();
    if (row) this.collector.addRow(row);
  }

  /** Adds the rows of regular lines. @returns their bytes */
  #parseRegular(bytes: Buffer, start: number): number {
    const kernel = this.#kernel;
    if (!kernel) return 0;
    const parsed = kernel.parse(bytes, start, this.collector.room);
    const rows = this.#rowsBeforeEmpty(kernel, parsed);
    if (rows === 0) return 0;
    this.#addRows(kernel, rows);
    this.#splitter.pass(rows);
    this.#lastRow = this.#splitter.lines;
    return rows === parsed ? kernel.parsedBytes : kernel.lineOf(rows);
  }

  /** Rows before the first that has a word for a missing value as its label, and perhaps holds nothing. */
  #rowsBeforeEmpty(kernel: RowKernel, rows: number): number {
    const { label } = this.collector.options;
    if (label === undefined) return rows;
    const { start, end } = kernel.namesOf(label);
    for (let row = 0; row < rows; row++)
      if (this.#isMissing.get(kernel.text, start(row), end(row)) === 1) return row;
    return rows;
  }

  #addRows(kernel: RowKernel, rows: number): void {
    const { held, cells, options } = this.collector;
    for (const [i, { position }] of options.columns.entries()) {
      const column = cells[i];
      if (column instanceof NameCells) {
        const { start, end } = kernel.namesOf(position);
        for (let row = 0; row < rows; row++) column.setText(held + row, kernel.text, start(row), end(row));
      } else column.values.set(kernel.numbersOf(position).subarray(0, rows), held);
    }
    this.collector.count(rows);
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
    return end + (bytes[end] === carriageReturn && bytes[end + 1] === lineFeed ? 2 : 1);
  }
}
