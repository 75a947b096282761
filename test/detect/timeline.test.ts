import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline } from "traffic-anomaly/dist/detect/timeline";

test("a timeline loses no connection however long a log is, and its stretches are equal and few", () => {
  const timeline = new Timeline(["isolation-forest", "autoencoder"]);
  for (let i = 0; i < 5000; i++) timeline.add(1_700_000_000 + 37 * i, (detector) => i % (2 + detector) === 0);
  const { stretches } = timeline;
  assert.ok(stretches.length > 50 && stretches.length <= 120, `${stretches.length}`);
  const sum = (of: (stretch: (typeof stretches)[number]) => number) =>
    stretches.reduce((total, stretch) => total + of(stretch), 0);
  assert.deepEqual(
    [
      sum(({ connections }) => connections),
      sum(({ flagged }) => flagged["isolation-forest"]),
      sum(({ flagged }) => flagged.autoencoder),
    ],
    [5000, 2500, Math.ceil(5000 / 3)],
  );
  const widths = new Set(stretches.slice(1).map(({ start }, i) => start - stretches[i].start));
  assert.equal(widths.size, 1);
});

test("the stretches of a short log are seconds, in order of time", () => {
  const timeline = new Timeline(["autoencoder"]);
  for (const start of [5.2, 3.9, 5.9]) timeline.add(start, () => true);
  assert.deepEqual(timeline.stretches, [
    { start: 3, connections: 1, flagged: { autoencoder: 1 } },
    { start: 5, connections: 2, flagged: { autoencoder: 2 } },
  ]);
});
