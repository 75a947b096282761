import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "traffic-anomaly";
import { Draw } from "traffic-anomaly/dist/traffic/simulator/draw";
import {
  always,
  atRandom,
  beginning,
  daily,
  every,
  office,
  publicRhythm,
  type Schedule,
} from "traffic-anomaly/dist/traffic/simulator/rhythm";

const hour = 3600;
const day = 24 * hour;

/** Times of the first days. */
function times(schedule: Schedule, days: number): number[] {
  const draw = new Draw(createRandom(1, "test of rhythms"));
  const found: number[] = [];
  for (let at = schedule(beginning, draw); at < beginning + days * day; at = schedule(at, draw))
    found.push(at);
  return found;
}

test("simulations begin on a Monday at eight", () => {
  assert.equal(new Date(beginning * 1000).toUTCString(), "Mon, 05 Jan 2026 08:00:00 GMT");
});

test("an office sleeps at night and at weekends; the public does less so", () => {
  const tuesday = beginning + day;
  const saturday = beginning + 5 * day;
  assert.ok(office(tuesday + 2 * hour) > 20 * office(tuesday + 18 * hour), "10 o'clock and 2 o'clock");
  assert.ok(office(tuesday + 2 * hour) > 10 * office(saturday + 2 * hour));
  assert.ok(publicRhythm(saturday + 2 * hour) > 0.4);
  for (let at = beginning; at < beginning + 7 * day; at += 600)
    for (const rhythm of [office, publicRhythm, always]) assert.ok(rhythm(at) > 0 && rhythm(at) <= 1);
});

test("random times are as frequent as asked for, and follow the rhythm", () => {
  const constant = times(atRandom(10, always), 14).length;
  assert.ok(Math.abs(constant / (14 * 24 * 10) - 1) < 0.05, `${constant}`);
  const perHour = new Float64Array(24);
  for (const at of times(atRandom(20, office), 5)) perHour[Math.floor((at % day) / hour)]++;
  assert.ok(perHour[10] > 60 && perHour[10] <= 130, `${perHour}`);
  assert.ok(perHour[3] < 15, `${perHour}`);
});

test("regular times keep their distance", () => {
  const found = times(every(600), 1);
  for (let i = 1; i < found.length; i++) assert.ok(Math.abs(found[i] - found[i - 1] - 600) <= 12);
});

test("what is done daily is done once a day, in the minutes after its hour", () => {
  const found = times(daily(4), 5);
  assert.equal(found.length, 5);
  for (const at of found) assert.ok(at % day >= 4 * hour && at % day <= 4 * hour + 600);
});
