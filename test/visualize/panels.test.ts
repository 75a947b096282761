import assert from "node:assert/strict";
import { test } from "node:test";
import type { Data } from "plotly.js-dist";
import { panelGrid, panelStack } from "traffic-anomaly/dist/visualize/panels";

interface Axis {
  readonly domain: [number, number];
  readonly title?: { readonly text: string };
  readonly showticklabels?: boolean;
}

const traces: Data[] = [{ type: "scatter", x: [1], y: [1] }];

test("panels of a grid are equal, fill lines from the top left, and do not overlap", () => {
  const { data, axes } = panelGrid(new Array(5).fill({ traces }), { gap: 0.1, across: 3, gapBelow: 0.2 });
  const all = axes as Record<string, Axis>;
  const x = ["xaxis", "xaxis2", "xaxis3", "xaxis4", "xaxis5"].map((name) => all[name].domain);
  const y = ["yaxis", "yaxis2", "yaxis3", "yaxis4", "yaxis5"].map((name) => all[name].domain);
  const width = (1 - 2 * 0.1) / 3;
  for (const [left, right] of x) assert.ok(Math.abs(right - left - width) < 1e-12);
  assert.ok(Math.abs(x[1][0] - x[0][1] - 0.1) < 1e-12);
  assert.deepEqual(x[3], x[0]);
  assert.deepEqual(y[2], y[0]);
  assert.ok(Math.abs(y[0][0] - 0.6) < 1e-12 && Math.abs(y[3][1] - 0.4) < 1e-12);
  assert.deepEqual(
    (data as { xaxis?: string; yaxis?: string }[]).map(({ xaxis, yaxis }) => [xaxis, yaxis]),
    [1, 2, 3, 4, 5].map((i) => (i === 1 ? ["x", "y"] : [`x${i}`, `y${i}`])),
  );
});

test("a shared vertical axis has its words at the first panel of each line only", () => {
  const y = { title: { text: "Rows" } };
  const all = panelGrid(new Array(4).fill({ traces }), { gap: 0.1, across: 2, y }).axes as Record<
    string,
    Axis
  >;
  const axes = ["yaxis", "yaxis2", "yaxis3", "yaxis4"].map((name) => all[name]);
  assert.deepEqual(
    axes.map(({ title }) => title?.text),
    ["Rows", "", "Rows", ""],
  );
  assert.deepEqual(
    axes.map(({ showticklabels = true }) => showticklabels),
    [true, false, true, false],
  );
});

test("a stack is in proportion to its panels' heights, with one axis below the last", () => {
  const stack = panelStack(
    [30, 60].map((height) => ({ height, label: "words", traces })),
    10,
    {},
  );
  const axes = stack.axes as Record<string, Axis & { anchor?: string }>;
  const heights = ["yaxis", "yaxis2"].map((name) => axes[name].domain[1] - axes[name].domain[0]);
  assert.ok(Math.abs(heights[1] - 2 * heights[0]) < 1e-12);
  assert.equal(axes.xaxis.anchor, "y2");
  assert.equal(stack.height, 30 + 10 + 60 + 10);
  assert.equal(stack.annotations.length, 2);
});

test("no panels make no axes but the common one", () => {
  assert.deepEqual(panelGrid([], { gap: 0.1 }), { data: [], axes: {} });
  assert.deepEqual(panelStack([], 10, {}).axes, { xaxis: { anchor: "y" } });
});
