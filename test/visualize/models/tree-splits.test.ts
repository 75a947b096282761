import assert from "node:assert/strict";
import { test } from "node:test";
import { fitIsolationForest, treeSplitsFigure } from "traffic-anomaly";
import { caption, cloud, forest, lonely } from "./plane";

interface Rectangle {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  fillcolor: string;
}
const leavesOf = (tree: number) =>
  treeSplitsFigure({ forest, tree, matrix: cloud }, caption).layout.shapes as Rectangle[];

test("the leaves of a tree cover the area without overlap", () => {
  for (let tree = 0; tree < 5; tree++) {
    const leaves = leavesOf(tree);
    const size = (low: number[], high: number[]) => Math.max(...high) - Math.min(...low);
    const width = size(
      leaves.map(({ x0 }) => x0),
      leaves.map(({ x1 }) => x1),
    );
    const height = size(
      leaves.map(({ y0 }) => y0),
      leaves.map(({ y1 }) => y1),
    );
    const covered = leaves.reduce((sum, { x0, x1, y0, y1 }) => sum + (x1 - x0) * (y1 - y0), 0);
    assert.ok(leaves.every(({ x0, x1, y0, y1 }) => x0 <= x1 && y0 <= y1));
    assert.ok(Math.abs(covered - width * height) < 1e-2 * width * height);
  }
});

test("a tree has one split less than leaves", () => {
  const { data, layout } = treeSplitsFigure({ forest, matrix: cloud }, caption);
  const lines = data.filter(({ mode }) => mode === "lines") as unknown as { x: (number | null)[] }[];
  const splits = lines.reduce((sum, { x }) => sum + x.length / 3, 0);
  assert.equal(splits, (layout.shapes as Rectangle[]).length - 1);
});

test("a marked point shows the path length that the forest gives it", async () => {
  const one = await fitIsolationForest(cloud, { trees: 1, sampleSize: 32, seed: 1 });
  const marked = [{ name: "<lonely>", point: lonely }];
  const [note] = treeSplitsFigure({ forest: one, matrix: cloud, marked }, caption).layout.annotations as {
    text: string;
  }[];

  const { nodes } = one;
  let node = nodes.roots[0];
  while (nodes.column[node] >= 0) {
    node = nodes.left[node] + (lonely[nodes.column[node]] > nodes.split[node] ? 1 : 0);
  }

  assert.equal(
    note.text,
    `<b>&lt;lonely&gt;</b><br>path length ${Number(nodes.pathLength[node].toPrecision(4))}`,
  );
});

test("a forest of other than two columns, or without that tree, is refused", async () => {
  const wide = await fitIsolationForest({
    rows: 2,
    columns: ["a", "b", "c"],
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
  });
  assert.throws(
    () => treeSplitsFigure({ forest: wide, matrix: cloud }, caption),
    /2 columns, the forest has 3/,
  );
  assert.throws(
    () => treeSplitsFigure({ forest, tree: 5, matrix: cloud }, caption),
    /5 trees, none of number 5/,
  );
});
