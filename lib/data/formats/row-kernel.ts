import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CellKind } from "../columns/cells";
import { endOfLines } from "../content";
import type { Dialect } from "./delimited";

/** What the kernel is to find in the lines of a text. */
export interface RowKernelOptions {
  readonly dialect: Dialect;
  /** Fields of a row. */
  readonly fields: number;
  /** The columns to read. */
  readonly columns: readonly { readonly position: number; readonly kind: CellKind }[];
  /** A line that begins with this field is not regular: it may be the header again. */
  readonly headerStart?: string;
  /** A line without a value in this column is not regular: it may hold nothing. */
  readonly label?: number;
  /** The value of a number that is written in another way, or of a flag; undefined if it is neither. */
  readonly numberOf: (column: number, text: Buffer, start: number, end: number) => number | undefined;
}

/** Of text at once: enough for some lines. */
const leastTextBytes = 65_536;
const textBytesOfField = 64;
const heldNumbers = 65_536; // so few that they stay in the processor's caches
const mostRows = 1_024;
/** Before it stand the kernel's own constants. */
const firstFree = 4_096;
const kindNumbers: Record<CellKind, number> = { number: 1, name: 2, flag: 3 };

/** In the place of a byte, or a column, that there is not. */
const none = 0xffff_ffff;

/** parse-rows.as.ts: what it takes are bytes, addresses in memory, and counts. */
interface Kernel {
  readonly setDialect: (...settings: number[]) => void;
  readonly setPlaces: (...addresses: number[]) => void;
  readonly parseRows: (start: number, end: number, mostRows: number) => number;
  readonly position: { readonly value: number };
}

/**
 * Finds the rows of regular lines by their bytes, in WebAssembly: numbers are computed on the way, of names it is told where
 * they stand. A line that is bad, blank, a comment, or has an escape, a quote within a field or a field over several lines, is not regular.
 */
export class RowKernel {
  readonly #kernel: Kernel;
  /** Bytes of the lines of late: names stand in it. */
  readonly text: Buffer;
  /** The bytes that it is a copy of: which of them, from where to where. */
  #source: Buffer | undefined;
  #from = 0;
  #to = 0;
  /** Where in the memory the last rows begin. */
  #start = 0;
  readonly #mostRows: number;
  readonly #numbers = new Map<number, Float64Array>();
  readonly #names: ReadonlyMap<number, number>;
  readonly #lines: Uint32Array;
  readonly #spans: Uint32Array;

  /** @returns undefined where there is no WebAssembly, or the delimiter has several bytes */
  static create(options: RowKernelOptions): RowKernel | undefined {
    if (typeof WebAssembly === "undefined" || options.dialect.delimiter > "\x7f") return undefined;
    return new RowKernel(options);
  }

  private constructor({ dialect, fields, columns, headerStart, label, numberOf }: RowKernelOptions) {
    const rows = Math.max(1, Math.min(mostRows, Math.floor(heldNumbers / (columns.length + 1))));
    this.#mostRows = rows;
    const names = columns.filter(({ kind }) => kind === "name");
    this.#names = new Map(names.map(({ position }, i) => [position, i]));
    const header = Buffer.from(headerStart ?? "");
    const textBytes = Math.max(leastTextBytes, textBytesOfField * fields);
    const layout = new MemoryLayout();
    const at = {
      stops: layout.place(256),
      kinds: layout.place(8 * (fields + 1)),
      lines: layout.place(4 * rows),
      spans: layout.place(8 * rows * names.length),
      header: layout.place(header.length),
      numbers: layout.place(8 * rows * (columns.length - names.length)),
      text: layout.place(textBytes + 8),
    };
    const memory = new WebAssembly.Memory({ initial: layout.pages });
    const { buffer } = memory;
    setStops(new Uint8Array(buffer, at.stops, 256), dialect);
    new Uint8Array(buffer).set(header, at.header);
    this.#describeColumns(buffer, columns, at);
    this.text = Buffer.from(buffer, at.text, textBytes);
    this.#lines = new Uint32Array(buffer, at.lines, rows);
    this.#spans = new Uint32Array(buffer, at.spans, 2 * rows * names.length);

    const setOther = (column: number, row: number, start: number, end: number) => {
      const value = numberOf(column, this.text, start - at.text, end - at.text);
      if (value === undefined) return 0;
      (this.#numbers.get(column) as Float64Array)[row] = value;
      return 1;
    };
    this.#kernel = startKernel(memory, setOther);
    this.#kernel.setDialect(...dialectCodes(dialect), fields, names.length, label ?? none);
    const headerLength = headerStart === undefined ? -1 : header.length;
    this.#kernel.setPlaces(at.stops, at.kinds, at.lines, at.spans, at.header, headerLength);
  }

  /** Tells the kernel what columns are read as, and where their numbers go. */
  #describeColumns(
    buffer: ArrayBuffer,
    columns: RowKernelOptions["columns"],
    at: { readonly kinds: number; readonly numbers: number },
  ): void {
    let place = at.numbers;
    for (const { position, kind } of columns) {
      const isName = kind === "name";
      const described = new Uint32Array(buffer, at.kinds + 8 * position, 2);
      described[0] = kindNumbers[kind];
      described[1] = isName ? (this.#names.get(position) as number) : place;
      if (isName) continue;
      this.#numbers.set(position, new Float64Array(buffer, place, this.#mostRows));
      place += 8 * this.#mostRows;
    }
  }

  /** Parses regular lines from a position on. @returns the number of rows, `mostRows` at most */
  parse(bytes: Buffer, start: number, most: number): number {
    if (bytes !== this.#source || start < this.#from || start >= this.#to) this.#copy(bytes, start);
    this.#start = this.text.byteOffset + start - this.#from;
    const end = this.text.byteOffset + this.#to - this.#from;
    return this.#kernel.parseRows(this.#start, end, Math.min(most, this.#mostRows));
  }

  /** Takes in whole lines, as many as there is room for. */
  #copy(bytes: Buffer, start: number): void {
    const text = bytes.subarray(start, start + this.text.length);
    this.text.set(text);
    this.#source = bytes;
    this.#from = start;
    this.#to = start + endOfLines(text);
  }

  /** Bytes of the lines that were parsed. */
  get parsedBytes(): number {
    return this.#kernel.position.value - this.#start;
  }

  /** Where a row's line begins, in bytes after the first row's. */
  lineOf(row: number): number {
    return this.#lines[row] - this.#start;
  }

  /** A column's numbers, or flags, by row. */
  numbersOf(column: number): Float64Array {
    return this.#numbers.get(column) as Float64Array;
  }

  /** Where in the text a column's names stand: two numbers a row, `step` from one row to the next. */
  namesOf(column: number): {
    readonly start: (row: number) => number;
    readonly end: (row: number) => number;
  } {
    const name = this.#names.get(column) as number;
    const step = 2 * this.#names.size;
    const { byteOffset } = this.text;
    return {
      start: (row) => this.#spans[row * step + 2 * name] - byteOffset,
      end: (row) => this.#spans[row * step + 2 * name + 1] - byteOffset,
    };
  }
}

/** Gives out parts of a memory, one after the other, each at a multiple of 8 bytes. */
class MemoryLayout {
  #next = firstFree;

  place(bytes: number): number {
    const place = this.#next;
    this.#next += 8 * Math.ceil(bytes / 8);
    return place;
  }

  get pages(): number {
    return Math.ceil(this.#next / 65_536);
  }
}

function code(text: string): number {
  return text.charCodeAt(0);
}

/** Marks the bytes that may end a field. */
function setStops(stops: Uint8Array, { delimiter, quote, escapeCharacter }: Dialect): void {
  for (const stop of ["\n", "\r", quote, escapeCharacter ?? quote, delimiter]) stops[code(stop)] = 1;
}

/** As the kernel's `setDialect` takes them. */
function dialectCodes({ delimiter, quote, escapeCharacter, comment, decimalComma }: Dialect): number[] {
  const [commentCode, point] = [comment === undefined ? none : code(comment), decimalComma ? "," : "."];
  return [code(delimiter), code(quote), code(escapeCharacter ?? quote), commentCode, code(point)];
}

let compiled: WebAssembly.Module | undefined;

function startKernel(
  memory: WebAssembly.Memory,
  setOther: (...place: [number, number, number, number]) => number,
): Kernel {
  compiled ??= new WebAssembly.Module(readFileSync(join(__dirname, "parse-rows.wasm")));
  const imports = { env: { memory }, "parse-rows.as": { setOther } };
  return new WebAssembly.Instance(compiled, imports).exports as unknown as Kernel;
}
