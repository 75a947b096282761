import { square } from "../../../common/exact-math";
import type { RowScorer } from "../../kernel/scoring-task";
import { scoreEach } from "../score-each";

/** What scoring needs to know of fitted components. */
export interface Components {
  readonly mean: Float64Array;
  readonly major: readonly Float64Array[];
  readonly minor: readonly Float64Array[];
}

/** Writes the larger of major and minor distance. */
export const scorer: RowScorer<Components> = {
  file: __filename,
  scoreRows(task) {
    const { mean, major, minor, width } = task;
    const centred = new Float64Array(width);
    scoreEach(task, (row) => {
      for (let i = 0; i < width; i++) centred[i] = row[i] - mean[i];
      return Math.max(squaredLength(major, centred), squaredLength(minor, centred));
    });
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
