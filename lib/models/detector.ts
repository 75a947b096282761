import type { WorkOptions } from "../common/progress";
import type { Matrix } from "../preprocess/matrix";

export interface ScoreOptions extends WorkOptions {
  /** Threads to share the rows among, where a detector uses threads. Default: as many as processors. */
  readonly workers?: number;
}

/** A fitted anomaly detector. */
export interface Detector {
  readonly kind: DetectorKind;
  /** The options that it was fitted with, defaults filled in. */
  readonly settings: object;
  /** Names of the matrix columns it was fitted on. A matrix to score must have just these. */
  readonly columns: readonly string[];
  /**
   * Anomaly scores, one a row; higher = more anomalous.
   * @throws {RangeError} if the matrix has other columns
   */
  score(matrix: Matrix, options?: ScoreOptions): Promise<Float64Array>;
  /** How much each column added to the score of one row; same order as `columns`, higher = more anomalous. */
  explain(row: Float32Array): Float64Array;
  /**
   * The same for every row of a matrix at once, which is faster: `rows × columns`, row-major.
   * @throws {RangeError} if the matrix has other columns
   */
  explainRows(matrix: Matrix): Promise<Float64Array>;
  /** Writes the detector's own files into an existing folder and returns their names. */
  save(folder: string): Promise<string[]>;
}

export type DetectorKind = "isolation-forest" | "autoencoder";

/** @throws {RangeError} unless the matrix has just the columns that the detector was fitted on */
export function requireColumns(detector: Pick<Detector, "columns">, matrix: Matrix): void {
  const { columns } = detector;
  if (columns.length === matrix.columns.length && columns.every((name, i) => name === matrix.columns[i]))
    return;
  throw new RangeError(
    `the detector was fitted on ${columns.length} columns, the matrix has ${matrix.columns.length} or others`,
  );
}
