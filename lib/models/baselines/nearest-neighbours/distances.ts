import { distinctBlocks, spread } from "../../kernel/distinct-blocks";
import { isStopped, type RowScorer } from "../../kernel/scoring-task";
import { nearestRows, type Sample } from "../nearest-rows";

/** Writes distances to the k-th nearest row. Of rows that repeat, one is compared. */
export const scorer: RowScorer<{ readonly sample: Sample; readonly neighbours: number }> = {
  file: __filename,
  scoreRows(task) {
    const { sample, neighbours, data, width, start, end, scores } = task;
    for (const { rows, count, ...block } of distinctBlocks(data, width, start, end)) {
      const distinct = new Float64Array(count);
      for (let row = 0; row < count; row++) {
        if (isStopped(task)) return;
        const { squares } = nearestRows(sample, rows.subarray(row * width, (row + 1) * width), neighbours);
        distinct[row] = Math.sqrt(squares[neighbours - 1]);
      }
      spread(block, distinct, scores);
    }
  },
};
