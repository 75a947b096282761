import assert from "node:assert/strict";
import { test } from "node:test";
import { selectMatrixRows } from "traffic-anomaly";
import { scoreGalleryFigure, scoreMap } from "traffic-anomaly/visualize";
import { caption, cloud, forest, lonely } from "./plane";

const usual = selectMatrixRows(
  cloud,
  Uint32Array.from({ length: 100 }, (_, row) => row),
);
const anomalous = selectMatrixRows(cloud, Uint32Array.of(100));

async function gallery(threshold: number) {
  const map = await scoreMap("forest", forest, cloud, 9);
  const line = {
    name: "cloud & one",
    usual,
    anomalous,
    maps: [
      { map, threshold },
      { map, threshold },
    ],
  };
  return { map, figure: scoreGalleryFigure([line, line], caption) };
}

test("a cell has the strong half of the colours exactly where its score is beyond the threshold", async () => {
  const { map, figure } = await gallery(0.6);
  const [heatmap] = figure.data.filter(({ type }) => type === "heatmap") as unknown as { z: number[][] }[];
  const beyond = map.scores.flat().filter((score) => score > 0.6).length;
  assert.ok(beyond > 0 && beyond < 81, `${beyond} cells`);
  map.scores.forEach((line, j) => {
    line.forEach((score, i) => {
      assert.equal(heatmap.z[j][i] > 50, score > 0.6, `${score}: ${heatmap.z[j][i]}`);
    });
  });
  assert.ok(Math.min(...heatmap.z.flat()) === 0 && Math.max(...heatmap.z.flat()) <= 100);
});

test("where all is beyond the threshold, or nothing, the map has one half of the colours", async () => {
  for (const [threshold, strong] of [
    [0, true],
    [1, false],
  ] as const) {
    const { figure } = await gallery(threshold);
    const [{ z }] = figure.data.filter(({ type }) => type === "heatmap") as unknown as { z: number[][] }[];
    for (const rank of z.flat()) assert.equal(rank > 50, strong);
  }
});

test("a line has its rows first, then a map for each detector, and planted rows on all of them", async () => {
  const { figure } = await gallery(0.6);
  const { data, layout } = figure;
  const planted = data.filter(({ x }) => Array.isArray(x) && x.length === 1) as unknown as { x: number[] }[];
  assert.equal(planted.length, 6);
  for (const { x } of planted) assert.deepEqual(x, [lonely[0]]);
  assert.equal(data.filter(({ type }) => type === "heatmap").length, 4);
  const { annotations } = layout as unknown as { annotations: { text: string }[] };
  assert.deepEqual(
    annotations.map(({ text }) => text),
    ["<b>Rows</b>", "<b>forest</b>", "<b>forest</b>"],
  );
  assert.match(JSON.stringify(layout), /<b>cloud &amp; one<\/b>/);
});
