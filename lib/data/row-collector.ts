import { InputError } from "../common/errors";
import { shown } from "../common/shown";
import { blockRows, type CollectedCells, createCells, NameCells, type NumberCells } from "./collect-columns";
import type { TextRow } from "./delimited";
import { isMissing } from "./infer-columns";
import { type RejectedRows, requireFewBadRows } from "./rejected-rows";
import { addChunk, type RowChunk, type ScannedColumn } from "./scan";

/** Rows that were read, one column after the other. */
export interface CollectedBlock {
  readonly rows: number;
  readonly columns: readonly CollectedCells[];
}

/** A column to collect, and what messages call it. */
export interface CollectedColumn extends ScannedColumn {
  readonly name: string;
  /** What a message adds where a value is no number: what to do if it is none. */
  readonly advice?: string;
}

export interface RowCollectorOptions {
  /** What messages call the file. */
  readonly name: string;
  /** Columns of the file, read or not. */
  readonly fields: number;
  readonly columns: readonly CollectedColumn[];
  readonly decimalComma: boolean;
  /** A header that may come again, where files were joined. */
  readonly header?: readonly string[];
  /** Whether rows in which every column is missing are rows. */
  readonly emptyRows: "rows" | "passed over";
  /** Where bad rows go. Default: the first bad row is refused. */
  readonly rejected?: RejectedRows;
  /** More good rows are refused. Default: there is no limit. */
  readonly maxRows?: number;
}

/** Collects rows in blocks of columns, whoever has read them, and refuses or leaves out those that are bad. */
export class RowCollector {
  /** 1-based numbers of bad rows, counted without header and blank lines. */
  readonly bad: number[] = [];
  /** Rows so far, good and bad. */
  rows = 0;
  /** Headers that came again. */
  headers = 0;
  readonly #cells: (NumberCells | NameCells)[];
  readonly #numbers: number[];
  #held = 0;

  constructor(private readonly options: RowCollectorOptions) {
    this.#cells = options.columns.map(({ kind }) => createCells(kind));
    this.#numbers = options.columns.map(() => 0);
  }

  /** Good rows so far. */
  get goodRows(): number {
    return this.rows - this.bad.length;
  }

  /** Whether there is no room for so many rows. */
  isFullFor(rows: number): boolean {
    return this.#held + rows > blockRows;
  }

  /** The rows held, which it then forgets. */
  take(): CollectedBlock {
    const block = { rows: this.#held, columns: this.#cells.map((cells) => cells.take()) };
    this.#held = 0;
    return block;
  }

  get held(): number {
    return this.#held;
  }

  /** Adds the rows that DuckDB has read. */
  addChunk(chunk: RowChunk): void {
    if (this.#cells.length > 0) addChunk(chunk, this.#cells);
    this.#count(chunk.rowCount);
  }

  /** Whether a row holds nothing, or is the header, which comes again where files were joined. */
  isPassedOver({ fields, problem }: TextRow): boolean {
    if (problem) return false;
    const { columns, header } = this.options;
    if (header && fields.length >= header.length && header.every((name, i) => name === fields[i])) {
      this.headers++;
      return true;
    }
    return (
      this.options.emptyRows === "passed over" &&
      columns.every(({ position }) => isMissing(fields[position] ?? ""))
    );
  }

  /** Adds a row of a text. @throws {InputError} that names line and column if it is bad and is not to be left out */
  async addRow(row: TextRow): Promise<void> {
    const { columns } = this.options;
    if (this.isPassedOver(row)) return;
    const problem = row.problem ?? this.#problem(row.fields);
    if (problem) return this.#leaveOut(row, problem);
    for (const [i, { position }] of columns.entries()) {
      const cells = this.#cells[i];
      if (cells instanceof NameCells) cells.add(row.fields[position]);
      else cells.add(this.#numbers[i]);
    }
    this.#count(1);
  }

  /** What is wrong with the fields of a row; its numbers are kept. */
  #problem(fields: readonly string[]): string | undefined {
    const { fields: wanted, columns, decimalComma } = this.options;
    const isTrailing = fields.length === wanted + 1 && fields[wanted] === "";
    if (fields.length !== wanted && !isTrailing)
      return `expected ${wanted} column${wanted === 1 ? "" : "s"}, found ${fields.length}`;
    for (const [i, { position, name, kind, advice }] of columns.entries()) {
      const cells = this.#cells[i];
      if (cells instanceof NameCells) continue;
      const number = cells.parse(fields[position], decimalComma);
      if (number === undefined) {
        const wantedValue = kind === "flag" ? "true or false" : "a number";
        return `column ${position + 1} (${shown(name)}) must be ${wantedValue}, got '${shown(fields[position])}'${advice ? `; ${advice}` : ""}`;
      }
      this.#numbers[i] = number;
    }
    return undefined;
  }

  async #leaveOut({ line, text, fields }: TextRow, problem: string): Promise<void> {
    const { name, rejected } = this.options;
    if (!rejected) throw new InputError(`${name}, line ${line}: ${problem}`);
    this.bad.push(++this.rows);
    requireFewBadRows(name, this.bad);
    await rejected.add(line, problem, text ?? fields.join(","));
  }

  #count(rows: number): void {
    this.rows += rows;
    this.#held += rows;
    const { name, maxRows = Number.POSITIVE_INFINITY } = this.options;
    if (this.goodRows > maxRows)
      throw new InputError(
        `${name} has more than ${maxRows.toLocaleString("en-US")} rows, which is the limit`,
      );
  }
}
