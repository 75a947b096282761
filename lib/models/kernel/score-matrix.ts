import { availableParallelism } from "node:os";
import { requireNumber } from "../../common/errors";
import { shared, sharedBytes } from "../../common/shared";
import type { Matrix } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { scoreInWorkers } from "./scoring-pool";
import { type RowScorer, scoreHere } from "./scoring-task";

/** Nanoseconds of work that are not worth a thread. */
const smallWork = 10e6;

/** Where workers put scores: kept from one matrix to the next, since they give up what is new very late. */
let kept: Float64Array | undefined;

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
  const scores = alone ? new Float64Array(total) : takeShared(total);
  const data = alone ? matrix.data : shared(matrix.data);
  const task = { ...fitted, data, width: matrix.columns.length, start: 0, end: total, scores };
  if (alone) await scoreHere(scorer, task, rowCost, signal);
  else await scoreInWorkers(scorer.file, task, workers, signal);
  onProgress?.({ stage, done: total, total });
  if (alone) return scores;
  kept = scores;
  return scores.slice(0, total);
}

function takeShared(length: number): Float64Array {
  const taken = kept && kept.length >= length ? kept : new Float64Array(sharedBytes(length * 8));
  kept = undefined;
  return taken;
}
