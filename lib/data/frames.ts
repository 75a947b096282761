import { InputError, requireOptions } from "../common/errors";
import type { InferredTable } from "./columns/infer-table";
import { allRows, type Rows, type Table, valueAt } from "./table";
import { type Row, type RowsOptions, rowsOptions, tableFromRows } from "./table-from-rows";

/** What a table needs of danfojs' DataFrame. */
export interface FrameValues {
  readonly columns: readonly string[];
  /** Rows, or the values of the only column. */
  readonly values: readonly unknown[];
}

/**
 * A table of a danfojs DataFrame; see {@link tableFromRows}.
 *
 * @example
 * const made = tableFromFrame({ columns: ["bytes", "service"], values: [[12, "dns"], [NaN, "http"]] });
 * numbers(made, "bytes"); // Float32Array.of(12, NaN)
 */
export function tableFromFrame(
  frame: FrameValues,
  options: Omit<RowsOptions, "columns"> = {},
): InferredTable {
  const { columns: _, ...names } = rowsOptions;
  requireOptions(options, names);
  if (!Array.isArray(frame?.columns) || !Array.isArray(frame.values))
    throw new InputError("a frame must have columns, a list of names, and values, a list of rows");
  const { columns, values } = frame;
  const rows = values.map((row): Row => (Array.isArray(row) ? row : [row]));
  return tableFromRows(rows, { ...options, columns });
}

/** danfojs' DataFrame, as far as {@link toFrame} uses it. */
export type FrameConstructor<Frame> = new (
  rows: (string | number)[][],
  options: { columns: string[]; dtypes: string[] },
) => Frame;

/**
 * A danfojs DataFrame of a table, its labels in the last column. Missing numbers are NaN, missing names `(missing)`.
 *
 * @param DataFrame danfojs' class
 * @param rows which rows, in this order; default all
 * @example
 * const { DataFrame } = await import("danfojs-node");
 * toFrame(table, DataFrame, Uint32Array.of(0, 1)).shape[0]; // 2
 */
export function toFrame<Frame>(table: Table, DataFrame: FrameConstructor<Frame>, rows?: Rows): Frame {
  const { features, labels } = table;
  const columns = labels ? [...features, labels] : features;
  const values = Array.from(rows ?? allRows(table), (row) => columns.map((column) => valueAt(column, row)));
  return new DataFrame(values, {
    columns: columns.map(({ name }) => name),
    dtypes: columns.map(({ kind }) => (kind === "nominal" ? "string" : "float32")),
  });
}
