import assert from "node:assert/strict";
import { test } from "node:test";
import { scoreMap, scoreMapFigure } from "traffic-anomaly/visualize";
import { caption, cloud, forest } from "./plane";

test("a cell of the map holds the score of its centre", async () => {
  const { x, y, scores } = await scoreMap("forest", forest, cloud, 7);
  assert.deepEqual([x.length, y.length, scores.length, scores[0].length], [7, 7, 7, 7]);
  const data = Float32Array.of(x[5], y[2]);
  const [score] = await forest.score({ rows: 1, columns: ["x", "y"], data });
  assert.ok(Math.abs(scores[2][5] - score) < 1e-3);
});

test("the maps of a figure share one scale of colours", async () => {
  const map = await scoreMap("one", forest, cloud, 5);
  const brighter = { ...map, name: "two", scores: map.scores.map((line) => line.map((score) => score / 2)) };
  const { data } = scoreMapFigure([map, brighter], cloud, caption);
  const heatmaps = data.filter(({ type }) => type === "heatmap");
  assert.deepEqual(
    heatmaps.map(({ zmin, zmax }) => [zmin, zmax]),
    Array(2).fill([Math.min(...brighter.scores.flat()), Math.max(...map.scores.flat())]),
  );
  assert.deepEqual(
    heatmaps.map(({ showscale }) => showscale),
    [true, false],
  );
});
