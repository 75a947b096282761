import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "traffic-anomaly";
import { rowReconstructionFigure } from "traffic-anomaly/visualize";
import { caption } from "./plane";

const columns = ["a", "b", "c"];
const matrix: Matrix = { rows: 2, columns, data: Float32Array.of(0, 0, 0, 1, 1, 1) };
const reconstruction: Matrix = { rows: 2, columns, data: Float32Array.of(0, 0, 0.5, 1, 0, 1) };

test("the columns with the largest errors over all rows are shown, the worst on top", () => {
  const { data, layout } = rowReconstructionFigure(
    { matrix, reconstruction, titles: ["first", "second"] },
    caption,
    2,
  );
  const [, value, made] = data.slice(3);
  assert.deepEqual(value.y, ["c", "b"]);
  assert.deepEqual(
    [value.x, made.x],
    [
      [1, 1],
      [1, 0],
    ],
  );
  assert.match(JSON.stringify(layout.xaxis2), /second.*mean squared error 0\.333/);
});
