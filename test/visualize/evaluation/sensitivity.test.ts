import assert from "node:assert/strict";
import { test } from "node:test";
import { sensitivityFigure } from "traffic-anomaly/visualize";
import { caption } from "../models/plane";

const points = [
  { setting: 1, results: [0.5, 0.7] },
  { setting: 100, results: [0.9, 1] },
];
const panel = { axisTitle: "Trees", used: 100, series: [{ name: "all", points }] };

test("the line runs through the means, and every result is a dot", () => {
  const [line, dots] = sensitivityFigure([panel], "ROC AUC", caption).data;
  assert.deepEqual(
    [line.x, line.y],
    [
      [1, 100],
      [(0.5 + 0.7) / 2, (0.9 + 1) / 2],
    ],
  );
  assert.deepEqual(
    [dots.x, dots.y],
    [
      [1, 1, 100, 100],
      [0.5, 0.7, 0.9, 1],
    ],
  );
});

test("panels share the legend and the range of results, and mark the value used", () => {
  const { data, layout } = sensitivityFigure([panel, { ...panel, used: undefined }], "ROC AUC", caption);
  assert.equal(data.filter(({ showlegend }) => showlegend).length, 1);
  const [first, second] = [layout.yaxis, layout.yaxis2] as { range: number[] }[];
  assert.deepEqual(first.range, second.range);
  assert.ok(first.range[0] < 0.5 && first.range[1] > 1);
  assert.deepEqual(
    (layout.shapes as { x0: number; xref: string }[]).map(({ x0, xref }) => [x0, xref]),
    [[100, "x"]],
  );
});
