import { requireOptions } from "../common/errors";
import { breather, type WorkOptions, workOptions } from "../common/progress";
import type { Matrix } from "../preprocess/matrix";
import {
  type Detector,
  requireColumns,
  requireFiniteScores,
  type ScoreOptions,
  scoreOptions,
} from "./detector";

/** A fitted detector that scores and explains each row by itself. */
export abstract class RowDetector implements Detector {
  abstract readonly kind: string;
  abstract readonly settings: object;
  abstract readonly columns: readonly string[];

  /** Scores of a matrix that has the detector's columns. */
  protected abstract scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array>;

  /**
   * Anomaly scores, one a row; higher = more anomalous.
   *
   * @throws {RangeError} if the matrix has other columns
   */
  async score(matrix: Matrix, options: ScoreOptions = {}): Promise<Float64Array> {
    requireOptions(options, scoreOptions);
    requireColumns(this, matrix);
    const scores = await this.scoreRows(matrix, options);
    requireFiniteScores(this, matrix, scores);
    return scores;
  }

  abstract explain(row: Float32Array): Float64Array;

  /**
   * `explain` of every row: `rows × columns`, row-major.
   *
   * @throws {RangeError} if the matrix has other columns
   */
  async explainRows(matrix: Matrix, options: WorkOptions = {}): Promise<Float64Array> {
    requireOptions(options, workOptions);
    requireColumns(this, matrix);
    const breatheIfDue = breather(options.signal);
    const width = this.columns.length;
    const contributions = new Float64Array(matrix.rows * width);
    for (let start = 0; start < contributions.length; start += width) {
      contributions.set(this.explain(matrix.data.subarray(start, start + width)), start);
      await breatheIfDue();
    }
    return contributions;
  }

  abstract save(folder: string): Promise<void>;
}
