import { breathe } from "../../common/progress";

/** Rows of a matrix to score. All arrays may be shared by threads: only rows `start` to `end` (exclusive) are touched. */
export interface ScoringTask {
  readonly data: Float32Array;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  /** Where the scores go, one for each row of the matrix. */
  readonly scores: Float64Array;
  /** Which of the threads that work on the task this is. Left out where there is one. */
  readonly thread?: number;
  /** Not 0 once nobody wants the scores any more. Left out where nobody can change his mind meanwhile. */
  readonly stop?: Int32Array;
}

/** A way to score rows, in this thread and in others. */
export interface RowScorer<Fitted extends object> {
  /** The file of the module, which other threads load: it exports this value as `scorer`. */
  readonly file: string;
  /** @param fitted what it needs to know beside the rows; both can be sent to a thread */
  readonly scoreRows: (fitted: Fitted, task: ScoringTask) => void;
}

/** Some rows of a task, in an object of always the same form: V8 drops what it has compiled for one that is gone. */
export function rowsOf(
  { data, width, scores, thread, stop }: ScoringTask,
  start: number,
  end: number,
): ScoringTask {
  return { data, width, start, end, scores, thread, stop };
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
  fitted: Fitted,
  task: ScoringTask,
  rowCost: number,
  signal?: AbortSignal,
): Promise<void> {
  const stretchRows = Math.ceil(stretch / rowCost);
  for (let start = task.start; start < task.end; start += stretchRows) {
    scorer.scoreRows(fitted, rowsOf(task, start, Math.min(start + stretchRows, task.end)));
    await breathe(signal);
  }
}
