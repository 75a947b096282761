import assert from "node:assert/strict";
import { test } from "node:test";
import { planeGrid, planeReconstructionFigure } from "traffic-anomaly/visualize";
import { caption, cloud } from "./plane";

const bounds = { low: -1, high: 1, steps: 3 };

test("a grid runs row by row from the bottom, its corners included", () => {
  const { rows, data } = planeGrid(bounds, ["x", "y"]);
  assert.equal(rows, 9);
  assert.deepEqual([...data.subarray(0, 8)], [-1, -1, 0, -1, 1, -1, -1, 0]);
  assert.deepEqual([...data.subarray(-2)], [1, 1]);
});

test("each model has its errors on the grid, its points and their reconstructions", () => {
  const gridScores = Float64Array.from({ length: 9 }, (_, i) => i);
  const model = { points: cloud, reconstruction: cloud, gridScores };
  const { data } = planeReconstructionFigure(
    [
      { name: "principal-components", ...model },
      { name: "autoencoder", ...model },
    ],
    bounds,
    caption,
  );
  assert.equal(data.length, 6);
  assert.deepEqual(data[3].z, [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ]);
  assert.deepEqual(
    data.map(({ xaxis }) => xaxis),
    ["x", "x", "x", "x2", "x2", "x2"],
  );
});
