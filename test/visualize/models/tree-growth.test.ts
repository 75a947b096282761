import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlaneTree } from "traffic-anomaly/dist/visualize/models/tree-growth";
import { treeGrowthFigure } from "traffic-anomaly/visualize";
import { caption, cloud, lonely } from "./plane";

const leaf = (rows: number): PlaneTree => ({ rows });
/** x ≤ 2, then y ≤ 0.5 on the left. */
const tree: PlaneTree = {
  rows: 101,
  column: 0,
  value: 2,
  low: { rows: 100, column: 1, value: 0.5, low: leaf(50), high: leaf(50) },
  high: leaf(1),
};
const {
  data,
  layout,
  frames = [],
} = treeGrowthFigure({ tree, matrix: cloud, marked: [{ name: "<lonely>", point: lonely }] }, caption);

interface Path {
  path: string;
  fillcolor?: string;
}
const shapesOf = (frame: number) => (frames[frame].layout as { shapes: Path[] }).shapes;
/** The boxes of a frame: x from, y from, x to, y to. */
const boxesOf = (frame: number) =>
  shapesOf(frame).flatMap(({ path }) =>
    Array.from(path.matchAll(/M([^,]+),([^H]+)H([^V]+)V([^H]+)H/g), ([, ...bounds]) => bounds.map(Number)),
  );

test("there is a frame before the first cut and one after each, and a box more in each", () => {
  assert.deepEqual(
    frames.map(({ name }) => name),
    ["0", "1", "2"],
  );
  assert.deepEqual(
    frames.map((_, frame) => boxesOf(frame).length),
    [1, 2, 3],
  );
});

test("the boxes of every frame cover the area without overlap", () => {
  const covered = frames.map((_, frame) =>
    boxesOf(frame).reduce((sum, [x0, y0, x1, y1]) => sum + (x1 - x0) * (y1 - y0), 0),
  );
  for (const area of covered) assert.ok(Math.abs(area - covered[0]) < 1e-2 * covered[0]);
});

test("a figure starts with the last frame, and its slider stands there", () => {
  const first = layout.shapes as Path[];
  assert.deepEqual(
    first.map(({ path }) => path),
    shapesOf(2).map(({ path }) => path),
  );
  const [{ active, steps }] = layout.sliders as { active: number; steps: { label: string }[] }[];
  assert.equal(active, 2);
  assert.deepEqual(
    steps.map(({ label }) => label),
    [
      "no cut yet",
      "cut 1 of 2: x ≤ 2 parts 101 rows into 100 and 1",
      "cut 2 of 2: y ≤ 0.5 parts 100 rows into 50 and 50",
    ],
  );
});

test("every frame has as many shapes as the figure, as Plotly merges them one by one", () => {
  const count = (layout.shapes as Path[]).length;
  for (const [frame] of frames.entries()) assert.equal(shapesOf(frame).length, count);
});

test("a leaf has the colour that the legend gives its number of cuts", () => {
  const entries = data as unknown as { name?: string; marker?: { color: string } }[];
  const colours = entries.filter(({ name }) => name?.includes("cut")).map(({ marker }) => marker?.color);
  const [open, ...leaves] = layout.shapes as Path[];
  assert.deepEqual(
    leaves.map(({ fillcolor }) => fillcolor),
    colours,
  );
  assert.ok(!colours.includes(open.fillcolor));
});

test("a name beside a point is plain text, and a matrix of other than two columns is refused", () => {
  const [note] = layout.annotations as { text: string }[];
  assert.equal(note.text, "<b>&lt;lonely&gt;</b>");
  const matrix = { rows: 1, columns: ["a", "b", "c"], data: Float32Array.of(1, 2, 3) };
  assert.throws(() => treeGrowthFigure({ tree, matrix }, caption), /2 columns, the rows have 3/);
});

test("a tree of one leaf is one box without a cut", () => {
  const one = treeGrowthFigure({ tree: leaf(3), matrix: cloud }, caption);
  assert.equal(one.frames?.length, 1);
  assert.match((one.layout.shapes as Path[])[1].path, /^M[^M]+Z$/);
});
