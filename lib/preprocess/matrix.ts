/** Numbers for a detector: `rows × columns.length`, row-major; row r starts at `r * columns.length`. */
export interface Matrix {
  readonly rows: number;
  /** Names of the columns. A one-hot column is called `feature=category`. */
  readonly columns: readonly string[];
  readonly data: Float32Array;
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

/** All rows of a matrix, lazy or not. */
export async function wholeMatrix(matrix: Matrix | LazyMatrix, signal?: AbortSignal): Promise<Matrix> {
  return "whole" in matrix ? matrix.whole(signal) : matrix;
}

/** Some rows of a matrix, in the order given, as a new matrix. */
export function selectMatrixRows(matrix: Matrix | LazyMatrix, rows: Uint32Array): Matrix {
  if ("select" in matrix) return matrix.select(rows);
  const width = matrix.columns.length;
  const data: Float32Array = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    data.set(matrix.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { rows: rows.length, columns: matrix.columns, data };
}
