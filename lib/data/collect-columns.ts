import { booleanIn, isMissing, numberIn } from "./infer-columns";
import { type Column, type Measure, missingName, mostCategories } from "./table";

/** Rows of a block of columns. */
export const blockRows = 65_536;

/** What a column is collected as. */
export type CellKind = "number" | "flag" | "name";

/** A column of a block: numbers, or codes of names in the order in which they came. */
export type CollectedCells =
  | { readonly kind: "number"; readonly values: Float32Array | Float64Array; readonly missing: number }
  | { readonly kind: "name"; readonly codes: Uint16Array; readonly names: readonly string[] };

/** Numbers of one column, on their way; in 32 bits as long as that rounds none of them. */
export class NumberCells {
  #values: Float32Array | Float64Array = new Float32Array(0);
  #isWide = false;
  #rows = 0;
  #missing = 0;

  constructor(private readonly kind: "number" | "flag" = "number") {}

  add(value: number): void {
    if (Number.isNaN(value)) this.#missing++;
    else if (Math.fround(value) !== value) this.#isWide = true;
    this.#makeRoom();
    this.#values[this.#rows++] = value;
  }

  /** Adds numbers; NaN in place of those whose bit in `valid` is 0. */
  addAll(numbers: Float64Array, valid?: Uint8Array): void {
    const count = numbers.length;
    if (valid) {
      for (let i = 0; i < count; i++)
        this.add((valid[i >> 3] & (1 << (i & 7))) !== 0 ? unsigned(numbers[i]) : Number.NaN);
      return;
    }
    for (let i = 0; i < count; i++) {
      const value = numbers[i];
      if (Math.fround(value) === value) continue;
      if (Number.isNaN(value)) this.#missing++;
      else this.#isWide = true;
    }
    this.#makeRoom();
    const values = this.#values;
    const start = this.#rows;
    for (let i = 0; i < count; i++) values[start + i] = unsigned(numbers[i]);
    this.#rows += count;
  }

  /** The number of a text, NaN if it is missing; undefined if it is none. */
  parse(text: string, decimalComma: boolean): number | undefined {
    if (isMissing(text)) return Number.NaN;
    if (this.kind === "flag") return booleanIn(text);
    const withPoint = decimalComma ? text.replace(",", ".") : text;
    const value = numberIn(withPoint);
    if (value !== undefined || !/^\+[-n]|\d_\d/i.test(withPoint)) return value;
    // DuckDB reads 1_000, +-1 and +nan, too; a column is taken for numbers by others only.
    const plain = withPoint.replace(/^\+/, "").replaceAll(/(?<=\d)_(?=\d)/g, "");
    return isMissing(plain.toLowerCase()) ? Number.NaN : numberIn(plain);
  }

  take(): CollectedCells {
    const values = this.#values.subarray(0, this.#rows);
    const missing = this.#missing;
    this.#values = new Float32Array(0);
    this.#rows = 0;
    this.#missing = 0;
    return { kind: "number", values, missing };
  }

  /** For a block, and for values as wide as they are. */
  #makeRoom(): void {
    const isNew = this.#values.length === 0;
    if (!isNew && !(this.#isWide && this.#values instanceof Float32Array)) return;
    const before = this.#values.subarray(0, this.#rows);
    this.#values = this.#isWide ? new Float64Array(blockRows) : new Float32Array(blockRows);
    this.#values.set(before);
  }
}

/** A number as our own reader has it: −0 without its sign, and NaN in the one form of its many. */
function unsigned(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value + 0;
}

/** Texts of up to so many bytes stand in DuckDB's vectors themselves. */
const inlineBytes = 12;
const slots = 1024; // a power of two

/** Names of one column, on their way: a code each, in the order of their first appearance. */
export class NameCells {
  #codes = new Uint16Array(0);
  #rows = 0;
  #codeOfName = new Map<string, number>();
  #codeOfText = new Map<string, number>();
  /** A cache: the four words of a text as DuckDB holds it, and its code. */
  readonly #words = new Int32Array(4 * slots);
  readonly #cached = new Int32Array(slots).fill(-1);

  add(text: string): void {
    this.#makeRoom();
    this.#codes[this.#rows++] = this.#code(text);
  }

  /**
   * Adds texts as DuckDB holds them, 16 bytes each: the length, then the text if it is short.
   *
   * @param textAt decodes one of them
   */
  addAll(
    words: Int32Array,
    rows: number,
    valid: Uint8Array | undefined,
    textAt: (row: number) => string,
  ): void {
    this.#makeRoom();
    for (let i = 0; i < rows; i++) {
      const isValid = !valid || (valid[i >> 3] & (1 << (i & 7))) !== 0;
      this.#codes[this.#rows++] = isValid ? this.#codeOfWords(words, i, textAt) : this.#code("");
    }
  }

  take(): CollectedCells {
    const codes = this.#codes.subarray(0, this.#rows);
    const names = [...this.#codeOfName.keys()];
    this.#codes = new Uint16Array(0);
    this.#rows = 0;
    this.#codeOfName = new Map();
    this.#codeOfText = new Map();
    this.#cached.fill(-1);
    return { kind: "name", codes, names };
  }

  #makeRoom(): void {
    if (this.#codes.length === 0) this.#codes = new Uint16Array(blockRows);
  }

  #codeOfWords(words: Int32Array, row: number, textAt: (row: number) => string): number {
    const at = 4 * row;
    if (words[at] > inlineBytes) return this.#code(textAt(row));
    const mixed = Math.imul(
      words[at + 1] ^ Math.imul(words[at + 2], 31) ^ Math.imul(words[at + 3], 961),
      0x9e3779b1,
    );
    const slot = ((mixed >>> 16) ^ words[at]) & (slots - 1);
    const cached = this.#words;
    const place = 4 * slot;
    const isSame =
      this.#cached[slot] >= 0 &&
      cached[place] === words[at] &&
      cached[place + 1] === words[at + 1] &&
      cached[place + 2] === words[at + 2] &&
      cached[place + 3] === words[at + 3];
    if (!isSame) {
      cached.set(words.subarray(at, at + 4), place);
      this.#cached[slot] = this.#code(textAt(row));
    }
    return this.#cached[slot];
  }

  #code(text: string): number {
    const known = this.#codeOfText.get(text);
    if (known !== undefined) return known;
    const trimmed = text.trim();
    const name = isMissing(trimmed) ? missingName : trimmed;
    const code = this.#codeOfName.get(name) ?? this.#codeOfName.size;
    this.#codeOfName.set(name, code);
    this.#codeOfText.set(text, code);
    return code;
  }
}

export function createCells(kind: CellKind): NumberCells | NameCells {
  return kind === "name" ? new NameCells() : new NumberCells(kind);
}

/** A column of features of some blocks, one after the other. */
export class ColumnJoiner {
  readonly #blocks: (Float32Array | Float64Array | Uint16Array)[] = [];
  readonly #codeOfName = new Map<string, number>();
  #isDropped = false;
  #missingNumbers = 0;

  constructor(
    readonly name: string,
    readonly kind: CellKind,
  ) {}

  /** Names so far; more than `mostCategories` can't be told apart, and are given up. */
  get distinctNames(): number {
    return this.#codeOfName.size;
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** Numbers so far that are missing. */
  get missingNumbers(): number {
    return this.#missingNumbers;
  }

  add(cells: CollectedCells): void {
    if (this.#isDropped) return;
    if (cells.kind === "number") {
      this.#blocks.push(cells.values);
      this.#missingNumbers += cells.missing;
    } else {
      const codes = Uint32Array.from(cells.names, (name) => {
        const code = this.#codeOfName.get(name) ?? this.#codeOfName.size;
        this.#codeOfName.set(name, code);
        return code;
      });
      if (this.#codeOfName.size > mostCategories) {
        this.#isDropped = true;
        this.#blocks.length = 0;
      } else this.#blocks.push(cells.codes.map((code) => codes[code]));
    }
  }

  /** The whole column; its blocks are given up. */
  column(rows: number): Column {
    const blocks = this.#blocks.splice(0);
    if (this.kind === "name")
      return nominalColumn(this.name, rows, blocks as Uint16Array[], [...this.#codeOfName.keys()]);
    return numericColumn(
      this.name,
      rows,
      blocks as (Float32Array | Float64Array)[],
      this.kind === "flag" ? "flag" : undefined,
    );
  }
}

/** A column of numbers; with 32 bits where that rounds none of them. */
function numericColumn(
  name: string,
  rows: number,
  blocks: readonly (Float32Array | Float64Array)[],
  measure?: Measure,
): Column {
  const isExact = blocks.every((block) => block instanceof Float32Array);
  const values = isExact ? new Float32Array(rows) : new Float64Array(rows);
  let at = 0;
  for (const block of blocks) {
    values.set(block, at);
    at += block.length;
  }
  return { kind: "numeric", name, ...(measure && { measure }), values };
}

function nominalColumn(name: string, rows: number, blocks: Uint16Array[], names: string[]): Column {
  const categories = [...names].sort();
  const position = new Map(categories.map((category, i) => [category, i]));
  const codeOf = Uint16Array.from(names, (category) => position.get(category) as number);
  const codes = categories.length <= 255 ? new Uint8Array(rows) : new Uint16Array(rows);
  let at = 0;
  for (const block of blocks) for (let i = 0; i < block.length; i++) codes[at++] = codeOf[block[i]];
  return { kind: "nominal", name, codes, categories };
}
