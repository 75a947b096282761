import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "traffic-anomaly/dist/traffic/windows/clock";

test("the clock shows the latest time", () => {
  const clock = new Clock();
  for (const time of [10, 30, 20]) clock.advance(time);
  assert.equal(clock.now, 30);
  assert.equal(clock.jumps, 0);
});

test("it goes back when 16 times in succession are more than an hour behind", () => {
  const clock = new Clock();
  clock.advance(100_000);
  for (let i = 1; i <= 15; i++) assert.equal(clock.advance(i), false);
  assert.equal(clock.now, 100_000);
  assert.equal(clock.advance(16), true);
  assert.equal(clock.now, 16);
  assert.equal(clock.jumps, 1);
});

test("an hour behind, or behind now and then, is late and no jump", () => {
  const clock = new Clock();
  clock.advance(100_000);
  for (let i = 0; i < 100; i++) clock.advance(100_000 - 3_600);
  for (let i = 0; i < 100; i++) clock.advance(i % 10 === 0 ? 100_000 : 0);
  assert.equal(clock.now, 100_000);
  assert.equal(clock.jumps, 0);
});
