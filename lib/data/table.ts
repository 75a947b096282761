import { InputError } from "../common/errors";
import { range } from "../common/range";
import type { Source } from "./source";

/**
 * What a number measures: an `amount` of bytes or seconds, heavy-tailed and stored with 64 bits so that none is
 * rounded; a small `count`; a `rate` in [0, 1]; a `flag`, 0 or 1.
 */
export const measures = ["amount", "count", "rate", "flag"] as const;
export type Measure = (typeof measures)[number];

/** A column of numbers, one a row; NaN where it is missing. */
export interface NumericColumn {
  readonly kind: "numeric";
  readonly name: string;
  /** Where it is not said, preprocessing decides from the training rows whether a logarithm helps. */
  readonly measure?: Measure;
  readonly values: Float32Array | Float64Array;
}

/** A column of names: `categories[codes[row]]` is the row's value. Categories are sorted. */
export interface NominalColumn {
  readonly kind: "nominal";
  readonly name: string;
  readonly codes: Uint8Array | Uint16Array;
  readonly categories: readonly string[];
}

export type Column = NumericColumn | NominalColumn;

/** Names that a nominal column tells apart: codes of 16 bits leave one value unused. */
export const mostCategories = 65_535;

/**
 * The category of a nominal column's rows that have no name.
 *
 * @example
 * table.features.some((feature) => feature.kind === "nominal" && feature.categories.includes(missingName)); // false
 */
export const missingName = "(missing)";

/** Typed columns of equal length: the features of rows, and their labels where the source has them. */
export interface Table {
  readonly rows: number;
  readonly features: readonly Column[];
  /** `normal`, or the kind of attack or anomaly. */
  readonly labels?: NominalColumn;
  /** The file that the rows come from, where they come from one. */
  readonly source?: Source;
}

/** Some rows of a table, in the order given: 0-based row numbers. */
export type Rows = Uint32Array;

/** The column of that name. @throws {RangeError} if there is none */
export function column(table: Table, name: string): Column {
  const found = table.features.find((feature) => feature.name === name);
  if (!found) throw new RangeError(`the table has no column ${name}`);
  return found;
}

/** What a row has in a column. */
export function valueAt(column: Column, row: number): number | string {
  return column.kind === "nominal" ? column.categories[column.codes[row]] : column.values[row];
}

/** The numbers of a numeric column. @throws {RangeError} if it is missing or nominal */
export function numbers(table: Table, name: string): Float32Array | Float64Array {
  const found = column(table, name);
  if (found.kind !== "numeric") throw new RangeError(`the column ${name} is nominal, not numeric`);
  return found.values;
}

/** How many rows have no value in a column. */
export function missingValues(column: Column): number {
  const isNumeric = column.kind === "numeric";
  const values = isNumeric ? column.values : column.codes;
  const missing = isNumeric ? Number.NaN : column.categories.indexOf(missingName);
  let count = 0;
  for (let row = 0; row < values.length; row++) if (Object.is(values[row], missing)) count++;
  return count;
}

/** The labels. @throws {RangeError} if the table has none */
export function labels(table: Table): NominalColumn {
  if (!table.labels) throw new RangeError("the table has no labels");
  return table.labels;
}

/** Every row of a table, in order. */
export function allRows(table: Table): Rows {
  return range(0, table.rows);
}

/** Checks that rows are some of a table's. @throws {InputError} naming one that is not */
export function requireRows(table: Table, rows: Rows): void {
  if (!(rows instanceof Uint32Array))
    throw new InputError(
      `rows must be a Uint32Array of row numbers, got ${Object.prototype.toString.call(rows)}`,
    );
  for (const row of rows)
    if (row >= table.rows) throw new InputError(`the table has ${table.rows} rows, and rows holds ${row}`);
}

/** A new table of the rows given, of the same source. */
export function selectRows(table: Table, rows: Rows): Table {
  const { labels, features } = table;
  return {
    ...table,
    rows: rows.length,
    features: features.map((feature) => selectColumn(feature, rows)),
    ...(labels && { labels: selectColumn(labels, rows) }),
  };
}

/** A new column of the rows given. */
export function selectColumn<C extends Column>(source: C, rows: Rows): C {
  if (source.kind === "nominal") {
    const codes = new (source.codes.constructor as Uint16ArrayConstructor)(rows.length);
    for (let i = 0; i < rows.length; i++) codes[i] = source.codes[rows[i]];
    return { ...source, codes };
  }
  const values = new (source.values.constructor as Float64ArrayConstructor)(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = source.values[rows[i]];
  return { ...source, values };
}
