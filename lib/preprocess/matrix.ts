/** Numbers for a detector: `rows × columns.length`, row-major; row r starts at `r * columns.length`. */
export interface Matrix {
  readonly rows: number;
  /** Names of the columns. A one-hot column is called `feature=category`. */
  readonly columns: readonly string[];
  readonly data: Float32Array;
}

/** The name of the feature that a matrix column was made from: `service` for `service=http`. */
export function sourceFeature(columnName: string): string {
  const equals = columnName.indexOf("=");
  return equals < 0 ? columnName : columnName.slice(0, equals);
}

/** Rows `start` to `end` (exclusive) of a matrix, sharing its memory. */
export function matrixRows(matrix: Matrix, start: number, end: number): Matrix {
  const width = matrix.columns.length;
  return {
    rows: end - start,
    columns: matrix.columns,
    data: matrix.data.subarray(start * width, end * width),
  };
}
