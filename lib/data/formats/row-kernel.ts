import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CellKind } from "../columns/cells";
import { endOfLines, longestLine } from "../content";
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
  /** A line without a value in this column of names is not regular: it may hold nothing. */
  readonly label?: number;
  /** The value of a number that is written in another way, or of a flag; undefined if it is neither. */
  readonly numberOf: (column: number, text: Buffer, start: number, end: number) => number | undefined;
  /** The code of a name; undefined if it is the label and has no value. */
  readonly codeOf: (column: number, text: Buffer, start: number, end: number) => number | undefined;
}

/** Of text at once, as of rows: so much that what is done for each piece and column does not count. */
const leastTextBytes = 1_048_576;
const textBytesOfField = 64;
const heldNumbers = 524_288;
const mostRows = 8_192;
/** Before it stand the kernel's own constants. */
const firstFree = 4_096;
/** What is remembered of each column of names: parse-rows.as.ts says how. */
const rememberedBytes = 16_384;
const kindNumbers: Record<CellKind, number> = { number: 1, name: 2, flag: 3 };

/** In the place of a byte that there is not. */
const none = 0xffff_ffff;

/** parse-rows.as.ts. */
interface Kernel {
  readonly parseRows: (start: number, end: number, mostRows: number) => number;
  readonly position: { readonly value: number };
}

/**
 * Finds the rows of regular lines by their bytes, in WebAssembly: numbers are computed on the way, codes of names
 * remembered. A line that is bad, blank, a comment, or has an escape, a quote within a field or a field over several lines, is not regular.
 */
export class RowKernel {
  readonly #kernel: Kernel;
  /** Bytes of the lines of late. */
  readonly #text: Buffer;
  /** The bytes that it is a copy of: which of them, from where to where. */
  #source: Buffer | undefined;
  #from = 0;
  #to = 0;
  /** Where in the memory the last rows begin. */
  #start = 0;
  readonly #mostRows: number;
  /** By column. */
  readonly #numbers = new Map<number, Float64Array>();
  readonly #codes = new Map<number, Uint16Array>();
  readonly #remembered: Uint8Array;

  /** @returns undefined where there is no WebAssembly, or the delimiter has several bytes or may stand in a number */
  static create(options: RowKernelOptions): RowKernel | undefined {
    const { delimiter, decimalComma } = options.dialect;
    const isOfNumbers = /[\d-]/.test(delimiter) || delimiter === (decimalComma ? "," : ".");
    if (typeof WebAssembly === "undefined" || delimiter > "\x7f" || isOfNumbers) return undefined;
    return new RowKernel(options);
  }

  private constructor(options: RowKernelOptions) {
    const { dialect, fields, columns, headerStart, numberOf, codeOf } = options;
    this.#mostRows = Math.max(1, Math.min(mostRows, Math.floor(heldNumbers / (columns.length + 1))));
    const names = namesOf(options).length;
    const header = Buffer.from(headerStart ?? "");
    const textBytes = Math.max(leastTextBytes, textBytesOfField * fields);
    const layout = new MemoryLayout();
    const at = {
      stops: layout.place(256),
      kinds: layout.place(8 * (fields + 1)),
      spans: layout.place(8 * names),
      names: layout.place(12 * names),
      header: layout.place(header.length),
      numbers: layout.place(8 * this.#mostRows * (columns.length - names)),
      codes: layout.place(2 * this.#mostRows * names),
      remembered: layout.place(rememberedBytes * names),
      text: layout.place(textBytes + 8),
    };
    const memory = new WebAssembly.Memory({ initial: layout.pages });
    const { buffer } = memory;
    setStops(new Uint8Array(buffer, at.stops, 256), dialect);
    new Uint8Array(buffer).set(header, at.header);
    this.#describeColumns(buffer, options, at);
    this.#remembered = new Uint8Array(buffer, at.remembered, rememberedBytes * names);
    this.#text = Buffer.from(buffer, at.text, textBytes);

    const setOther = (column: number, row: number, start: number, end: number) => {
      const value = numberOf(column, this.#text, start - at.text, end - at.text);
      if (value === undefined) return 0;
      this.numbersOf(column)[row] = value;
      return 1;
    };
    const nameCode = (column: number, start: number, end: number) =>
      codeOf(column, this.#text, start - at.text, end - at.text) ?? -1;
    const settings = {
      ...dialectCodes(dialect),
      ...{ columns: fields, names, longestLine },
      ...{ stops: at.stops, kinds: at.kinds, spans: at.spans, codes: at.names },
      ...{ header: at.header, headerLength: headerStart === undefined ? -1 : header.length },
    };
    this.#kernel = startKernel(memory, { ...settings, setOther, codeOf: nameCode });
  }

  /** Tells the kernel what columns are read as, and where their numbers and codes go. */
  #describeColumns(
    buffer: ArrayBuffer,
    options: RowKernelOptions,
    at: Readonly<Record<"kinds" | "names" | "numbers" | "codes" | "remembered", number>>,
  ): void {
    const rows = this.#mostRows;
    const words = new Uint32Array(buffer);
    const numbers = options.columns.filter(({ kind }) => kind !== "name");
    for (const [i, { position, kind }] of numbers.entries()) {
      const place = at.numbers + 8 * rows * i;
      words.set([kindNumbers[kind], place], at.kinds / 4 + 2 * position);
      this.#numbers.set(position, new Float64Array(buffer, place, rows));
    }
    for (const [i, { position, kind }] of namesOf(options).entries()) {
      const place = at.codes + 2 * rows * i;
      words.set([kindNumbers[kind], i], at.kinds / 4 + 2 * position);
      words.set([position, place, at.remembered + rememberedBytes * i], at.names / 4 + 3 * i);
      this.#codes.set(position, new Uint16Array(buffer, place, rows));
    }
  }

  /** Parses regular lines from a position on. @returns the number of rows, `mostRows` at most */
  parse(bytes: Buffer, start: number, most: number): number {
    if (bytes !== this.#source || start < this.#from || start >= this.#to) this.#copy(bytes, start);
    this.#start = this.#text.byteOffset + start - this.#from;
    const end = this.#text.byteOffset + this.#to - this.#from;
    return this.#kernel.parseRows(this.#start, end, Math.min(most, this.#mostRows));
  }

  /** Takes in whole lines, as many as there is room for. */
  #copy(bytes: Buffer, start: number): void {
    const text = bytes.subarray(start, start + this.#text.length);
    this.#text.set(text);
    this.#source = bytes;
    this.#from = start;
    this.#to = start + endOfLines(text);
  }

  /** Bytes of the lines that were parsed. */
  get parsedBytes(): number {
    return this.#kernel.position.value - this.#start;
  }

  /** A column's numbers, or flags, by row. */
  numbersOf(column: number): Float64Array {
    return this.#numbers.get(column) as Float64Array;
  }

  /** The codes of a column's names, by row. */
  codesOf(column: number): Uint16Array {
    return this.#codes.get(column) as Uint16Array;
  }

  /** Has all codes be asked for again. */
  forgetCodes(): void {
    this.#remembered.fill(0);
  }
}

/** Columns of names, the label first: without a value there, the other names of a line are not looked up. */
function namesOf({ columns, label }: RowKernelOptions): RowKernelOptions["columns"] {
  const isLabel = ({ position }: { readonly position: number }) => Number(position === label);
  return columns.filter(({ kind }) => kind === "name").sort((a, b) => isLabel(b) - isLabel(a));
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

/** Bytes as the kernel's settings have them. */
function dialectCodes({ delimiter, quote, escapeCharacter, comment, decimalComma }: Dialect) {
  return {
    delimiter: code(delimiter),
    quote: code(quote),
    escapeCharacter: code(escapeCharacter ?? quote),
    comment: comment === undefined ? none : code(comment),
    point: code(decimalComma ? "," : "."),
  };
}

let compiled: WebAssembly.Module | undefined;

/** @param imports the kernel's settings, and what it asks for */
function startKernel(memory: WebAssembly.Memory, imports: WebAssembly.ModuleImports): Kernel {
  compiled ??= new WebAssembly.Module(readFileSync(join(__dirname, "parse-rows.wasm")));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory }, "parse-rows.as": imports });
  return exports as unknown as Kernel;
}
