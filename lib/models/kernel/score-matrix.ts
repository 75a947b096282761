import { availableParallelism } from "node:os";
import { requireNumber } from "../../common/errors";
import { KeptMemory, shared } from "../../common/shared";
import type { Matrix } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { scoreInWorkers } from "./scoring-pool";
import { type RowScorer, scoreHere } from "./scoring-task";

/** Nanoseconds of work that are not worth a thread. */
const smallWork = 10e6;

/** Where workers put scores. */
const memory = new KeptMemory();

/**
 * Scores all rows of a matrix, in threads where that pays; the same bytes with any number of them.
 *
 * @param fitted what `scorer` needs to know beside the rows
 * @param work what progress calls it, and roughly how many nanoseconds a row takes
 * @throws what ended a thread, or the signal's reason once it is aborted
 */
export async function scoreMatrix<Fitted extends object>(
  scorer: RowScorer<Fitted>,
  fitted: Fitted,
  matrix: Matrix,
  { stage, rowCost }: { readonly stage: string; readonly rowCost: number },
  { workers = availableParallelism(), onProgress, signal }: ScoreOptions,
): Promise<Float64Array> {
  requireNumber("workers", workers, { min: 1, integer: true });
  signal?.throwIfAborted();
  const { rows: total } = matrix;
  const alone = workers === 1 || total * rowCost < smallWork;
  const scores = new Float64Array(alone ? new ArrayBuffer(total * 8) : memory.take(total * 8), 0, total);
  const data = alone ? matrix.data : shared(matrix.data);
  const task = { data, width: matrix.columns.length, start: 0, end: total, scores };
  if (alone) await scoreHere(scorer, fitted, task, rowCost, signal);
  else await scoreInWorkers(scorer.file, fitted, task, workers, signal);
  onProgress?.({ stage, done: total, total });
  if (alone) return scores;
  memory.giveBack(scores.buffer);
  return scores.slice();
}
