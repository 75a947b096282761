import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "traffic-anomaly";
import { Draw } from "traffic-anomaly/dist/traffic/simulator/draw";

const draws = 20_000;

/** Sorted values of one kind of draw. */
function sorted(one: (draw: Draw) => number): Float64Array {
  const draw = new Draw(createRandom(1, "test of draws"));
  return Float64Array.from({ length: draws }, () => one(draw)).sort();
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const near = (actual: number, expected: number) => {
  assert.ok(Math.abs(actual / expected - 1) < 0.05, `${actual} is not near ${expected}`);
};

test("a waiting time has its mean, and ln 2 of it as its median", () => {
  const values = sorted((draw) => draw.exponential(8));
  near(mean(values), 8);
  near(values[draws / 2], 8 * Math.LN2);
});

test("a log-normal value has its median, and 84 % lie below e^spread times it", () => {
  const values = sorted((draw) => draw.logNormal(300, 0.5));
  near(values[draws / 2], 300);
  near(values[0.8413 * draws], 300 * Math.exp(0.5));
});

test("half of Pareto's values exceed 2^(1/shape) times the least; none the most", () => {
  const values = sorted((draw) => draw.pareto(100, 0.8, 1e6));
  assert.ok(values[0] >= 100 && values[draws - 1] <= 1e6);
  near(values[draws / 2], 100 * 2 ** (1 / 0.8));
});

test("the first of a list is about twice as popular as the second", () => {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const draw = new Draw(createRandom(1, "popular"));
  const times = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const letter = draw.popular(letters);
    times.set(letter, (times.get(letter) ?? 0) + 1);
  }
  assert.equal(times.size, letters.length);
  const ratio = (times.get("a") ?? 0) / (times.get("b") ?? 1);
  assert.ok(ratio > 1.5 && ratio < 2.2, `${ratio}`);
});

test("integers include both ends; several things are at least one, and have their mean", () => {
  const integers = sorted((draw) => draw.integer(3, 5));
  assert.deepEqual([...new Set(integers)], [3, 4, 5]);
  const several = sorted((draw) => draw.several(6));
  assert.equal(several[0], 1);
  near(mean(several), 6);
});
