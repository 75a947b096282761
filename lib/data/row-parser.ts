import { featureNumber, fieldValue, kddFeatures, type Layout } from "./schema";

/** Rows of a block: so few that 16 bits tell all values of a column apart. */
const blockRows = 65_536;

/** Entries of the cache of fields: enough that fields in use seldom displace each other. A power of two. */
const cacheEntries = 65_536;

/** Digits of which no whole number loses one as a float. */
const exactDigits = 15;

// Bytes
const tab = 9;
const space = 32;
const lineFeed = 10;
const carriageReturn = 13;
const comma = 44;
const dot = 46;
const zero = 48;

/** A column of the rows of a block: `dictionary[codes[row]]`, of numbers or of names. */
export interface ParsedColumn {
  readonly dictionary: Float64Array | readonly string[];
  readonly codes: Uint16Array;
}

/** The values of a column met in a block, numbered in the order of their first appearance. */
class Dictionary {
  readonly #codeOfValue = new Map<string | number, number>();
  readonly #codeOfText = new Map<string, number>();

  constructor(private readonly column: number) {}

  get size(): number {
    return this.#codeOfValue.size;
  }

  /** The code of a field as it is written; undefined if it is not good. */
  code(text: string): number | undefined {
    const known = this.#codeOfText.get(text);
    if (known !== undefined) return known;
    const value = fieldValue(text, this.column);
    if (value === undefined) return undefined;
    const code = this.valueCode(value);
    this.#codeOfText.set(text, code);
    return code;
  }

  valueCode(value: string | number): number {
    const known = this.#codeOfValue.get(value);
    if (known !== undefined) return known;
    const code = this.#codeOfValue.size;
    this.#codeOfValue.set(value, code);
    return code;
  }

  values(): Float64Array | string[] {
    const values = [...this.#codeOfValue.keys()];
    return isNominal(this.column) ? (values as string[]) : Float64Array.from(values as number[]);
  }
}

function isNominal(column: number): boolean {
  return column === kddFeatures.length || kddFeatures[column].measure === "nominal";
}

/** The number that digits stand for, with at most one dot after the first, as `Number` reads it; NaN for other bytes. */
function plainNumber(bytes: Buffer, start: number, end: number): number {
  if (start === end || end - start > exactDigits) return Number.NaN;
  let digits = 0;
  let divisor = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - zero;
    if (digit >= 0 && digit <= 9) {
      digits = 10 * digits + digit;
      divisor *= 10;
    } else if (bytes[at] === dot && divisor === 0 && at > start) divisor = 1;
    else return Number.NaN;
  }
  return divisor > 1 ? digits / divisor : digits; // both exact, so the quotient is rounded once
}

/**
 * Parses lines into dictionary-encoded columns, block by block. Fields of traffic repeat, so a field is not read as a
 * number or a name but looked up by its bytes; only one not met before is made a string, checked, and converted.
 */
export class RowParser {
  readonly #columns: number;
  readonly #codes: readonly Uint16Array[];
  #dictionaries: Dictionary[] = [];
  /** Four numbers an entry: the field's bytes in two of them, its length and column, its code. */
  readonly #cache = new Int32Array(4 * cacheEntries);
  #rows = 0;
  #isFull = false;

  constructor({ columns }: Layout) {
    this.#columns = columns;
    const encoded = Math.min(columns, kddFeatures.length + 1); // NSL-KDD's difficulty is not read
    this.#codes = Array.from({ length: encoded }, () => new Uint16Array(blockRows));
    this.clear();
  }

  /** Rows of the present block. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether the block must be cleared before more rows can be added. */
  get isFull(): boolean {
    return this.#isFull || this.#rows === blockRows;
  }

  /** Begins a new block. */
  clear(): void {
    this.#dictionaries = this.#codes.map((_, column) => new Dictionary(column));
    this.#cache.fill(0);
    this.#rows = 0;
    this.#isFull = false;
  }

  /** The present block, valid until it is cleared. Names of bad lines may be in its dictionaries. */
  block(): { readonly rows: number; readonly columns: readonly ParsedColumn[] } {
    const columns = this.#codes.map((codes, i) => ({
      dictionary: this.#dictionaries[i].values(),
      codes: codes.subarray(0, this.#rows),
    }));
    return { rows: this.#rows, columns };
  }

  /**
   * Adds the rows of whole lines, each with its line end, until the bytes end, the block is full, or a line comes that
   * is bad or unusual: blank, or with quotes or other marks, blanks within a field, or a comma at its end.
   *
   * @returns the position after the last row added
   */
  parse(bytes: Buffer, start: number): number {
    let position = start;
    while (position < bytes.length && !this.isFull) {
      const end = this.#parseLine(bytes, position);
      if (end < 0) break;
      this.#rows++;
      position = end;
    }
    return position;
  }

  /** Adds a row by its fields, without quotes; false if one of them is not good. */
  add(fields: readonly string[]): boolean {
    for (const [column, codes] of this.#codes.entries()) {
      const field = Buffer.from(fields[column]);
      const code = this.#lookUp(column, field, 0, field.length);
      if (code === undefined) return false;
      codes[this.#rows] = code;
    }
    this.#rows++;
    return true;
  }

  /** Stores the codes of a line. @returns the position after it; -1 if it is bad or unusual */
  #parseLine(bytes: Buffer, start: number): number {
    const cache = this.#cache;
    const codes = this.#codes;
    const row = this.#rows;
    const last = this.#columns - 1;
    let at = start;
    for (let column = 0; column <= last; column++) {
      let low = 0;
      let high = 0;
      let byte = bytes[at];
      while (byte === space || byte === tab) byte = bytes[++at];
      const from = at;
      // Letters, digits, dot, minus: all greater than a comma. One comparison a byte pays here.
      while (byte > comma) {
        high = (high << 8) | (low >>> 24);
        low = (low << 8) | byte;
        byte = bytes[++at];
      }
      const length = at - from;
      while (byte === space || byte === tab) byte = bytes[++at];
      const ends = column < last ? byte === comma : byte === lineFeed || byte === carriageReturn;
      if (!ends) return -1;
      at++;
      if (column === codes.length) continue;

      const key = (length << 8) | (column + 1);
      const hash = Math.imul(low, 0x85ebca6b) + Math.imul(high, 0x9e3779b1) + Math.imul(column, 0xc2b2ae35);
      const entry = (hash >>> 16) * 4;
      let code: number | undefined = cache[entry + 3];
      if (cache[entry] !== low || cache[entry + 1] !== high || cache[entry + 2] !== key) {
        code = this.#lookUp(column, bytes, from, from + length);
        if (code === undefined) return -1;
        if (length <= 8) {
          // Of a longer one, these are not all bytes.
          cache[entry] = low;
          cache[entry + 1] = high;
          cache[entry + 2] = key;
          cache[entry + 3] = code;
        }
      }
      codes[column][row] = code;
    }
    return bytes[at - 1] === carriageReturn && bytes[at] === lineFeed ? at + 1 : at;
  }

  #lookUp(column: number, bytes: Buffer, start: number, end: number): number | undefined {
    const dictionary = this.#dictionaries[column];
    const number = isNominal(column) ? Number.NaN : plainNumber(bytes, start, end);
    const value = number >= 0 ? featureNumber(number, kddFeatures[column]) : undefined;
    const code =
      value === undefined ? dictionary.code(bytes.toString("utf8", start, end)) : dictionary.valueCode(value);
    if (dictionary.size === blockRows) this.#isFull = true;
    return code;
  }
}
