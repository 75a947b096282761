import { exp2 } from "../../common/exact-math";
import { firstNotFinite } from "../../preprocess/matrix";
import { isStopped, type ScoringTask } from "../kernel/scoring-task";
import type { Nodes } from "./tree";

/** What scoring needs to know of a forest. */
export interface Forest {
  readonly nodes: Nodes;
  /** c(ψ), the path length to expect. */
  readonly expectedPathLength: number;
}

/** Equation 2 of the paper: s = 2^(−E[h] / c(ψ)). */
export function anomalyScore(meanPathLength: number, expectedPathLength: number): number {
  return exp2(-meanPathLength / expectedPathLength);
}

/** Scores rows. Each row's sum runs in the order of the trees, so that it does not depend on how rows are shared out. */
export function scoreRows({ nodes, expectedPathLength }: Forest, task: ScoringTask): void {
  const { data, width, start, end, scores } = task;
  const { column, split, left, pathLength, roots } = nodes;
  // Some rows at a time through tree after tree: the rows and one tree fit into the processor's cache.
  const block = 256;
  for (let from = start; from < end; from += block) {
    if (isStopped(task)) return;
    const to = Math.min(from + block, end);
    scores.fill(0, from, to);
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree];
      for (let row = from; row < to; row++) {
        const base = row * width;
        let node = root;
        for (let c = column[node]; c >= 0; c = column[node]) {
          node = left[node] + (data[base + c] > split[node] ? 1 : 0);
        }
        scores[row] += pathLength[node];
      }
    }
    for (let row = from; row < to; row++)
      scores[row] = anomalyScore(scores[row] / roots.length, expectedPathLength);
  }
}

/** As {@link scoreRows}, but NaN for a row with a value that is not finite. */
export function scoreFiniteRows(forest: Forest, task: ScoringTask): void {
  scoreRows(forest, task);
  const { data, width, start, end, scores } = task;
  for (let row = start; row < end; row++)
    if (firstNotFinite(data.subarray(row * width, (row + 1) * width)) >= 0) scores[row] = NaN;
}
