import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "traffic-anomaly";
import { attackProfile, attackProfileFigure } from "traffic-anomaly/visualize";
import { nominalColumn } from "../../fixtures/table";
import { caption } from "./plane";

const columns = ["bytes", "service=a", "service=b"];
const matrix: Matrix = { rows: 4, columns, data: Float32Array.of(1, 1, 0, 2, 0, 1, 9, 1, 0, 5, 1, 0) };
const reconstruction: Matrix = {
  rows: 4,
  columns,
  // errors: 1, 1 + 1 → 1/3, 2/3; 4, 0 → 1, 0; none; 1, 0 → 1, 0
  data: Float32Array.of(0, 0, 1, 0, 0, 1, 9, 1, 0, 4, 1, 0),
};
const labels = nominalColumn("label", ["smurf", "smurf", "smurf", "normal"], ["neptune", "normal", "smurf"]);

test("a profile is the mean share of each source feature; rows without any error and labels without rows are left out", () => {
  const profile = attackProfile(matrix, reconstruction, labels);
  assert.deepEqual(profile.features, ["bytes", "service"]);
  assert.deepEqual(profile.labels, ["normal", "smurf"]);
  assert.deepEqual(profile.shares, [
    Float64Array.of(1, 0),
    Float64Array.of((1 / 3 + 1) / 2, (2 / 3 + 0) / 2),
  ]);
});

test("the figure shows the features with the largest share anywhere first", () => {
  const profile = { features: ["a", "b<"], labels: ["normal"], shares: [Float64Array.of(0.2, 0.8)] };
  const { data } = attackProfileFigure(profile, caption, 1);
  assert.deepEqual(data[0].x, ["b&lt;"]);
  assert.deepEqual(data[0].z, [[0.8]]);
});
