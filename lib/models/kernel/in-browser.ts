// What an isolation forest needs of Node.js, for a browser: `browser` in package.json puts it in the place of the files that
// have it. One thread in plain TypeScript scores, to the same bits.
import { InputError } from "../../common/errors";
import { type Matrix, requireFinite } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { type Forest, scoreFiniteRows } from "../isolation-forest/anomaly-scores";
import { type RowScorer, scoreHere } from "./scoring-task";

export { growTree } from "../isolation-forest/tree";

/** There are no threads to grow trees in. */
export async function growInThreads(): Promise<undefined> {}

/** No repetition is found. @throws {InputError} naming row and column of a value that is NaN or infinite */
export async function findRepeats(matrix: Matrix): Promise<Matrix> {
  requireFinite(matrix);
  return matrix;
}

/** Nothing is kept. */
export function release(): void {}

/** Does nothing: a browser does not tell how much memory there is. */
export function requireMemory(): void {}

/** There is no kernel that would need it. */
export function packTrees(): undefined {}

export const scorer: RowScorer<Forest> = { file: "", scoreRows: scoreFiniteRows };

export async function scoreMatrix<Fitted extends object>(
  scorer: RowScorer<Fitted>,
  fitted: Fitted,
  { data, rows, columns }: Matrix,
  { stage, rowCost }: { readonly stage: string; readonly rowCost: number },
  { onProgress, signal }: ScoreOptions,
): Promise<Float64Array> {
  const scores = new Float64Array(rows);
  signal?.throwIfAborted();
  const task = { data, width: columns.length, start: 0, end: rows, scores };
  await scoreHere(scorer, fitted, task, rowCost, signal);
  onProgress?.({ stage, done: rows, total: rows });
  return scores;
}

export async function writeForest(): Promise<never> {
  throw new InputError("a browser has no folder for a model");
}
