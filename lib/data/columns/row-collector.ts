import { shown } from "../../common/shown";
import type { TextRow } from "../formats/delimited";
import type { RowCounter } from "../row-counter";
import { BlockCells, type CellKind, type CollectedBlock, NameCells, type NumberCells } from "./cells";
import { isMissing } from "./infer-columns";

/** A column to collect: its place in the file, what its values are read as, and what messages call it. */
export interface CollectedColumn {
  readonly position: number;
  readonly kind: CellKind;
  readonly name: string;
  /** What a message adds where a value is no number: what to do if it is none. */
  readonly advice?: string;
}

export interface RowCollectorOptions {
  readonly counter: RowCounter;
  /** Columns of the file, read or not. */
  readonly fields: number;
  readonly columns: readonly CollectedColumn[];
  readonly decimalComma: boolean;
  /** A header that may come again, where files were joined. */
  readonly header?: readonly string[];
  /** The label's place. Where there is one, a row in which every column is missing is passed over. */
  readonly label?: number;
}

/** Columns that come too late, of which a notice tells. */
const mostLateColumns = 1_000;

/** Collects rows in blocks of columns, whoever has read them, and refuses or leaves out those that are bad. */
export class RowCollector {
  /** Headers that came again. */
  #headers = 0;
  /** Columns that came too late to be read: their names, and the lines in which they came. */
  readonly #late: { readonly name: string; readonly line: number }[] = [];
  readonly #block: BlockCells;
  readonly #numbers: number[];
  #held = 0;

  constructor(readonly options: RowCollectorOptions) {
    const { columns, decimalComma } = options;
    this.#block = new BlockCells(
      columns.map(({ kind }) => kind),
      decimalComma,
    );
    this.#numbers = columns.map(() => 0);
  }

  /** In a block's order. */
  get cells(): readonly (NumberCells | NameCells)[] {
    return this.#block.columns;
  }

  /** What was passed over, in sentences. */
  get notices(): readonly string[] {
    const notices: string[] = [];
    if (this.#headers > 0) {
      const times = this.#headers === 1 ? "once" : `${this.#headers} times`;
      notices.push(`the header came again ${times} between rows, and was passed over`);
    }
    if (this.#late.length > 0) {
      const listed = this.#late
        .slice(0, 10)
        .map(({ name, line }) => `${shown(name)} (first in line ${line})`);
      const more = this.#late.length > 10 ? ` and ${this.#late.length - 10} more` : "";
      notices.push(`left out, as the first rows do not have it: ${listed.join(", ")}${more}`);
    }
    return notices;
  }

  /** Notes a column that comes too late to be read. */
  passOver(name: string, line: number): void {
    if (this.#late.length < mostLateColumns) this.#late.push({ name, line });
  }

  /** Rows that the block has room for. */
  get room(): number {
    return this.#block.mostRows - this.#held;
  }

  /** Rows held: the next one's place in the cells. */
  get held(): number {
    return this.#held;
  }

  /** The rows held, which it then forgets. */
  take(): CollectedBlock {
    const block = this.#block.take(this.#held);
    this.#held = 0;
    return block;
  }

  /** Counts rows that were set in the cells. @throws {InputError} if they are too many */
  count(rows = 1): void {
    this.#held += rows;
    this.options.counter.count(rows);
  }

  /** Adds a row of a text. @throws {InputError} that names line and column if it is bad and is not to be left out */
  addRow(row: TextRow): void {
    const { columns, counter } = this.options;
    if (this.#isPassedOver(row)) return;
    const problem = row.problem ?? this.#problem(row.fields);
    if (problem) {
      if (this.#isHeaderInOtherCase(row)) this.#headers++;
      else counter.leaveOut(row.line, problem, row.text ?? row.fields.join(","));
      return;
    }
    for (const [i, { position }] of columns.entries()) {
      const cells = this.cells[i];
      if (cells instanceof NameCells) cells.set(this.#held, row.fields[position]);
      else cells.set(this.#held, this.#numbers[i]);
    }
    this.count();
  }

  /** Has bad rows written that were left out. */
  async settle(): Promise<void> {
    await this.options.counter.settle();
  }

  /** Whether a row holds nothing, or is the header, which comes again where files were joined. */
  #isPassedOver({ fields, problem }: TextRow): boolean {
    if (problem) return false;
    const { columns, header, label } = this.options;
    if (header && fields.length >= header.length && header.every((name, i) => name === fields[i])) {
      this.#headers++;
      return true;
    }
    return label !== undefined && columns.every(({ position }) => isMissing(fields[position] ?? ""));
  }

  /** Asked of bad rows only: among names alone, capitals may tell values apart. */
  #isHeaderInOtherCase({ fields, problem }: TextRow): boolean {
    const { header } = this.options;
    const isSame = (name: string, i: number) => name.trim().toLowerCase() === fields[i]?.trim().toLowerCase();
    return problem === undefined && header !== undefined && header.every(isSame);
  }

  /** What is wrong with the fields of a row; its numbers are kept. */
  #problem(fields: readonly string[]): string | undefined {
    const { fields: wanted, columns } = this.options;
    const isTrailing = fields.length === wanted + 1 && fields[wanted] === "";
    if (fields.length !== wanted && !isTrailing)
      return `expected ${wanted} column${wanted === 1 ? "" : "s"}, found ${fields.length}`;
    for (const [i, { position, name, kind, advice }] of columns.entries()) {
      const cells = this.cells[i];
      if (cells instanceof NameCells) continue;
      const number = cells.parse(fields[position]);
      if (number === undefined) {
        const wantedValue = kind === "flag" ? "true or false" : "a number";
        return `column ${position + 1} (${shown(name)}) must be ${wantedValue}, got '${shown(fields[position])}'${advice ? `; ${advice}` : ""}`;
      }
      this.#numbers[i] = number;
    }
    return undefined;
  }
}
