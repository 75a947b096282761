import { createHash } from "node:crypto";
import { InputError } from "../common/errors";
import { contentOf, wholeLines } from "./content";
import { type EncodedColumn, type ParquetColumn, ParquetReader, ParquetWriter } from "./parquet";
import { RejectedRows } from "./rejected-rows";
import { RowParser } from "./row-parser";
import { kddFeatures, type Layout, rowFields, rowProblem } from "./schema";

/** Names of a column that can be told apart: codes of 16 bits, as they are stored, leave one value unused. */
const mostCategories = 65_535;

export interface CheckedCopyOptions {
  /** Whether to find the SHA-256 of the file's content. Default: no. */
  readonly hashContent?: boolean;
  /** Where bad rows go, with line number and reason as CSV. Default: the first bad row is refused. */
  readonly rejectedFile?: string;
  readonly signal?: AbortSignal;
}

/**
 * Copies a data file to Parquet and checks each row; one pass, in constant memory.
 *
 * @returns the 1-based numbers of the bad rows, counted without header and blank lines
 * @throws {InputError} that names line and column of a bad row if there is no `rejectedFile`; if no row is good
 */
export async function writeCheckedCopy(
  path: string,
  layout: Layout,
  copy: string,
  { hashContent = false, rejectedFile, signal }: CheckedCopyOptions = {},
): Promise<readonly number[]> {
  const hash = hashContent ? createHash("sha256") : undefined;
  const columns = copyColumns(layout);
  const writer = await ParquetWriter.create(copy, columns);
  const rejected = rejectedFile === undefined ? undefined : new RejectedRows(rejectedFile);
  try {
    const rows = new CheckedRows(path, layout, columns, writer, rejected);
    for await (const text of wholeLines(contentOf(path, layout.gzip, hash))) {
      signal?.throwIfAborted();
      await rows.add(text);
    }
    const categories = await rows.finish();
    await writer.finish({
      ...(hash && { content: hash.digest("hex") }),
      categories: JSON.stringify(categories),
    });
    return rows.bad;
  } finally {
    await writer.close();
    await rejected?.close();
  }
}

/** What a checked copy holds beside its rows. */
export interface CopyFacts {
  readonly rows: number;
  /** SHA-256 of the content of the file that it was made from, if that was asked for. */
  readonly contentSha256?: string;
  /** The names that occur in each nominal column, sorted. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/** Opens a checked copy. @throws {Error} if there is none or it is damaged */
export async function openCheckedCopy(copy: string): Promise<{ reader: ParquetReader; facts: CopyFacts }> {
  const reader = await ParquetReader.open(copy);
  const { content, categories } = reader.metadata;
  return { reader, facts: { rows: reader.rows, contentSha256: content, categories: JSON.parse(categories) } };
}

function copyColumns({ columns }: Layout): ParquetColumn[] {
  const types = { nominal: "text", amount: "double", count: "float", rate: "float", flag: "float" } as const;
  const features = kddFeatures.map(({ name, measure }): ParquetColumn => ({ name, type: types[measure] }));
  return columns === 41 ? features : [...features, { name: "label", type: "text" }];
}

/** Rows on their way from the lines of a file to its copy. */
class CheckedRows {
  /** 1-based numbers of bad rows. */
  readonly bad: number[] = [];
  readonly #parser: RowParser;
  readonly #categories: Map<number, Set<string>>;
  #lines = 0;
  #rows = 0;
  #header: boolean;

  constructor(
    private readonly path: string,
    private readonly layout: Layout,
    private readonly columns: readonly ParquetColumn[],
    private readonly writer: ParquetWriter,
    private readonly rejected: RejectedRows | undefined,
  ) {
    this.#parser = new RowParser(layout);
    const nominal = [...columns.keys()].filter((i) => columns[i].type === "text");
    this.#categories = new Map(nominal.map((i) => [i, new Set()]));
    this.#header = layout.header;
  }

  /** Adds whole lines. */
  async add(text: Buffer): Promise<void> {
    for (let at = 0; at < text.length; ) {
      const before = this.#parser.rows;
      at = this.#parser.parse(text, at);
      this.#rows += this.#parser.rows - before;
      this.#lines += this.#parser.rows - before;
      if (this.#parser.isFull) await this.#writeBlock();
      else if (at < text.length) {
        const end = lineEnd(text, at);
        await this.#addUnusual(text.toString("utf8", at, end));
        at = end + (text.toString("latin1", end, end + 2) === "\r\n" ? 2 : 1);
      }
    }
  }

  /** Writes what is left. @returns the sorted names of each nominal column */
  async finish(): Promise<CopyFacts["categories"]> {
    if (this.#rows === this.bad.length)
      throw new InputError(`${this.path} has no ${this.#rows === 0 ? "rows" : "good row"}`);
    if (this.#parser.rows > 0) await this.#writeBlock();
    if (this.bad.length > 0) await this.rejected?.flush();
    const sorted = [...this.#categories].map(([i, names]) => [this.columns[i].name, [...names].sort()]);
    return Object.fromEntries(sorted);
  }

  /** A line that the parser leaves: blank, a header, bad, or good in another form. */
  async #addUnusual(line: string): Promise<void> {
    this.#lines++;
    if (line.trim() === "") return;
    if (this.#header) {
      this.#header = false;
      return;
    }
    this.#rows++;
    const fields = rowFields(line, this.layout);
    if (fields.length === this.layout.columns && this.#parser.add(fields)) return;
    const problem = rowProblem(line, this.layout) ?? "is no good row";
    if (!this.rejected) throw new InputError(`${this.path}, line ${this.#lines}: ${problem}`);
    this.bad.push(this.#rows);
    await this.rejected.add(this.#lines, problem, line);
  }

  async #writeBlock(): Promise<void> {
    const block = this.#parser.block();
    for (const [i, names] of this.#categories) {
      for (const name of usedNames(block.columns[i])) names.add(name);
      if (names.size > mostCategories) {
        throw new InputError(
          `${this.path} has more than ${mostCategories} different values in the column ${this.columns[i].name}; ` +
            "no more can be told apart",
        );
      }
    }
    if (block.rows > 0) await this.writer.write(block);
    this.#parser.clear();
  }
}

/** The names that rows have: a dictionary may hold others, met in bad rows. */
function usedNames({ dictionary, codes }: EncodedColumn): string[] {
  const used = new Uint8Array(dictionary.length);
  for (let row = 0; row < codes.length; row++) used[codes[row]] = 1;
  return (dictionary as readonly string[]).filter((_, code) => used[code] === 1);
}

/** The position of the first byte of a line's end, or of the end of the text. */
function lineEnd(text: Buffer, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== 10 && text[at] !== 13) at++;
  return at;
}
