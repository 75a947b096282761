import type { RowScorer } from "../../kernel/scoring-task";
import { nearestRows, type Sample } from "../nearest-rows";
import { scoreEach } from "../score-each";

/** Writes distances to the k-th nearest row. */
export const scorer: RowScorer<{ readonly sample: Sample; readonly neighbours: number }> = {
  file: __filename,
  scoreRows({ sample, neighbours }, task) {
    scoreEach(task, (row) => Math.sqrt(nearestRows(sample, row, neighbours).squares[neighbours - 1]));
  },
};
