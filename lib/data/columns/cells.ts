/// <reference lib="es2024.arraybuffer" />

import { textAt } from "../formats/text";
import { missingName } from "../table";
import { booleanIn, isMissing, numberIn } from "./infer-columns";
import { TextCache } from "./text-cache";

/** Rows of the longest block of columns. The more columns, the fewer, so that what is held has a limit. */
export const mostBlockRows = 65_536;

/** What a column is collected as. */
export type CellKind = "number" | "flag" | "name";

/** Rows that were read, one column after the other, in memory that can be given back at once. */
export interface CollectedBlock {
  readonly rows: number;
  readonly columns: readonly CollectedCells[];
  readonly memory: ArrayBuffer;
}

/** A column of a block: numbers, or codes of names in the order in which they came. */
export type CollectedCells =
  | { readonly kind: "number"; readonly values: Float32Array | Float64Array; readonly missing: number }
  | {
      readonly kind: "name";
      readonly codes: Uint16Array;
      readonly names: readonly string[];
      readonly missing: number;
    };

/** The memory of a block: as much of it as its columns ask for, one after the other. */
class BlockMemory {
  readonly buffer: ArrayBuffer;
  #next = 0;

  constructor(mostBytes: number) {
    this.buffer = new ArrayBuffer(0, { maxByteLength: mostBytes });
  }

  /** @returns where so many bytes begin, a multiple of 8 */
  place(bytes: number): number {
    const place = this.#next;
    this.#next += 8 * Math.ceil(bytes / 8);
    this.buffer.resize(this.#next);
    return place;
  }
}

/** Numbers of one column of a block, on their way: with 32 bits until one comes that these would round. */
export class NumberCells {
  #memory: BlockMemory | undefined;
  #values: Float32Array | Float64Array = new Float32Array(0);
  #missing = 0;
  #cache: TextCache | undefined;

  constructor(
    readonly kind: "number" | "flag" = "number",
    private readonly decimalComma = false,
  ) {}

  /** Makes room for a block. */
  start(rows: number, memory: BlockMemory): void {
    this.#memory = memory;
    this.#values = new Float32Array(memory.buffer, memory.place(4 * rows), rows);
    this.#missing = 0;
  }

  set(row: number, number: number): void {
    one[0] = number;
    this.setAll(row, one);
  }

  /** Sets the first `count` numbers from a row on, `mostAtOnce` at most. Rows come in their order. */
  setAll(row: number, numbers: Float64Array, count = numbers.length): void {
    const { missing, rounded } = narrowed(numbers, count);
    this.#missing += missing;
    if (rounded > 0 && this.#values instanceof Float32Array) this.#widen(row);
    const values = this.#values instanceof Float32Array ? narrow : numbers;
    this.#values.set(values.subarray(0, count), row);
  }

  /** The number of a text among some bytes, as {@link parse} has it. */
  numberAt(bytes: Buffer, start: number, end: number): number | undefined {
    this.#cache ??= new TextCache((text, from, to) => this.parse(text.toString("latin1", from, to)));
    return this.#cache.get(bytes, start, end);
  }

  /** The number of a text, NaN if it is missing; undefined if it is none. */
  parse(text: string): number | undefined {
    if (isMissing(text)) return Number.NaN;
    if (this.kind === "flag") return booleanIn(text);
    return numberIn(this.decimalComma ? text.replace(",", ".") : text);
  }

  /** The numbers of the first rows. */
  take(rows: number): CollectedCells {
    return { kind: "number", values: this.#values.subarray(0, rows), missing: this.#missing };
  }

  /** Goes on with 64 bits; so many rows are there. */
  #widen(rows: number): void {
    const { buffer } = this.#memory as BlockMemory;
    const { length } = this.#values;
    const values = new Float64Array(buffer, (this.#memory as BlockMemory).place(8 * length), length);
    values.set(this.#values.subarray(0, rows));
    this.#values = values;
  }
}

/** Numbers that are set at once, at most. */
const mostAtOnce = 8_192;

const one = new Float64Array(1);
const narrow = new Float32Array(mostAtOnce);

/** Sets numbers with 32 bits in `narrow`; tells how many are missing, and how many were rounded. */
function narrowed(
  numbers: Float64Array,
  count: number,
): { readonly missing: number; readonly rounded: number } {
  let missing = 0;
  let unlike = 0;
  for (let i = 0; i < count; i++) {
    const value = numbers[i];
    narrow[i] = value;
    if (narrow[i] !== value) unlike++;
    if (Number.isNaN(value)) missing++;
  }
  return { missing, rounded: unlike - missing };
}

/** Names of one column of a block, on their way: a code each, in the order of their first appearance. */
export class NameCells {
  #codes = new Uint16Array(0);
  #codeOfName = new Map<string, number>();
  readonly #cache = new TextCache((bytes, start, end) => this.codeOf(textAt(bytes, start, end).trim()));

  /** Makes room for a block, which has no names yet. */
  start(rows: number, memory: BlockMemory): void {
    this.#codes = new Uint16Array(memory.buffer, memory.place(2 * rows), rows);
    this.#codeOfName = new Map();
    this.#cache.clear();
  }

  set(row: number, text: string): void {
    this.#codes[row] = this.codeOf(text.trim());
  }

  /** Sets the first `count` codes from a row on. */
  setAll(row: number, codes: Uint16Array, count: number): void {
    this.#codes.set(codes.subarray(0, count), row);
  }

  setText(row: number, bytes: Buffer, start: number, end: number): void {
    this.#codes[row] = this.#cache.get(bytes, start, end) as number;
  }

  /** The names of the first rows. */
  take(rows: number): CollectedCells {
    const codes = this.#codes.subarray(0, rows);
    const code = this.#codeOfName.get(missingName);
    let missing = 0;
    if (code !== undefined) for (let row = 0; row < rows; row++) if (codes[row] === code) missing++;
    return { kind: "name", codes, names: [...this.#codeOfName.keys()], missing };
  }

  /** The code of a text, without blanks around it, in this block. */
  codeOf(text: string): number {
    const name = isMissing(text) ? missingName : text;
    const code = this.#codeOfName.get(name) ?? this.#codeOfName.size;
    this.#codeOfName.set(name, code);
    return code;
  }
}

/** Columns on their way, block by block. */
export class BlockCells {
  readonly columns: readonly (NumberCells | NameCells)[];
  /** Rows that a block has room for. */
  readonly mostRows: number;
  #memory: BlockMemory;

  /** @param decimalComma whether 3,14 is a number */
  constructor(kinds: readonly CellKind[], decimalComma = false) {
    this.columns = kinds.map((kind) =>
      kind === "name" ? new NameCells() : new NumberCells(kind, decimalComma),
    );
    this.mostRows = Math.min(mostBlockRows, Math.max(2_048, Math.floor(1_048_576 / kinds.length)));
    this.#memory = this.#start();
  }

  /** The first rows of a block. The next one begins with none. */
  take(rows: number): CollectedBlock {
    const block = {
      rows,
      columns: this.columns.map((column) => column.take(rows)),
      memory: this.#memory.buffer,
    };
    this.#memory = this.#start();
    return block;
  }

  #start(): BlockMemory {
    const memory = new BlockMemory(this.columns.length * (4 + 8) * this.mostRows);
    for (const column of this.columns) column.start(this.mostRows, memory);
    return memory;
  }
}
