import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { exp, exp2, log, log1p, power } from "traffic-anomaly/dist/common/exact-math";

/** Asserts that two numbers are the same but for some units in the last place. */
function assertNear(actual: number, expected: number, units: number, of: number) {
  const unit = Math.max(Number.MIN_VALUE, Math.abs(expected) * 2 ** -52);
  const same = Object.is(actual, expected) || Math.abs(actual - expected) <= units * unit;
  assert.ok(same, `${actual} of ${of}, but ${expected} is right`);
}

test("exp, exp2, log and log1p are those of the engine but for the last place", () => {
  const number = fc.oneof(fc.double(), fc.double({ min: -800, max: 800 }), fc.double({ min: -1e-3, max: 2 }));
  const examples = [
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    Number.MIN_VALUE,
    2 ** -1022,
    709.79,
    -745.14,
    -1074,
  ];
  fc.assert(
    fc.property(number, (x) => {
      assertNear(exp(x), Math.exp(x), 1, x);
      assertNear(exp2(x), 2 ** x, 1, x);
      assertNear(log(x), Math.log(x), 1, x);
      assertNear(log1p(x), Math.log1p(x), 2, x);
    }),
    { numRuns: 20_000, seed: 1, examples: examples.map((x): [number] => [x]) },
  );
});

test("exp2 of an integer and log of 1 are exact", () => {
  for (let k = -1074; k < 1024; k++) assert.equal(exp2(k), 2 ** k);
  assert.equal(log(1), 0);
});

test("a power has an error of some units in the last place", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      (x, y) => assertNear(power(x, y), x ** y, 120, x),
    ),
    { numRuns: 20_000, seed: 1 },
  );
});

test("the bits are those that were recorded", () => {
  const numbers = Array.from({ length: 4000 }, (_, i) => (i - 2000) * 0.37);
  const bits = (f: (x: number) => number) => {
    const { buffer } = Float64Array.from(numbers, f);
    return createHash("sha256").update(new Uint8Array(buffer)).digest("hex").slice(0, 16);
  };
  assert.deepEqual(
    [bits(exp), bits(exp2), bits((x) => log(Math.abs(x))), bits((x) => log1p(Math.abs(x)))],
    ["a6e6fb0b80786b81", "28d9ac3f7dbf607d", "cb9e934fbbcc5b85", "6f3dbe0a82688d81"],
  );
});
