import { square } from "../../../common/exact-math";
import { distinctBlocks, spread } from "../../kernel/distinct-blocks";
import { isStopped, type RowScorer } from "../../kernel/scoring-task";

/** What scoring needs to know of principal components. */
export interface Components {
  readonly mean: Float64Array;
  /** Orthonormal: what a row keeps of its length is the sum of its squared projections. */
  readonly components: readonly Float64Array[];
}

/** Writes mean squared reconstruction errors. Of rows that repeat, one is projected. */
export const scorer: RowScorer<Components> = {
  file: __filename,
  scoreRows(task) {
    const { mean, components, data, width, start, end, scores } = task;
    const centred = new Float64Array(width);
    for (const { rows, count, ...block } of distinctBlocks(data, width, start, end)) {
      const distinct = new Float64Array(count);
      for (let row = 0; row < count; row++) {
        if (isStopped(task)) return;
        let error = 0;
        for (let i = 0; i < width; i++) {
          centred[i] = rows[row * width + i] - mean[i];
          error += square(centred[i]);
        }
        for (const component of components) {
          let projection = 0;
          for (let i = 0; i < width; i++) projection += component[i] * centred[i];
          error -= square(projection);
        }
        distinct[row] = Math.max(error, 0) / width;
      }
      spread(block, distinct, scores);
    }
  },
};
