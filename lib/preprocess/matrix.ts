import { InputError } from "../common/errors";
import { shown } from "../common/shown";

/** Numbers for a detector: `rows × columns.length`, row-major; row r starts at `r * columns.length`. */
export interface Matrix {
  readonly rows: number;
  /** Names of the columns. A one-hot column is called `feature=category`. */
  readonly columns: readonly string[];
  readonly data: Float32Array;
}

/** @throws {RangeError} unless the matrix is one: numbers of 32 bits, as many as rows × columns */
export function requireMatrix(matrix: Matrix): void {
  if (typeof matrix !== "object" || matrix === null)
    throw new RangeError(`a matrix must be an object of rows, columns and data, got ${String(matrix)}`);
  const { rows, columns, data } = matrix;
  if (!Array.isArray(columns)) throw new RangeError("the columns of a matrix must be a list of their names");
  if (!(data instanceof Float32Array))
    throw new RangeError(
      `the data of a matrix must be a Float32Array, got ${Object.prototype.toString.call(data)}`,
    );
  if (!Number.isInteger(rows) || rows < 0) throw new RangeError(`a matrix can't have ${rows} rows`);
  if (data.length !== rows * columns.length)
    throw new RangeError(
      `the matrix must have ${rows} rows × ${columns.length} columns = ${rows * columns.length} numbers, got ${data.length}`,
    );
}

/** @throws {RangeError} unless the matrix is one; {InputError} naming row and column of a value that is NaN or infinite */
export function requireFinite(matrix: Matrix): void {
  requireMatrix(matrix);
  const { columns, data } = matrix;
  const at = firstNotFinite(data);
  if (at < 0) return;
  const [row, column] = [Math.floor(at / columns.length), columns[at % columns.length]];
  throw new InputError(
    `row ${row} of the matrix is ${data[at]} in the column ${shown(column)}: a detector takes finite numbers only`,
  );
}

/** Where the first value is that is NaN or infinite; −1 if there is none. */
export function firstNotFinite(data: Float32Array): number {
  // 0 times such a value is NaN, and so is every sum with it: four sums at a time, which do not wait for each other.
  let [a, b, c, d] = [0, 0, 0, 0];
  const fours = data.length - (data.length % 4);
  for (let i = 0; i < fours; i += 4) {
    a += data[i] * 0;
    b += data[i + 1] * 0;
    c += data[i + 2] * 0;
    d += data[i + 3] * 0;
  }
  const last = data.subarray(fours).some((value) => !Number.isFinite(value));
  return last || Number.isNaN(a + b + c + d) ? data.findIndex((value) => !Number.isFinite(value)) : -1;
}

/** Columns that a matrix for a detector may have: the forest numbers them in 16 bits. */
export const mostColumns = 32_767;

/** The name of the feature that a matrix column was made from: `service` for `service=http`. */
export function sourceFeature(columnName: string): string {
  const equals = columnName.indexOf("=");
  return equals < 0 ? columnName : columnName.slice(0, equals);
}

/** Rows that become numbers only when asked for: a stand-in for a matrix too large to hold. */
export interface LazyMatrix {
  readonly rows: number;
  readonly columns: readonly string[];
  /** The rows of those numbers, in this order. */
  readonly select: (rows: Uint32Array) => Matrix;
  /** All rows as numbers. @throws the reason of `signal` once it is aborted */
  readonly whole: (signal?: AbortSignal) => Promise<Matrix>;
}

/** Whether rows are made when they are asked for. What is no matrix at all is not lazy either. */
export function isLazy(matrix: Matrix | LazyMatrix): matrix is LazyMatrix {
  return typeof matrix === "object" && matrix !== null && "whole" in matrix;
}

/** All rows of a matrix, lazy or not. */
export async function wholeMatrix(matrix: Matrix | LazyMatrix, signal?: AbortSignal): Promise<Matrix> {
  return isLazy(matrix) ? matrix.whole(signal) : matrix;
}

/** Some rows of a matrix, in the order given, as a new matrix. */
export function selectMatrixRows(matrix: Matrix | LazyMatrix, rows: Uint32Array): Matrix {
  if ("select" in matrix) return matrix.select(rows);
  const width = matrix.columns.length;
  const data = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    data.set(matrix.data.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return { rows: rows.length, columns: matrix.columns, data };
}
