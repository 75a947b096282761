import { createHash, type Hash } from "node:crypto";
import { InputError } from "../../common/errors";
import { breathe, type WorkOptions } from "../../common/progress";
import { beginsAsGzip, contentOf, inputName, lookAt, peek, sourceName, wholeLines } from "../content";
import type { Column, Table } from "../table";
import { CheckedRows, type RowGroup } from "./checked-rows";
import { type DatasetName, datasetName } from "./datasets";
import { layoutOf, recognisedBytes } from "./layout";
import { RejectedRows } from "./rejected-rows";
import { kddFeatures } from "./schema";
import { sources } from "./sources";

const knownSizes = new Set(Object.values(sources).map(({ bytes }) => bytes));

/** A data file that was read. */
export interface Source {
  /** `-` is the standard input. */
  readonly path: string;
  /** The data set that the content is, or the file's name if it is none of the known. */
  readonly name: DatasetName | string;
  /** SHA-256 of the file as it is stored. */
  readonly sha256: string;
  readonly rows: number;
  /** Whether the rows carry labels. */
  readonly labelled: boolean;
  /** 1-based numbers of the rows of the file that were skipped; empty unless that was asked for. */
  readonly skippedRows: readonly number[];
}

export interface ReadKddOptions extends WorkOptions {
  /** Leave bad rows out and write them, with line and reason, to this CSV file. Default: refuse the file. */
  readonly rejectedFile?: string;
  /** A file with more good rows is refused. Default: there is no limit. */
  readonly maxRows?: number;
}

/**
 * Reads a KDD'99 or NSL-KDD file, plain or gzip, with or without header and label, whatever its name.
 *
 * @param path `-` is the standard input
 * @throws {InputError} that names file, line and column if anything is wrong with it
 * @example
 * const { table } = await readKddFile("data/corrected.gz");
 * table.rows; // 311,029
 */
export async function readKddFile(
  path: string,
  options: ReadKddOptions = {},
): Promise<{ readonly source: Source; readonly table: Table }> {
  const reader = new KddReader(path, options);
  for await (const table of reader.blocks(Number.POSITIVE_INFINITY)) return { source: reader.source, table };
  throw new InputError(`${inputName(path)} has no rows`);
}

/**
 * A KDD'99 or NSL-KDD file on its way through: in one pass it is hashed, unpacked, recognised, checked row by row, and
 * parsed into typed columns.
 */
export class KddReader {
  #source: Source | undefined;
  #rows: CheckedRows | undefined;
  /** Bytes of the file, 0 for a pipe, and how many of them were read. */
  bytes = 0;
  bytesRead = 0;

  constructor(
    private readonly path: string,
    private readonly options: ReadKddOptions = {},
  ) {}

  /** 1-based numbers of the bad rows met so far. */
  get skippedRows(): readonly number[] {
    return this.#rows?.bad ?? [];
  }

  /** What the file was, when all of it was read. */
  get source(): Source {
    if (!this.#source) throw new RangeError(`${this.path} was not read to its end`);
    return this.#source;
  }

  /**
   * The rows in tables of `blockRows`, the last with fewer; in constant memory, however long the file. Each table has
   * the names that occur in it. Call it once.
   *
   * @throws {InputError} that names file, line and column if anything is wrong with it
   */
  async *blocks(blockRows: number): AsyncGenerator<Table> {
    const { rejectedFile, maxRows, onProgress, signal } = this.options;
    const name = inputName(this.path);
    await this.#look();
    const stage = `reading ${await sourceName(this.path)}`;
    const stored = createHash("sha256");
    /** Of the content; a file that is not packed, or by its size one of the known, needs no second hash. */
    let content: Hash | undefined;
    const onStored = (bytes: Buffer) => {
      if (this.bytesRead === 0 && beginsAsGzip(bytes) && !knownSizes.has(this.bytes))
        content = createHash("sha256");
      stored.update(bytes);
      this.bytesRead += bytes.length;
      onProgress?.({ stage, done: Math.min(this.bytesRead, this.bytes), total: this.bytes });
    };
    const pieces = contentOf(this.path, { onStored, signal });
    const rejected = rejectedFile === undefined ? undefined : new RejectedRows(rejectedFile);
    try {
      const { first, all } = await peek(pieces, recognisedBytes + 1);
      const layout = layoutOf(name, first);

      this.#rows = new CheckedRows({ name, layout, rejected, maxRows });
      const labelled = layout.columns > kddFeatures.length;
      const parts = new Parts();
      for await (const group of this.#rows.groups(wholeLines(content ? hashed(all, content) : all))) {
        parts.add(group);
        while (parts.rows >= blockRows) yield await parts.take(blockRows);
      }
      const rows = this.#rows.rows - this.#rows.bad.length;
      const sha256 = stored.digest("hex");
      const contentSha256 = content?.digest("hex") ?? sha256;
      const known = datasetName({ sha256, contentSha256, columns: layout.columns, rows });
      this.#source = {
        path: this.path,
        name: known ?? (await sourceName(this.path)),
        sha256,
        rows,
        labelled,
        skippedRows: this.#rows.bad,
      };
      if (parts.rows > 0) yield await parts.take(parts.rows);
    } finally {
      await pieces.return(undefined);
      await rejected?.close();
    }
  }

  async #look(): Promise<void> {
    if (this.path === "-") return;
    const found = await lookAt(this.path);
    if (found.isDirectory()) throw new InputError(`${this.path} is a directory, not a data file`);
    this.bytes = found.size;
  }
}

async function* hashed(pieces: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** Rows of a group that are not in a table yet. */
interface Part {
  readonly group: RowGroup;
  readonly start: number;
  readonly end: number;
}

/** Groups of rows on their way into tables. */
class Parts {
  rows = 0;
  #waiting: Part[] = [];

  add(group: RowGroup): void {
    this.#waiting.push({ group, start: 0, end: group.rows });
    this.rows += group.rows;
  }

  /** The first rows as a table. */
  take(rows: number): Promise<Table> {
    const taken: Part[] = [];
    for (let missing = rows; missing > 0; ) {
      const { group, start, end } = this.#waiting.shift() as Part;
      const cut = Math.min(end, start + missing);
      taken.push({ group, start, end: cut });
      if (cut < end) this.#waiting.unshift({ group, start: cut, end });
      missing -= cut - start;
    }
    this.rows -= rows;
    return tableOf(taken, rows);
  }
}

async function tableOf(parts: readonly Part[], rows: number): Promise<Table> {
  const columns: Column[] = [];
  for (const i of parts[0].group.columns.keys()) {
    columns.push(columnOf(parts, i, rows));
    // Of a long file, codes and columns together would take much memory.
    for (const { group, end } of parts) if (end === group.rows) group.columns[i] = { values: [] };
    await breathe(); // so that it is freed, and signals have their turn
  }
  const features = columns.slice(0, kddFeatures.length);
  const labels = columns.at(kddFeatures.length);
  return { rows, features, ...(labels?.kind === "nominal" && { labels }) };
}

function columnOf(parts: readonly Part[], i: number, rows: number): Column {
  const { name, measure } = kddFeatures[i] ?? { name: "label", measure: "nominal" };
  if (measure !== "nominal") {
    const values = measure === "amount" ? new Float64Array(rows) : new Float32Array(rows);
    decode(values, parts, i, ({ group }) => group.columns[i].values as Float64Array);
    return { kind: "numeric", name, measure, values };
  }
  const namesOf = ({ group }: Part) => group.columns[i].values as readonly string[];
  const categories = [...new Set(parts.flatMap(namesOf))].sort();
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = categories.length <= 255 ? new Uint8Array(rows) : new Uint16Array(rows);
  decode(codes, parts, i, (part) => Float64Array.from(namesOf(part), (name) => codeOf.get(name) as number));
  return { kind: "nominal", name, codes, categories };
}

/** Writes the values of a column, part after part. */
function decode(
  target: Uint8Array | Uint16Array | Float32Array | Float64Array,
  parts: readonly Part[],
  column: number,
  valuesOf: (part: Part) => Float64Array,
): void {
  let at = 0;
  for (const part of parts) {
    const { group, start, end } = part;
    const values = valuesOf(part);
    const { codes } = group.columns[column];
    // A new array holds zeros. Where there is nothing else its memory is never touched: the first touch is what takes long.
    if (codes) decodeRows(target, at, values, codes.subarray(start, end));
    else if (values[0] !== 0) target.fill(values[0], at, at + end - start);
    at += end - start;
  }
}

function decodeRows(
  target: Uint8Array | Uint16Array | Float32Array | Float64Array,
  at: number,
  values: Float64Array,
  codes: Uint8Array | Uint16Array,
): void {
  const zero = values.indexOf(0);
  for (let i = 0; i < codes.length; i++) if (codes[i] !== zero) target[at + i] = values[codes[i]];
}

/** 1-based numbers, in the file, of the rows `start` to `end` (exclusive) that were read; skipped rows count. */
export function rowNumbers(
  { skippedRows }: Pick<Source, "skippedRows">,
  start: number,
  end: number,
): Uint32Array {
  const numbers = new Uint32Array(end - start);
  let skipped = 0;
  for (let row = start; row < end; row++) {
    while (skippedRows[skipped] <= row + 1 + skipped) skipped++;
    numbers[row - start] = row + 1 + skipped;
  }
  return numbers;
}
