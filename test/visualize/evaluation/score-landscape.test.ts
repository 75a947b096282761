import assert from "node:assert/strict";
import { test } from "node:test";
import { agreement, scoreLandscapeFigure } from "traffic-anomaly/visualize";
import { nominalColumn } from "../../fixtures/table";
import { caption } from "../models/plane";

const x = { name: "isolation-forest", scores: Float64Array.of(0.1, 0.9, 0.5, 0.6), threshold: 0.5 };
const y = {
  name: "autoencoder",
  scores: Float64Array.of(0, 1, 10, 0.1),
  threshold: 0.1,
  scale: "log" as const,
};
const labels = nominalColumn("label", ["normal", "smurf", "smurf", "smurf"]);

test("quarters count scores above both thresholds, one or none; a score at the threshold is not above it", () => {
  assert.deepEqual(agreement(x, y, [0, 1, 2, 3]), {
    both: 1 / 4,
    onlyX: 1 / 4,
    onlyY: 1 / 4,
    neither: 1 / 4,
  });
  assert.deepEqual(agreement(x, y, []), { both: 0, onlyX: 0, onlyY: 0, neither: 0 });
});

test("each category has a panel whose cells hold all its rows, zero and the extremes included", () => {
  const { data } = scoreLandscapeFigure(x, y, labels, caption, 10);
  assert.deepEqual(
    data.map(({ name }) => name),
    ["Normal", "DoS"],
  );
  for (const { z } of data) {
    const cells = (z as (number | null)[][]).flat().filter((value) => value !== null);
    const total = cells.reduce((sum, value) => sum + 10 ** value, 0);
    assert.ok(Math.abs(total - 1) < 0.02, `the shares sum to ${total}`);
  }
});
