import { breathe } from "../../common/progress";

/** Rows of a matrix to score. All arrays may be shared by threads: only rows `start` to `end` (exclusive) are touched. */
export interface ScoringTask {
  readonly data: Float32Array;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  /** Where the scores go, one for each row of the matrix. */
  readonly scores: Float64Array;
  /** Not 0 once nobody wants the scores any more. Left out where nobody can change his mind meanwhile. */
  readonly stop?: Int32Array;
}

/** A way to score rows, in this thread and in others. */
export interface RowScorer<Fitted extends object> {
  /** The file of the module, which other threads load: it exports this value as `scorer`. */
  readonly file: string;
  /** @param task rows, beside what was fitted, all of which can be sent to a thread */
  readonly scoreRows: (task: Fitted & ScoringTask) => void;
}

/** Whether work on the task would be in vain. */
export function isStopped({ stop }: ScoringTask): boolean {
  return stop !== undefined && Atomics.load(stop, 0) !== 0;
}

/** Nanoseconds of work between two looks at the abort signal. */
const stretch = 50e6;

/** Scores rows in this thread. @param rowCost roughly how many nanoseconds a row takes */
export async function scoreHere<Fitted extends object>(
  scorer: RowScorer<Fitted>,
  task: Fitted & ScoringTask,
  rowCost: number,
  signal?: AbortSignal,
): Promise<void> {
  const stretchRows = Math.ceil(stretch / rowCost);
  for (let start = task.start; start < task.end; start += stretchRows) {
    scorer.scoreRows({ ...task, start, end: Math.min(start + stretchRows, task.end) });
    await breathe(signal);
  }
}
