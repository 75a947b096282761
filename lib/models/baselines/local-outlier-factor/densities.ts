import type { RowScorer } from "../../kernel/scoring-task";
import { nearestRows, type Sample } from "../nearest-rows";
import { scoreEach } from "../score-each";

/** What is known of each row of a sample. */
export interface Densities {
  /** Distance to its k-th neighbour. */
  readonly reach: Float64Array;
  /** Local reachability density. */
  readonly density: Float64Array;
}

/** Rows that equal all of their neighbours have no distance to divide by; scikit-learn adds as much. */
export const leastReach = 1e-10;

/**
 * Local reachability density (definition 6 of the paper): one over the mean distance to the neighbours, none of which
 * counts for less than the neighbour's own reach.
 */
export function densityOf({ nearest, squares }: ReturnType<typeof nearestRows>, reach: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < nearest.length; n++) sum += Math.max(reach[nearest[n]], Math.sqrt(squares[n]));
  return 1 / (sum / nearest.length + leastReach);
}

/** Writes local outlier factors (definition 7). */
export const scorer: RowScorer<Densities & { readonly sample: Sample; readonly neighbours: number }> = {
  file: __filename,
  scoreRows({ sample, reach, density, neighbours }, task) {
    scoreEach(task, (row) => {
      const found = nearestRows(sample, row, neighbours);
      let sum = 0;
      for (const other of found.nearest) sum += density[other] ?? Number.NaN;
      return sum / neighbours / densityOf(found, reach);
    });
  },
};
