import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endOfLines } from "../content";
import { kddColumns, type Layout, readField } from "./schema";

/** Rows of a block: so few that 16 bits tell all values of a column apart. */
export const blockRows = 65_536;

// What the kernel works on, one after the other: its cache of fields, a block's codes column by column, and some text.
const cacheBytes = 16 * 65_536;
const columnBytes = 2 * blockRows + 64; // a power of two would have the codes of a row displace each other in caches
const textBytes = 32_768; // little, as it is copied again after each line that is left to others

/** Blank lines begin with a byte up to this one: they are left at once. */
const carriageReturn = 13;

/** A column of the rows of a block: `dictionary[codes[row]]`, of numbers or of names. */
export interface ParsedColumn {
  readonly dictionary: Float64Array | readonly string[];
  readonly codes: Uint16Array;
}

/** The values of a column met in a block, numbered in the order of their first appearance. */
class Dictionary {
  readonly #codeOfValue = new Map<string | number, number>();
  /** Of texts that are too long for the kernel's cache. */
  readonly #codeOfText = new Map<string, number>();

  constructor(private readonly column: number) {}

  /** Whether no code is left. */
  get isFull(): boolean {
    return this.#codeOfValue.size === blockRows;
  }

  /** The code of a field as it is written; undefined if it is not good. */
  code(text: string): number | undefined {
    const isLong = text.length > 8;
    const known = isLong ? this.#codeOfText.get(text) : undefined;
    if (known !== undefined) return known;
    const { value } = readField(text, this.column);
    if (value === undefined) return undefined;
    const code = this.#codeOfValue.get(value) ?? this.#codeOfValue.size;
    this.#codeOfValue.set(value, code);
    if (isLong) this.#codeOfText.set(text, code);
    return code;
  }

  values(): Float64Array | string[] {
    const values = [...this.#codeOfValue.keys()];
    const { measure } = kddColumns[this.column];
    return measure === "nominal" ? (values as string[]) : Float64Array.from(values as number[]);
  }
}

/** parse-lines.as.ts. */
interface Kernel {
  readonly parseLines: (start: number, end: number, rows: number, codes: number) => number;
  readonly position: { readonly value: number };
}

/** The kernel and its memory. Without WebAssembly there is only the memory. */
function createKernel(
  bytes: number,
  imports: WebAssembly.ModuleImports,
): { readonly buffer: ArrayBuffer; readonly kernel?: Kernel } {
  if (typeof WebAssembly === "undefined") return { buffer: new ArrayBuffer(bytes) };
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const module = new WebAssembly.Module(readFileSync(join(__dirname, "parse-lines.wasm")));
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, "parse-lines.as": imports });
  return { buffer: memory.buffer, kernel: exports as unknown as Kernel };
}

/**
 * Parses lines into dictionary-encoded columns, block by block. Fields of traffic repeat, so a field is not read as a
 * number or a name but looked up by its bytes, in WebAssembly; only one not met before is checked and converted here.
 */
export class RowParser {
  readonly #cache: Uint8Array;
  readonly #codes: readonly Uint16Array[];
  readonly #text: Buffer;
  /** Undefined where there is no WebAssembly. */
  readonly #kernel: Kernel | undefined;
  #dictionaries: Dictionary[] = [];
  #rows = 0;

  constructor({ columns }: Layout) {
    const textAt = cacheBytes + columns * columnBytes;
    const bytes = textAt + textBytes + 8; // the text is read by eight bytes
    const lookUp = (column: number, start: number, end: number) =>
      this.#lookUp(column, start - textAt, end - textAt) ?? -1;
    const { buffer, kernel } = createKernel(bytes, { columns, columnBytes, cache: 0, lookUp });
    this.#kernel = kernel;
    this.#cache = new Uint8Array(buffer, 0, cacheBytes);
    const encoded = Math.min(columns, kddColumns.length); // NSL-KDD's difficulty is not read
    this.#codes = Array.from(
      { length: encoded },
      (_, column) => new Uint16Array(buffer, cacheBytes + column * columnBytes, blockRows),
    );
    this.#text = Buffer.from(buffer, textAt, textBytes);
    this.clear();
  }

  /** Rows of the present block. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether the block must be cleared before more rows can be added. */
  get isFull(): boolean {
    return this.#rows === blockRows || this.#dictionaries.some(({ isFull }) => isFull);
  }

  /** Begins a new block. */
  clear(): void {
    this.#dictionaries = this.#codes.map((_, column) => new Dictionary(column));
    this.#cache.fill(0);
    this.#rows = 0;
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
   * is bad or unusual: blank, very long, or with quotes or other marks, blanks within a field, or a comma at its end.
   * Without WebAssembly every line is unusual.
   *
   * @returns the position after the last row added
   */
  parse(bytes: Buffer, start: number): number {
    let position = start;
    while (position < bytes.length && bytes[position] > carriageReturn && !this.isFull) {
      const parsed = this.#parseText(bytes.subarray(position, position + textBytes));
      if (parsed === 0) break;
      position += parsed;
    }
    return position;
  }

  /** Adds the rows of a text that may end within a line. @returns the position after the last row added */
  #parseText(text: Buffer): number {
    if (!this.#kernel) return 0;
    const { parseLines, position } = this.#kernel;
    this.#text.set(text);
    const start = this.#text.byteOffset;
    const [end, codes] = [start + endOfLines(text), cacheBytes + 2 * this.#rows];
    this.#rows += parseLines(start, end, blockRows - this.#rows, codes);
    return position.value - start;
  }

  /** Adds a row by its fields, without quotes; false if one of them is not good. */
  add(fields: readonly string[]): boolean {
    for (const [column, codes] of this.#codes.entries()) {
      const code = this.#dictionaries[column].code(fields[column]);
      if (code === undefined) return false;
      codes[this.#rows] = code;
    }
    this.#rows++;
    return true;
  }

  /** The code of a field of the text; undefined if it is not good, or belongs to the next block. */
  #lookUp(column: number, start: number, end: number): number | undefined {
    if (column === this.#codes.length) return 0; // it is not read
    const dictionary = this.#dictionaries[column];
    return dictionary.isFull ? undefined : dictionary.code(this.#text.toString("utf8", start, end));
  }
}
