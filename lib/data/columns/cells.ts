/// <reference lib="es2024.arraybuffer" />

import { textAt } from "../formats/text";
import { missingName } from "../table";
import { booleanIn, isMissing, numberIn } from "./infer-columns";
import { TextCache } from "./text-cache";

/** Rows of the longest block of columns. */
export const mostBlockRows = 65_536;

/** Rows of a block of so many columns: the wider, the fewer, so that what is held has a limit. */
export function blockRowsOf(columns: number): number {
  return Math.min(mostBlockRows, Math.max(2_048, Math.floor(1_048_576 / columns)));
}

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

interface CellsOptions {
  /** Rows that there is room for. */
  readonly blockRows?: number;
  /** Whether 3,14 is a number. */
  readonly decimalComma?: boolean;
}

/** Numbers of one column of a block, on their way. */
export class NumberCells {
  /** By row. */
  readonly values: Float64Array;
  readonly #decimalComma: boolean;
  #cache: TextCache | undefined;

  constructor(
    readonly kind: "number" | "flag" = "number",
    { blockRows = mostBlockRows, decimalComma = false }: CellsOptions = {},
  ) {
    this.values = new Float64Array(blockRows);
    this.#decimalComma = decimalComma;
  }

  /** Sets numbers from a row on; NaN in place of those whose bit in `valid` is 0. */
  setAll(row: number, numbers: Float64Array, valid?: Uint8Array): void {
    for (let i = 0; i < numbers.length; i++) {
      const isValid = !valid || (valid[i >> 3] & (1 << (i & 7))) !== 0;
      this.values[row + i] = isValid ? unsigned(numbers[i]) : Number.NaN;
    }
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
    return numberIn(this.#decimalComma ? text.replace(",", ".") : text);
  }

  /** The numbers of the first rows, at a place in the memory; in 32 bits if that rounds none of them. */
  take(rows: number, memory: ArrayBuffer, place: number): CollectedCells {
    const values = this.values.subarray(0, rows);
    const { missing, rounded } = countNumbers(values);
    const copy =
      rounded === 0 ? new Float32Array(memory, place, rows) : new Float64Array(memory, place, rows);
    copy.set(values);
    return { kind: "number", values: copy, missing };
  }
}

/** How many are missing, and how many 32 bits would round. */
function countNumbers(values: Float64Array): { readonly missing: number; readonly rounded: number } {
  let missing = 0;
  let unlike = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Math.fround(value) !== value) unlike++;
    if (Number.isNaN(value)) missing++;
  }
  return { missing, rounded: unlike - missing };
}

/** −0 without its sign, and NaN in the one form of its many. */
function unsigned(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value + 0;
}

/** Names of one column of a block, on their way: a code each, in the order of their first appearance. */
export class NameCells {
  readonly #codes: Uint16Array;
  #codeOfName = new Map<string, number>();
  readonly #cache = new TextCache((bytes, start, end) => this.#code(textAt(bytes, start, end)));

  constructor({ blockRows = mostBlockRows }: CellsOptions = {}) {
    this.#codes = new Uint16Array(blockRows);
  }

  set(row: number, text: string): void {
    this.#codes[row] = this.#code(text);
  }

  setText(row: number, bytes: Buffer, start: number, end: number): void {
    this.#codes[row] = this.#cache.get(bytes, start, end) as number;
  }

  /** The names of the first rows, at a place in the memory. The next block begins with none. */
  take(rows: number, memory: ArrayBuffer, place: number): CollectedCells {
    const codes = this.#codes.subarray(0, rows);
    const copy = new Uint16Array(memory, place, rows);
    copy.set(codes);
    const names = [...this.#codeOfName.keys()];
    const code = this.#codeOfName.get(missingName);
    let missing = 0;
    if (code !== undefined) for (let row = 0; row < rows; row++) if (codes[row] === code) missing++;
    this.#codeOfName = new Map();
    this.#cache.clear();
    return { kind: "name", codes: copy, names, missing };
  }

  #code(text: string): number {
    const trimmed = text.trim();
    const name = isMissing(trimmed) ? missingName : trimmed;
    const code = this.#codeOfName.get(name) ?? this.#codeOfName.size;
    this.#codeOfName.set(name, code);
    return code;
  }
}

export function createCells(kind: CellKind, options?: CellsOptions): NumberCells | NameCells {
  return kind === "name" ? new NameCells(options) : new NumberCells(kind, options);
}

/** The first rows of columns, which can then take others. */
export function takeBlock(cells: readonly (NumberCells | NameCells)[], rows: number): CollectedBlock {
  const bytes = 8 * rows * cells.length; // at most: what is not written to is not even there
  const memory = new ArrayBuffer(bytes, { maxByteLength: bytes });
  let place = 0;
  const columns = cells.map((column) => {
    const taken = column.take(rows, memory, place);
    const { byteLength } = taken.kind === "name" ? taken.codes : taken.values;
    place += 8 * Math.ceil(byteLength / 8);
    return taken;
  });
  return { rows, columns, memory };
}
