import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "traffic-anomaly";
import { embeddingFigure } from "traffic-anomaly/visualize";
import { nominalColumn } from "../../fixtures/table";
import { caption } from "./plane";

const points: Matrix = { rows: 3, columns: ["a", "b"], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const embedding = {
  points,
  labels: nominalColumn("label", ["smurf", "normal", "smurf"]),
  scores: Float64Array.of(0.1, 0.2, 0.3),
  axisTitles: ["a", "b"] as const,
};

test("each category is a trace with its rows' points, normal rows below the others", () => {
  const { data } = embeddingFigure(embedding, caption);
  assert.deepEqual(
    data.map(({ name, x, y, text }) => [name, x, y, text]),
    [
      ["Normal · 1 row", [3], [4], ["normal 0.2"]],
      ["DoS · 2 rows", [1, 5], [2, 6], ["smurf 0.1", "smurf 0.3"]],
    ],
  );
});

test("other groups replace the categories, not the labels at the points", () => {
  const groups = nominalColumn("group", ["new", "known", "new"], ["known", "new"]);
  const { data } = embeddingFigure({ ...embedding, groups }, caption);
  assert.deepEqual(
    data.map(({ name, text }) => [name, text]),
    [
      ["known · 1 row", ["normal 0.2"]],
      ["new · 2 rows", ["smurf 0.1", "smurf 0.3"]],
    ],
  );
});
