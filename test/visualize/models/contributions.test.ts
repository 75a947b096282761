import assert from "node:assert/strict";
import { test } from "node:test";
import { contributionFigure } from "traffic-anomaly/visualize";
import { caption } from "./plane";

test("a figure sums the features that it does not show, and writes names as plain text", () => {
  const contributions = [
    { feature: "service", value: "<x>", contribution: 0.5 },
    { feature: "count", value: "3", contribution: -0.25 },
    { feature: "flag", value: "SF", contribution: 0.125 },
  ];
  const { data, layout } = contributionFigure([{ name: "row", contributions }], "log₂(score)", caption, 1);
  assert.deepEqual(data[0].x, [0.5, -0.25 + 0.125]);
  assert.deepEqual((layout.yaxis as { ticktext: string[] }).ticktext, [
    "service = &lt;x&gt;",
    "<i>2 others</i>",
  ]);
});
