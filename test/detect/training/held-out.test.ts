import assert from "node:assert/strict";
import { test } from "node:test";
import { splitByTime } from "traffic-anomaly/dist/detect/training/held-out";

const hour = 3_600;
const all = (times: readonly number[]) => Uint32Array.from(times.keys());
/** A connection each hour from 8 to 18 of so many days. */
const workdays = (days: number) =>
  Array.from({ length: days * 24 }, (_, i) => i * hour).filter((time) => {
    const ofDay = (time / hour) % 24;
    return ofDay >= 8 && ofDay <= 18;
  });

test("of logs of less than three days the last fifth is held out", () => {
  const times = workdays(2);
  const [fitted, held] = splitByTime(all(times), times);
  assert.deepEqual([fitted.length, held.length], [18, 4]);
});

test("of longer logs the last whole days are held out that have a fifth of the connections", () => {
  for (const [days, whole] of [
    [4, 1],
    [5, 1],
    [8, 2],
  ]) {
    const times = workdays(days);
    const [fitted, held] = splitByTime(all(times), times);
    assert.equal(
      held.length,
      times.filter((time) => time >= times[times.length - 1] - whole * 24 * hour).length,
    );
    assert.equal(fitted[fitted.length - 1] + 1, held[0]);
  }
});

test("the last fifth is held out where the last day has most of the connections", () => {
  const times = [...workdays(4), ...Array.from({ length: 100 }, (_, i) => 4 * 24 * hour + i)];
  const [fitted, held] = splitByTime(all(times), times);
  assert.deepEqual(
    [fitted.length, held.length],
    [Math.round(0.8 * times.length), times.length - fitted.length],
  );
});
