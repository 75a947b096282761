import { distinctBlocks, spread } from "../kernel/distinct-blocks";
import { isStopped, type ScoringTask } from "../kernel/scoring-task";

/**
 * Writes the score of each row of a task; of rows that repeat, one is scored.
 *
 * @param scoreOf a row's score, by that row alone, which is another the next time
 */
export function scoreEach(task: ScoringTask, scoreOf: (row: Float32Array) => number): void {
  const { data, width, start, end, scores } = task;
  for (const block of distinctBlocks(data, width, start, end)) {
    const { rows, count } = block;
    const distinct = new Float64Array(count);
    const values = new Float32Array(width); // a view of each row would be work for the garbage collector
    for (let row = 0; row < count; row++) {
      if (isStopped(task)) return;
      for (let i = 0, at = row * width; i < width; i++) values[i] = rows[at++];
      distinct[row] = scoreOf(values);
    }
    spread(block, distinct, scores);
  }
}
