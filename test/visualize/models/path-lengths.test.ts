import assert from "node:assert/strict";
import { test } from "node:test";
import { pathLengthFigure } from "traffic-anomaly/visualize";
import { caption } from "./plane";

test("a bin of width 1 holds the share of the trees, and the mean stands in the legend", () => {
  const { data, layout } = pathLengthFigure([{ name: "point", pathLengths: [1, 1.9, 2, 4] }], caption);
  assert.deepEqual(data[0].x, [0.5, 1.5, 2.5, 3.5, 4.5]);
  assert.deepEqual(data[0].y, [0, 2 / 4, 1 / 4, 0, 1 / 4]);
  assert.equal(data[0].name, `point · mean ${((1 + 1.9 + 2 + 4) / 4).toFixed(2)}`);
  assert.equal((layout.shapes as unknown[]).length, 1);
});
