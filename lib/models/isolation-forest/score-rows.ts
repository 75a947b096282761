import { exp2 } from "../../common/exact-math";
import { isStopped, type ScoringTask } from "../kernel/scoring-task";
import type { Nodes } from "./tree";

/** Rows to score with a forest. */
export interface ForestTask extends ScoringTask {
  readonly kind: "isolation-forest";
  readonly nodes: Nodes;
  /** c(ψ), the path length to expect. */
  readonly usual: number;
}

/** Equation 2 of the paper: s = 2^(−E[h] / c(ψ)). */
export function anomalyScore(meanPathLength: number, usual: number): number {
  return exp2(-meanPathLength / usual);
}

/** Scores rows. Each row's sum runs in the order of the trees, so that it does not depend on how rows are shared out. */
export function scoreRows(task: ForestTask): void {
  const { nodes, usual, data, width, start, end, scores } = task;
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
    for (let row = from; row < to; row++) scores[row] = anomalyScore(scores[row] / roots.length, usual);
  }
}
