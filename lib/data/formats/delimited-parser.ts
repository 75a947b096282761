import { InputError } from "../../common/errors";
import { formatCount } from "../../common/format";
import { type CollectedBlock, NameCells, type NumberCells } from "../columns/cells";
import { isMissing } from "../columns/infer-columns";
import type { RowCollector } from "../columns/row-collector";
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
}

class EmptyLines extends Error {
  override readonly message = `the ${formatCount(mostEmptyLines)} lines before it hold no row`;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Parses lines: regular ones by their bytes, others as text. A reader can't tell which it was. */
export class DelimitedParser {
  readonly #splitter: RowSplitter;
  readonly #kernel: RowKernel | undefined;
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
      codeOf: (column, bytes, start, end) => {
        const name = textAt(bytes, start, end).trim();
        return column === label && isMissing(name)
          ? undefined
          : (cellsOf.get(column) as NameCells).codeOf(name);
      },
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
    const { collector } = this;
    if (collector.held === 0) kernel.forgetCodes(); // each block has codes of its own
    const rows = kernel.parse(bytes, start, collector.room);
    if (rows === 0) return 0;
    for (const [i, { position }] of collector.options.columns.entries()) {
      const cells = collector.cells[i];
      if (cells instanceof NameCells) cells.setAll(collector.held, kernel.codesOf(position), rows);
      else cells.setAll(collector.held, kernel.numbersOf(position), rows);
    }
    collector.count(rows);
    this.#splitter.pass(rows);
    this.#lastRow = this.#splitter.lines;
    return kernel.parsedBytes;
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
