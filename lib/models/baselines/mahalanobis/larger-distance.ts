import { square } from "../../../common/exact-math";
import { distinctBlocks, spread } from "../../kernel/distinct-blocks";
import { isStopped, type RowScorer } from "../../kernel/scoring-task";

/** What scoring needs to know of fitted components. */
export interface Components {
  readonly mean: Float64Array;
  readonly major: readonly Float64Array[];
  readonly minor: readonly Float64Array[];
}

/** Writes the larger of major and minor distance. Of rows that repeat, one is measured. */
export const scorer: RowScorer<Components> = {
  file: __filename,
  scoreRows(task) {
    const { mean, major, minor, data, width, start, end, scores } = task;
    const centred = new Float64Array(width);
    for (const { rows, count, ...block } of distinctBlocks(data, width, start, end)) {
      const distinct = new Float64Array(count);
      for (let row = 0; row < count; row++) {
        if (isStopped(task)) return;
        for (let i = 0; i < width; i++) centred[i] = rows[row * width + i] - mean[i];
        distinct[row] = Math.max(squaredLength(major, centred), squaredLength(minor, centred));
      }
      spread(block, distinct, scores);
    }
  },
};

/** The sum of a row's squared positions on components. */
export function squaredLength(components: readonly Float64Array[], centred: Float64Array): number {
  let length = 0;
  for (const component of components) {
    let position = 0;
    for (let i = 0; i < centred.length; i++) position += component[i] * centred[i];
    length += square(position);
  }
  return length;
}
