import { sharedBytes } from "../../common/shared";
import { type Matrix, requireFinite } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { distinctBlocks, spread } from "./distinct-blocks";
import { kernel } from "./kernel";
import { scoreMatrix } from "./score-matrix";
import type { RowScorer } from "./scoring-task";

/** A matrix that may know which of its rows are equal. */
export interface RepeatingMatrix extends Matrix {
  /** For each row, the first of those near it whose bits are the same. */
  readonly firsts?: Uint32Array;
}

/** With more rows than these for each row that is drawn, finding those that repeat takes longer than it saves. */
const rowsPerDraw = 4;

/** Roughly how many nanoseconds a number takes. */
const numberCost = 0.7;

/** The pool shares out this work as it does scoring: a row's "score" is the first row that equals it, NaN if it is not finite. */
export const scorer: RowScorer<object> = {
  file: __filename,
  scoreRows({ data, width, start, end, scores }) {
    for (const block of distinctBlocks(data, width, start, end)) {
      const { places, count } = block;
      const firsts = new Float64Array(count);
      for (let i = places.length - 1; i >= 0; i--) firsts[places[i]] = block.start + i;
      spread(block, firsts, scores);
    }
  },
};

/**
 * Finds the rows of a matrix that repeat, where there is the kernel and the trees draw so many rows that it pays. Looking
 * whether all its numbers are finite costs nothing more, so it is done here.
 *
 * @param draws rows that all trees draw together
 * @throws {InputError} naming row and column of a value that is NaN or infinite; the signal's reason once it is aborted
 */
export async function findRepeats(
  { rows, columns, data }: Matrix,
  draws: number,
  { workers, signal }: ScoreOptions,
): Promise<RepeatingMatrix> {
  const matrix = { rows, columns, data };
  if (!kernel() || rows > rowsPerDraw * draws) {
    requireFinite(matrix);
    return matrix;
  }
  // A matrix that threads do not share yet would have to be copied.
  const threads = data.buffer instanceof SharedArrayBuffer ? workers : 1;
  const work = { stage: "", rowCost: numberCost * columns.length };
  const firsts = await scoreMatrix(scorer, {}, matrix, work, { workers: threads, signal });
  if (firsts.includes(Number.NaN)) requireFinite(matrix);
  const inShared = new Uint32Array(sharedBytes(rows * 4));
  inShared.set(firsts);
  return { ...matrix, firsts: inShared };
}
