import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Matrix } from "traffic-anomaly";

/** PyOD's and scikit-learn's figures, made by baselines.reference.py. */
export const reference: {
  readonly rows: number;
  readonly newRows: number;
} & Readonly<Record<"ecod" | "mahalanobis" | "nearest-neighbours" | "local-outlier-factor", number[]>> =
  JSON.parse(readFileSync(join(__dirname, "baselines.reference.json"), "utf8"));

/** The rows that the figures were fitted on, and those that were scored: the same generator as the script's. */
export function referenceRows(): { readonly fitted: Matrix; readonly fresh: Matrix } {
  let state = 12345;
  const draw = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state >>> 24) / 8;
  };
  const make = (rows: number): Matrix => {
    const data = Array.from({ length: rows }, () => {
      const [a, b, c, d, e] = Array.from({ length: 5 }, draw);
      return [a, a + b / 2, c * c, -d * d, e / 8 - a / 4];
    });
    return { rows, columns: ["a", "b", "c", "d", "e"], data: Float32Array.from(data.flat()) };
  };
  return { fitted: make(reference.rows), fresh: make(reference.newRows) };
}

/** The largest difference between numbers and what they should be, as a share of the latter. */
export function largestDifference(found: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(found[i] - value) / Math.abs(value)));
}
