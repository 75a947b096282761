import assert from "node:assert/strict";
import { test } from "node:test";
import { range } from "traffic-anomaly/dist/common/range";
import { Timeline } from "traffic-anomaly/dist/detect/timeline";

test("a timeline loses no connection however long a log is, and its stretches are equal and few", () => {
  const timeline = new Timeline(["isolation-forest", "autoencoder"]);
  for (let i = 0; i < 5000; i += 100) {
    const numbers = range(i, i + 100);
    const connections = Array.from(numbers, (number) => ({ start: 1_700_000_000 + 37 * number }));
    const flagsOf = (step: number) => Uint8Array.from(numbers, (number) => (number % step === 0 ? 1 : 0));
    timeline.add(connections, [flagsOf(2), flagsOf(3)]);
  }
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
  const connections = [5.2, 3.9, 5.9].map((start) => ({ start }));
  timeline.add(connections, [Uint8Array.of(1, 1, 1)]);
  assert.deepEqual(timeline.stretches, [
    { start: 3, connections: 1, flagged: { autoencoder: 1 } },
    { start: 5, connections: 2, flagged: { autoencoder: 2 } },
  ]);
});
