import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { shown } from "../common/shown";
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
  explainRows(matrix: Matrix, options?: WorkOptions): Promise<Float64Array>;
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

/**
 * Checks that every row has a score that can be compared with a threshold: NaN is greater than none, so that the row would
 * pass as usual without a word.
 *
 * @throws {InputError} naming the column that the first such row comes from
 */
export function requireFiniteScores(
  { kind }: Pick<Detector, "kind">,
  { columns, data }: Matrix,
  scores: Float64Array,
): void {
  const row = scores.findIndex((score) => !Number.isFinite(score));
  if (row < 0) return;
  const column = data
    .subarray(row * columns.length, (row + 1) * columns.length)
    .findIndex((value) => !Number.isFinite(value));
  const cause =
    column < 0
      ? "its numbers are too large for the model, or the model is damaged"
      : `its column ${shown(columns[column])} becomes ${data[row * columns.length + column]}`;
  throw new InputError(`the ${kind.replace("-", " ")} gives a row the score ${scores[row]}: ${cause}`);
}
