import { square } from "../../../common/exact-math";
import type { RowScorer } from "../../kernel/scoring-task";
import { scoreEach } from "../score-each";

/** What scoring needs to know of principal components. */
export interface Components {
  readonly mean: Float64Array;
  /** Orthonormal: what a row keeps of its length is the sum of its squared projections. */
  readonly components: readonly Float64Array[];
}

/** Writes mean squared reconstruction errors. */
export const scorer: RowScorer<Components> = {
  file: __filename,
  scoreRows({ mean, components }, task) {
    const { width } = task;
    const centred = new Float64Array(width);
    scoreEach(task, (row) => {
      let error = 0;
      for (let i = 0; i < width; i++) {
        centred[i] = row[i] - mean[i];
        error += square(centred[i]);
      }
      for (const component of components) {
        let projection = 0;
        for (let i = 0; i < width; i++) projection += component[i] * centred[i];
        error -= square(projection);
      }
      return Math.max(error, 0) / width;
    });
  },
};
