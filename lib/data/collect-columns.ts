import { booleanIn, isMissing, numberIn } from "./infer-columns";
import { type Column, type Measure, missingName } from "./table";

/** Rows of a block of columns. */
export const blockRows = 65_536;

/** What a column is collected as. */
export type CellKind = "number" | "flag" | "name";

/** A column of a block: numbers, or codes of names in the order in which they came. */
export type CollectedCells =
  | { readonly kind: "number"; readonly values: Float64Array }
  | { readonly kind: "name"; readonly codes: Uint16Array; readonly names: readonly string[] };

/** Numbers of one column, on their way. */
export class NumberCells {
  #values = new Float64Array(blockRows);
  #rows = 0;

  constructor(private readonly kind: "number" | "flag" = "number") {}

  add(value: number): void {
    this.#values[this.#rows++] = value;
  }

  /** Adds numbers; NaN in place of those whose bit in `valid` is 0. */
  addAll(values: Float64Array, valid?: Uint8Array): void {
    this.#values.set(values, this.#rows);
    if (valid) {
      for (let i = 0; i < values.length; i++)
        if ((valid[i >> 3] & (1 << (i & 7))) === 0) this.#values[this.#rows + i] = Number.NaN;
    }
    this.#rows += values.length;
  }

  /** The number of a text, NaN if it is missing; undefined if it is none. */
  parse(text: string, decimalComma: boolean): number | undefined {
    if (isMissing(text)) return Number.NaN;
    if (this.kind === "flag") return booleanIn(text);
    return numberIn(decimalComma ? text.replace(",", ".") : text);
  }

  take(): CollectedCells {
    const values = this.#values.subarray(0, this.#rows);
    this.#values = new Float64Array(blockRows);
    this.#rows = 0;
    return { kind: "number", values };
  }
}

/** Texts of up to so many bytes stand in DuckDB's vectors themselves. */
const inlineBytes = 12;
const slots = 1024; // a power of two

/** Names of one column, on their way: a code each, in the order of their first appearance. */
export class NameCells {
  #codes = new Uint16Array(blockRows);
  #rows = 0;
  #codeOfName = new Map<string, number>();
  #codeOfText = new Map<string, number>();
  /** A cache: the four words of a text as DuckDB holds it, and its code. */
  readonly #words = new Int32Array(4 * slots);
  readonly #cached = new Int32Array(slots).fill(-1);

  add(text: string): void {
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
    for (let i = 0; i < rows; i++) {
      const isValid = !valid || (valid[i >> 3] & (1 << (i & 7))) !== 0;
      this.#codes[this.#rows++] = isValid ? this.#codeOfWords(words, 4 * i, () => textAt(i)) : this.#code("");
    }
  }

  take(): CollectedCells {
    const codes = this.#codes.subarray(0, this.#rows);
    const names = [...this.#codeOfName.keys()];
    this.#codes = new Uint16Array(blockRows);
    this.#rows = 0;
    this.#codeOfName = new Map();
    this.#codeOfText = new Map();
    this.#cached.fill(-1);
    return { kind: "name", codes, names };
  }

  #codeOfWords(words: Int32Array, at: number, text: () => string): number {
    if (words[at] > inlineBytes) return this.#code(text());
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
      this.#cached[slot] = this.#code(text());
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
  readonly #blocks: (Float64Array | Uint16Array)[] = [];
  readonly #codeOfName = new Map<string, number>();
  #isDropped = false;

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

  add(cells: CollectedCells): void {
    if (this.#isDropped) return;
    if (cells.kind === "number") this.#blocks.push(cells.values);
    else {
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
      blocks as Float64Array[],
      this.kind === "flag" ? "flag" : undefined,
    );
  }
}

/** Names that a column of 16 bits tells apart; one value is left unused. */
export const mostCategories = 65_535;

/** A column of numbers; with 32 bits where that rounds none of them. */
function numericColumn(name: string, rows: number, blocks: Float64Array[], measure?: Measure): Column {
  const isExact = blocks.every(isExactIn32Bits);
  const values = isExact ? new Float32Array(rows) : new Float64Array(rows);
  let at = 0;
  for (const block of blocks) {
    values.set(block, at);
    at += block.length;
  }
  return { kind: "numeric", name, ...(measure && { measure }), values };
}

function isExactIn32Bits(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++)
    if (Math.fround(values[i]) !== values[i] && !Number.isNaN(values[i])) return false;
  return true;
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
