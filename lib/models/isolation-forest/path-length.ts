import type { Nodes } from "./tree";

/**
 * Writes the mean path length over all trees of rows `start` to `end` (exclusive) into `result`.
 * Each row's sum runs in the order of the trees, so that it does not depend on how rows are shared out.
 */
export function meanPathLengths(
  nodes: Nodes,
  data: Float32Array,
  width: number,
  start: number,
  end: number,
  result: Float64Array,
): void {
  const { column, split, left, pathLength, roots } = nodes;
  // Some rows at a time through tree after tree: the rows and one tree fit into the processor's cache.
  const block = 256;
  for (let from = start; from < end; from += block) {
    const to = Math.min(from + block, end);
    result.fill(0, from, to);
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree];
      for (let row = from; row < to; row++) {
        const base = row * width;
        let node = root;
        for (let c = column[node]; c >= 0; c = column[node]) {
          node = left[node] + (data[base + c] > split[node] ? 1 : 0);
        }
        result[row] += pathLength[node];
      }
    }
    for (let row = from; row < to; row++) result[row] /= roots.length;
  }
}
