import { distinctBlocks, spread } from "../kernel/distinct-blocks";
import { isStopped, type ScoringTask } from "../kernel/scoring-task";

/** Writes the score of each row of a task; of rows that repeat, one is scored. @param scoreOf a row's score, by that row alone */
export function scoreEach(task: ScoringTask, scoreOf: (row: Float32Array) => number): void {
  const { data, width, start, end, scores } = task;
  for (const { rows, count, ...block } of distinctBlocks(data, width, start, end)) {
    const distinct = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      if (isStopped(task)) return;
      distinct[row] = scoreOf(rows.subarray(row * width, (row + 1) * width));
    }
    spread(block, distinct, scores);
  }
}
