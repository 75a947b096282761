import assert from "node:assert/strict";
import { test } from "node:test";
import { flaggedOverTimeFigure } from "traffic-anomaly/visualize";
import { caption } from "../models/plane";

const stretches = [
  { start: 1_700_000_000, connections: 200, flagged: { "isolation-forest": 2, autoencoder: 0 } },
  { start: 1_700_000_060, connections: 50, flagged: { "isolation-forest": 25, autoencoder: 50 } },
];

test("each detector has its share of each stretch, above the number of connections", () => {
  const { data, layout } = flaggedOverTimeFigure(stretches, 0.005, caption);
  assert.deepEqual(
    data.map(({ y }) => y),
    [
      [0.01, 0.5],
      [0, 1],
      [200, 50],
    ],
  );
  assert.deepEqual((data[0].x as string[])[0], "2023-11-14T22:13:20.000Z");
  assert.equal((layout.shapes as { y0: number }[])[0].y0, 0.005);
  assert.match((layout.title as { text: string }).text, /Share flagged over time/);
});

test("relative times are seconds, not dates", () => {
  const relative = stretches.map((stretch, i) => ({ ...stretch, start: 60 * i }));
  const { data, layout } = flaggedOverTimeFigure(relative, 0.005, caption);
  assert.deepEqual(data[0].x, [0, 60]);
  assert.match(JSON.stringify(layout.xaxis), /Seconds since the log's start/);
});
