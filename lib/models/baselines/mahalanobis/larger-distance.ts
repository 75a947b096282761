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
  scoreRows({ mean, major, minor }, task) {
    const { width } = task;
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
  let k = 0;
  // Four at once: each sum waits for its last term, not for the other sums.
  for (; k + 4 <= components.length; k += 4) {
    const [first, second, third, fourth] = [
      components[k],
      components[k + 1],
      components[k + 2],
      components[k + 3],
    ];
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < centred.length; i++) {
      const value = centred[i];
      a += first[i] * value;
      b += second[i] * value;
      c += third[i] * value;
      d += fourth[i] * value;
    }
    length = length + square(a) + square(b) + square(c) + square(d);
  }
  for (; k < components.length; k++) {
    const component = components[k];
    let position = 0;
    for (let i = 0; i < centred.length; i++) position += component[i] * centred[i];
    length += square(position);
  }
  return length;
}
