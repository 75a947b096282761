import { log } from "../../../common/exact-math";
import { lowerBound } from "../../../common/lower-bound";
import type { RowScorer } from "../../kernel/scoring-task";
import { scoreEach } from "../score-each";

/** How the values of one column are distributed over the fitted rows. */
export interface ColumnDistribution {
  /** Different values, ascending. */
  readonly values: readonly number[];
  /** How many rows have each of them. */
  readonly counts: readonly number[];
  /** Whether small values are the rare ones: the distribution's third central moment is negative. */
  readonly leftTailed: boolean;
}

/** Tail probabilities of all columns, one after another, in arrays that threads can share. */
export interface Tails {
  /** Where each column's values start in `values`, and where the last one's end. */
  readonly starts: Uint32Array;
  /** The different values of each column, ascending. */
  readonly values: Float32Array;
  /**
   * −log of the share of rows up to a value, and from a value on. A column has one more of each than it has values: before
   * its first value, and beyond its last.
   */
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** 1 for columns whose left tail is the longer one. */
  readonly leftTailed: Uint8Array;
}

/** Tail probabilities where the row that is judged counts as one more. */
export function tailsOf(rows: number, distributions: readonly ColumnDistribution[]): Tails {
  const width = distributions.length;
  const starts = new Uint32Array(width + 1);
  distributions.forEach(({ values }, i) => {
    starts[i + 1] = starts[i] + values.length;
  });
  const values = new Float32Array(starts[width]);
  const left = new Float64Array(starts[width] + width);
  const right = new Float64Array(starts[width] + width);
  distributions.forEach((distribution, i) => {
    values.set(distribution.values, starts[i]);
    let below = 0;
    for (let k = 0; k <= distribution.values.length; k++) {
      left[starts[i] + i + k] = -log((below + 1) / (rows + 1));
      right[starts[i] + i + k] = -log((rows - below + 1) / (rows + 1));
      below += distribution.counts[k] ?? 0;
    }
  });
  return {
    starts,
    values,
    left,
    right,
    leftTailed: Uint8Array.from(distributions, (d) => Number(d.leftTailed)),
  };
}

/** −log tail probabilities of one row, by column: left, right, and on the side to which the column is skewed. */
export interface RowTails {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly skewed: Float64Array;
}

export function rowTails(width: number): RowTails {
  return {
    left: new Float64Array(width),
    right: new Float64Array(width),
    skewed: new Float64Array(width),
  };
}

/** @param tails where to write those of the row */
export function tailsOfRow(
  { starts, values, left, right, leftTailed }: Tails,
  row: Float32Array,
  tails = rowTails(leftTailed.length),
): RowTails {
  const width = leftTailed.length;
  for (let i = 0; i < width; i++) {
    const end = starts[i + 1];
    const place = lowerBound(values, row[i], starts[i], end);
    const equal = place < end && values[place] === row[i] ? 1 : 0;
    tails.left[i] = left[place + i + equal];
    tails.right[i] = right[place + i];
    tails.skewed[i] = leftTailed[i] ? tails.left[i] : tails.right[i];
  }
  return tails;
}

/** Writes the largest of the three sums. */
export const scorer: RowScorer<Tails> = {
  file: __filename,
  scoreRows(fitted, task) {
    const tails = rowTails(task.width);
    scoreEach(task, (row) => {
      const { left, right, skewed } = tailsOfRow(fitted, row, tails);
      let [l, r, s] = [0, 0, 0];
      for (let i = 0; i < row.length; i++) {
        l += left[i];
        r += right[i];
        s += skewed[i];
      }
      return Math.max(l, r, s);
    });
  },
};
