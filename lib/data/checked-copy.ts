import { createHash, type Hash } from "node:crypto";
import { InputError } from "../common/errors";
import { ColumnFileWriter } from "./column-file";
import { contentOf, EndlessLine, lineTooLong, longestLine, mostEmptyLines, wholeLines } from "./content";
import { RejectedRows } from "./rejected-rows";
import { type ParsedColumn, RowParser } from "./row-parser";
import { kddFeatures, type Layout, rowFields, rowProblem } from "./schema";

/** Bad rows that can be left out, since all of them are remembered. */
const mostBadRows = 1_000_000;

/** Names of a column that can be told apart: codes of 16 bits, as they are stored, leave one value unused. */
const mostCategories = 65_535;

export interface CheckedCopyOptions {
  /** Whether to find the SHA-256 of the file's content. Default: no. */
  readonly hashContent?: boolean;
  /** Where bad rows go, with line number and reason as CSV. Default: the first bad row is refused. */
  readonly rejectedFile?: string;
  /** More rows are refused. Default: there is no limit. */
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

/**
 * Copies a data file to a column file and checks each row; one pass, in constant memory.
 *
 * @returns the 1-based numbers of the bad rows, counted without header and blank lines
 * @throws {InputError} that names line and column of a bad row if there is no `rejectedFile`; if no row is good
 */
export async function writeCheckedCopy(
  path: string,
  layout: Layout,
  copy: string,
  { hashContent = false, rejectedFile, maxRows, signal }: CheckedCopyOptions = {},
): Promise<readonly number[]> {
  const hash = hashContent ? createHash("sha256") : undefined;
  const writer = await ColumnFileWriter.create<CopyMetadata>(copy);
  const rejected = rejectedFile === undefined ? undefined : new RejectedRows(rejectedFile);
  const rows = new CheckedRows(path, layout, writer, rejected, maxRows);
  try {
    const content = contentOf(path, { signal });
    for await (const text of wholeLines(hash ? hashed(content, hash) : content)) await rows.add(text);
    const names = await rows.finish();
    await writer.finish({ contentSha256: hash?.digest("hex"), names });
    return rows.bad;
  } catch (error) {
    throw error instanceof EndlessLine ? rows.atNextLine(error.message) : error;
  } finally {
    await writer.close();
    await rejected?.close();
  }
}

async function* hashed(pieces: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** What a checked copy holds beside its rows. */
export interface CopyMetadata {
  /** SHA-256 of the content of the file that it was made from, if that was asked for. */
  readonly contentSha256?: string;
  /** The names that occur in each nominal column, in the order of their appearance; the file holds their numbers. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** Rows on their way from the lines of a file to its copy. */
class CheckedRows {
  /** 1-based numbers of bad rows. */
  readonly bad: number[] = [];
  readonly #parser: RowParser;
  /** The number of each name, by the column. */
  readonly #names: ReadonlyMap<number, Map<string, number>>;
  #lines = 0;
  #rows = 0;
  #header: boolean;
  /** Lines since the last good row. */
  #emptyLines = 0;

  constructor(
    private readonly path: string,
    private readonly layout: Layout,
    private readonly writer: ColumnFileWriter<CopyMetadata>,
    private readonly rejected: RejectedRows | undefined,
    private readonly maxRows = Number.POSITIVE_INFINITY,
  ) {
    this.#parser = new RowParser(layout);
    const nominal = kddFeatures.flatMap(({ measure }, i) => (measure === "nominal" ? [i] : []));
    if (layout.columns > kddFeatures.length) nominal.push(kddFeatures.length);
    this.#names = new Map(nominal.map((i) => [i, new Map()]));
    this.#header = layout.header;
  }

  /** Adds whole lines. */
  async add(text: Buffer): Promise<void> {
    for (let at = 0; at < text.length; ) {
      const before = this.#parser.rows;
      at = this.#parser.parse(text, at);
      this.#countRows(this.#parser.rows - before);
      if (this.#parser.isFull) await this.#writeBlock();
      else if (at < text.length) {
        const end = lineEnd(text, at);
        await this.#addUnusual(text.toString("utf8", at, end));
        at = this.#skipBlankLines(text, afterLineEnd(text, end));
      }
    }
  }

  /** A problem with the line that comes next. */
  atNextLine(problem: string): InputError {
    return new InputError(`${this.path}, line ${this.#lines + 1}: ${problem}`);
  }

  #countRows(rows: number): void {
    if (rows === 0) return;
    this.#rows += rows;
    this.#lines += rows;
    this.#emptyLines = 0;
    if (this.#rows - this.bad.length > this.maxRows)
      throw new InputError(
        `${this.path} has more than ${this.maxRows.toLocaleString("en-US")} rows, which is the limit`,
      );
  }

  #countEmptyLine(): void {
    this.#lines++;
    if (++this.#emptyLines < mostEmptyLines) return;
    throw this.atNextLine(`the ${mostEmptyLines.toLocaleString("en-US")} lines before it hold no good row`);
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

  /** Writes what is left. @returns the names of each nominal column */
  async finish(): Promise<CopyMetadata["names"]> {
    if (this.#rows === this.bad.length)
      throw new InputError(`${this.path} has no ${this.#rows === 0 ? "rows" : "good row"}`);
    if (this.#parser.rows > 0) await this.#writeBlock();
    if (this.bad.length > 0) await this.rejected?.flush();
    return Object.fromEntries([...this.#names].map(([i, names]) => [columnName(i), [...names.keys()]]));
  }

  /** A line that the parser leaves: blank, a header, bad, or good in another form. */
  async #addUnusual(line: string): Promise<void> {
    const isTooLong = line.length > longestLine;
    if (!isTooLong && line.trim() !== "" && !this.#header) {
      const fields = rowFields(line, this.layout);
      if (fields.length === this.layout.columns && this.#parser.add(fields)) return this.#countRows(1);
    }
    this.#countEmptyLine();
    if (line.trim() === "") return;
    if (this.#header) {
      this.#header = false;
      return;
    }
    const problem = isTooLong ? lineTooLong : (rowProblem(line, this.layout) ?? "is no good row");
    if (!this.rejected) throw new InputError(`${this.path}, line ${this.#lines}: ${problem}`);
    this.bad.push(++this.#rows);
    if (this.bad.length > mostBadRows)
      throw new InputError(`${this.path} has more than ${mostBadRows.toLocaleString("en-US")} bad rows`);
    await this.rejected.add(this.#lines, problem, line.slice(0, longestLine));
  }

  async #writeBlock(): Promise<void> {
    const { rows, columns } = this.#parser.block();
    const encoded = columns.map(({ dictionary, codes }, i) => {
      if (dictionary instanceof Float64Array) return { dictionary, codes };
      return { dictionary: this.#numberNames(i, dictionary, codes), codes };
    });
    if (rows > 0) await this.writer.write({ rows, columns: encoded });
    this.#parser.clear();
  }

  /** The numbers of the names that rows have. A dictionary may hold others, met in bad rows: theirs is of no use. */
  #numberNames(column: number, dictionary: readonly string[], codes: ParsedColumn["codes"]): Float64Array {
    const names = this.#names.get(column) as Map<string, number>;
    const used = new Uint8Array(dictionary.length);
    for (let row = 0; row < codes.length; row++) used[codes[row]] = 1;
    const numbers = Float64Array.from(dictionary, (name, code) => {
      if (used[code] === 1 && !names.has(name)) names.set(name, names.size);
      return names.get(name) ?? 0;
    });
    if (names.size > mostCategories) {
      throw new InputError(
        `${this.path} has more than ${mostCategories} different values in the column ${columnName(column)}; ` +
          "no more can be told apart",
      );
    }
    return numbers;
  }
}

function columnName(column: number): string {
  return kddFeatures[column]?.name ?? "label";
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
