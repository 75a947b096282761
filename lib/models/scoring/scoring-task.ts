/** Rows of a matrix to score. All arrays may be shared by threads: only rows `start` to `end` (exclusive) are touched. */
export interface ScoringTask {
  readonly data: Float32Array;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  /** Where the scores go, one for each row of the matrix. */
  readonly scores: Float64Array;
}
