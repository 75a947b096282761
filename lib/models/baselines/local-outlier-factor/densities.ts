import { distinctBlocks, spread } from "../../kernel/distinct-blocks";
import { isStopped, type RowScorer } from "../../kernel/scoring-task";
import { nearestRows, type Sample } from "../nearest-rows";

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

/** Writes local outlier factors (definition 7). Of rows that repeat, one is compared. */
export const scorer: RowScorer<Densities & { readonly sample: Sample; readonly neighbours: number }> = {
  file: __filename,
  scoreRows(task) {
    const { sample, reach, density, neighbours, data, width, start, end, scores } = task;
    for (const { rows, count, ...block } of distinctBlocks(data, width, start, end)) {
      const distinct = new Float64Array(count);
      for (let row = 0; row < count; row++) {
        if (isStopped(task)) return;
        const found = nearestRows(sample, rows.subarray(row * width, (row + 1) * width), neighbours);
        let sum = 0;
        for (const other of found.nearest) sum += density[other] ?? Number.NaN;
        distinct[row] = sum / neighbours / densityOf(found, reach);
      }
      spread(block, distinct, scores);
    }
  },
};
