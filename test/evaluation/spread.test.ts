import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "traffic-anomaly";

test("every figure becomes its mean and sample standard deviation, at its place in the tree", () => {
  const study = (rocAuc: number, dos: number) => ({ http: { rocAuc, recallByCategory: { dos } } });
  assert.deepEqual(spread([study(1, 0.5), study(2, 0.5), study(6, 0.5)]), {
    http: {
      // (1 + 2 + 6) / 3 and √((4 + 1 + 9) / (3 − 1))
      rocAuc: { mean: 3, standardDeviation: Math.sqrt(7) },
      recallByCategory: { dos: { mean: 0.5, standardDeviation: 0 } },
    },
  });
});

test("a figure that some study lacks is left out", () => {
  const one = { f1: 1, recallByAttack: { smurf: 1, perl: 0 } };
  const two = { rocAuc: 1, recallByAttack: { smurf: 0 } };
  const expected = { recallByAttack: { smurf: { mean: 1 / 2, standardDeviation: Math.SQRT1_2 } } };
  assert.deepEqual(spread([one, two]), expected);
  assert.deepEqual(spread([two, one]), expected);
});

test("what is not a number is left out", () => {
  assert.deepEqual(
    spread([
      { name: "http", none: null },
      { name: "http", none: null },
    ]),
    {},
  );
});
