/// <reference lib="es2024.arraybuffer" />

import { type Column, mostCategories } from "../table";
import { type CellKind, type CollectedBlock, type CollectedCells, mostBlockRows } from "./cells";

/** A column of all rows. */
export interface JoinedColumn {
  /** Undefined if it has more names than can be told apart. */
  readonly column: Column | undefined;
  /** Rows without a value. */
  readonly missing: number;
}

/** Joins blocks of rows to columns of all of them, and needs little more memory than these. */
export class BlockJoiner {
  readonly #columns: readonly ColumnJoiner[];
  readonly #blocks: CollectedBlock[] = [];

  constructor(columns: readonly { readonly name: string; readonly kind: CellKind }[]) {
    this.#columns = columns.map(({ name, kind }) =>
      kind === "name" ? new NamesJoiner(name) : new NumbersJoiner(name, kind),
    );
  }

  add(block: CollectedBlock): void {
    this.#blocks.push(block);
    for (const [i, cells] of block.columns.entries()) this.#columns[i].announce(cells);
  }

  /** The columns of all rows. Each block's memory is given back at once: the garbage collector would let it wait. */
  join(): JoinedColumn[] {
    const blocks = this.#blocks.splice(0);
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    for (const column of this.#columns) column.makeRoom(rows);
    for (const { columns, memory } of blocks) {
      for (const [i, cells] of columns.entries()) this.#columns[i].add(cells);
      memory.resize(0);
    }
    return this.#columns.map((column) => column.joined());
  }
}

/** A column on its way from blocks into one array: all of its blocks are announced first. */
interface ColumnJoiner {
  announce(cells: CollectedCells): void;
  makeRoom(rows: number): void;
  add(cells: CollectedCells): void;
  joined(): JoinedColumn;
}

/** Numbers; with 32 bits where that rounds none of them. */
class NumbersJoiner implements ColumnJoiner {
  #isExact = true;
  #missing = 0;
  #values: Float32Array | Float64Array = new Float32Array(0);
  #at = 0;

  constructor(
    private readonly name: string,
    private readonly kind: "number" | "flag",
  ) {}

  announce(cells: CollectedCells): void {
    if (cells.kind === "name") throw new TypeError(`${this.name} has names`);
    this.#isExact &&= cells.values instanceof Float32Array;
    this.#missing += cells.missing;
  }

  makeRoom(rows: number): void {
    this.#values = this.#isExact ? new Float32Array(rows) : new Float64Array(rows);
  }

  add(cells: CollectedCells): void {
    if (cells.kind === "name") return;
    const { values } = cells;
    const isOfOneType = this.#isExact === values instanceof Float32Array;
    this.#values.set(isOfOneType ? values : copyOf(values, narrow), this.#at);
    this.#at += values.length;
  }

  joined(): JoinedColumn {
    const measure = this.kind === "flag" ? { measure: this.kind } : {};
    return {
      column: { kind: "numeric", name: this.name, ...measure, values: this.#values },
      missing: this.#missing,
    };
  }
}

class NamesJoiner implements ColumnJoiner {
  readonly #names = new Set<string>();
  readonly #codeOf = new Map<string, number>();
  #codes: Uint8Array | Uint16Array = new Uint8Array(0);
  #missing = 0;
  #at = 0;

  constructor(private readonly name: string) {}

  get #isTooMany(): boolean {
    return this.#names.size > mostCategories;
  }

  announce(cells: CollectedCells): void {
    if (cells.kind !== "name" || this.#isTooMany) return;
    for (const name of cells.names) this.#names.add(name);
    this.#missing += cells.missing;
  }

  makeRoom(rows: number): void {
    if (this.#isTooMany) return;
    for (const name of [...this.#names].sort()) this.#codeOf.set(name, this.#codeOf.size);
    this.#codes = this.#codeOf.size <= 255 ? new Uint8Array(rows) : new Uint16Array(rows);
  }

  add(cells: CollectedCells): void {
    if (cells.kind !== "name" || this.#isTooMany) return;
    const codeOf = Uint16Array.from(cells.names, (name) => this.#codeOf.get(name) as number);
    const codes = copyOf(cells.codes, words);
    for (let row = 0; row < codes.length; row++) this.#codes[this.#at++] = codeOf[codes[row]];
  }

  joined(): JoinedColumn {
    const { name } = this;
    if (this.#isTooMany) return { column: undefined, missing: this.#missing };
    return {
      column: { kind: "nominal", name, codes: this.#codes, categories: [...this.#codeOf.keys()] },
      missing: this.#missing,
    };
  }
}

/** Where blocks are copied to be read: from memory that can change its size, that takes three times as long. */
const [narrow, words] = [new Float32Array(mostBlockRows), new Uint16Array(mostBlockRows)];

function copyOf<Numbers extends Float32Array | Float64Array | Uint16Array>(
  source: Numbers,
  target: typeof narrow | typeof words,
): typeof target {
  target.set(source);
  return target.subarray(0, source.length);
}
