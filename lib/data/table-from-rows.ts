import { InputError, type OptionNames, requireOptions } from "../common/errors";
import { shown } from "../common/shown";
import { BlockCells, type CollectedBlock, NameCells, type NumberCells } from "./columns/cells";
import { isMissing } from "./columns/infer-columns";
import { type InferredTable, inferredTable } from "./columns/infer-table";
import { type JoinedColumn, joinBlocks } from "./columns/join-blocks";
import {
  type ColumnOptions,
  type ColumnRead,
  columnChoices,
  columnsRead,
  planColumns,
  requireColumnOptions,
} from "./columns/plan-columns";
import { sampleRows } from "./formats/table-form";

export interface RowsOptions extends Omit<ColumnOptions, "features"> {
  /** Names of the columns, where rows are arrays. */
  readonly columns?: readonly string[];
  /** Told in a sentence what was recognised, left out or put right. */
  readonly onNotice?: (sentence: string) => void;
}

export const rowsOptions: OptionNames<RowsOptions> = { columns: true, onNotice: true, ...columnChoices };

/** A row: values by the names of their columns, or in the order of the columns. */
export type Row = Readonly<Record<string, unknown>> | readonly unknown[];

/** What messages call rows that come from no file. */
const place = "the table";

/**
 * A table of rows that a program has: objects, or arrays with `columns` as their names. A value is a number, a text, true or
 * false, a date, or missing: null, undefined, NaN, or not there. Types are inferred as {@link readTable} does, labels too.
 *
 * @throws {InputError} that names row and column of a value that is none of these or of another type than its column
 * @example
 * const rows = [
 *   { bytes: 12, service: "dns", attack: 0 },
 *   { bytes: null, service: "http", attack: 1 },
 * ];
 * const made = tableFromRows(rows, { label: "attack", normal: "0" });
 * numbers(made, "bytes"); // Float32Array.of(12, NaN)
 */
export function tableFromRows(rows: readonly Row[], options: RowsOptions = {}): InferredTable {
  requireOptions(options, rowsOptions);
  requireColumnOptions(options);
  if (!Array.isArray(rows)) throw new InputError("rows must be a list of objects or arrays");
  if (rows.length === 0) throw new InputError("there are no rows to make a table of");
  for (const [i, row] of rows.entries())
    if (typeof row !== "object" || row === null)
      throw new InputError(`row ${i} must be an object or an array, got ${shown(String(row))}`);
  const { columns, onNotice, ...columnOptions } = options;
  if (columns !== undefined) requireNamesOfColumns(columns);
  const names = columns ?? namesOf(rows);
  const cellAt = rowReader(rows, names);
  const found = names.map((name, column) => ({ name: name.trim(), sample: sampleOf(rows, column, cellAt) }));
  const plan = planColumns(place, found, columnOptions);
  const notices: string[] = [];
  const tell = (sentence: string) => {
    notices.push(sentence);
    onNotice?.(sentence);
  };
  for (const notice of plan.notices) tell(notice);
  const joined = joinedColumns(rows.length, columnsRead(plan), cellAt);
  return { ...inferredTable(place, rows.length, plan, joined, tell), notices };
}

function requireNamesOfColumns(columns: unknown): void {
  if (!Array.isArray(columns) || columns.some((name) => typeof name !== "string"))
    throw new InputError("columns must be a list of names");
}

type CellAt = (row: number, column: number) => Cell;
type Cell = string | number | boolean;

/** The names of all rows' values, in the order in which they come. */
function namesOf(rows: readonly Row[]): string[] {
  if (rows.some((row) => Array.isArray(row)))
    throw new InputError("rows that are arrays need the names of their columns: columns");
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function rowReader(rows: readonly Row[], names: readonly string[]): CellAt {
  for (const [i, row] of rows.entries())
    if (Array.isArray(row) && row.length !== names.length)
      throw new InputError(`row ${i} has ${row.length} values, but there are ${names.length} columns`);
  return (i, column) => {
    const row = rows[i];
    const name = names[column];
    const value = Array.isArray(row) ? row[column] : Object.hasOwn(row, name) ? Reflect.get(row, name) : null;
    const cell = cellOf(value);
    if (cell === undefined)
      throw new InputError(
        `row ${i}, column ${shown(name)}: a value must be a number, a text, true or false, a date or null, got ${Array.isArray(value) ? "an array" : `a value of type ${typeof value}`}`,
      );
    return cell;
  };
}

/** A value as a number, a text or a boolean; empty if it is missing, undefined if it is something else. */
function cellOf(value: unknown): Cell | undefined {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (typeof value === "number") return Number.isNaN(value) ? "" : value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
}

function sampleOf(rows: readonly Row[], column: number, cellAt: CellAt): string[] {
  const sample: string[] = [];
  for (let row = 0; row < Math.min(rows.length, sampleRows); row++) {
    const text = String(cellAt(row, column)).trim();
    if (!isMissing(text)) sample.push(text);
  }
  return sample;
}

function joinedColumns(rows: number, columns: readonly ColumnRead[], cellAt: CellAt): JoinedColumn[] {
  const blocks: CollectedBlock[] = [];
  const cells = new BlockCells(columns.map(({ kind }) => kind));
  for (let start = 0; start < rows; start += cells.mostRows) {
    const count = Math.min(cells.mostRows, rows - start);
    for (const [i, { name, position, kind }] of columns.entries())
      for (let row = 0; row < count; row++)
        if (!setCell(cells.columns[i], row, cellAt(start + row, position)))
          throw new InputError(
            `row ${start + row}, column ${shown(name)}: must be ${kind === "flag" ? "true or false" : "a number"}, got '${shown(String(cellAt(start + row, position)))}'`,
          );
    blocks.push(cells.take(count));
  }
  return joinBlocks(columns, blocks);
}

/** Whether the value is of the column's kind, so that it was set. */
function setCell(cells: NumberCells | NameCells, row: number, value: Cell): boolean {
  if (cells instanceof NameCells) {
    cells.set(row, String(value));
    return true;
  }
  const isPlain = typeof value === "number" && cells.kind === "number";
  const number = isPlain ? value + 0 : cells.parse(String(value).trim());
  if (number !== undefined) cells.set(row, number);
  return number !== undefined;
}
