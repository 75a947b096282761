import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseThreshold, createRandom, pValues } from "traffic-anomaly";
import { promisedRate, sufficientRows, verdicts } from "traffic-anomaly/dist/models/threshold";
import fc from "../fixtures/fast-check";

const scores = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })), {
    minLength: 1,
    maxLength: 50,
  })
  .map((values) => Float64Array.from(values));
const rate = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
const runs = { numRuns: 500 };

const flagged = (values: Float64Array, threshold: number) =>
  values.filter((score) => score > threshold).length;

test("a verdict is that the p-value is at most the rate; where no p-value is, it is a score above all", () => {
  fc.assert(
    fc.property(scores, scores, rate, (values, fresh, rate) => {
      const threshold = chooseThreshold(values, rate);
      const found = pValues(fresh, threshold);
      const enough = 1 / (values.length + 1) <= rate;
      for (const [row, flag] of verdicts(fresh, threshold).entries()) {
        const isHighest = values.every((score) => score < fresh[row]);
        assert.equal(flag === 1, enough ? found[row] <= rate : isHighest);
      }
    }),
    runs,
  );
});

test("no more of the held-out scores are flagged than the rate allows, and the promise is at most the rate", () => {
  fc.assert(
    fc.property(scores, rate, (values, rate) => {
      const threshold = chooseThreshold(values, rate);
      assert.ok(flagged(values, threshold.value) <= rate * (values.length + 1));
      const promised = promisedRate(threshold);
      assert.ok(promised <= Math.max(rate, 1 / (values.length + 1)));
      assert.ok(rate - promised < 1 / (values.length + 1) + 1e-9, "a greater promise could be kept");
    }),
    runs,
  );
});

test("the rank is counted in whole hundredths where the rate is one, however it is rounded", () => {
  const values = Float64Array.from({ length: 99 }, (_, i) => i + 1);
  for (let percent = 1; percent < 100; percent++) {
    const threshold = chooseThreshold(values, percent / 100);
    assert.equal(threshold.value, 100 - percent);
    assert.equal(promisedRate(threshold), percent / 100);
  }
});

for (const [rows, repetitions] of [
  [20, 4_000],
  [100, 2_000],
  [1_000, 400],
  [20_000, 25],
] as const)
  test(`of fresh rows like ${rows.toLocaleString("en-US")} held-out ones the promised share is flagged, and no more than the budget`, () => {
    const random = createRandom(rows, "coverage");
    const fresh = 200;
    for (const [rate, ties] of [
      [0.05, false],
      [0.01, false],
      [0.05, true],
    ] as const) {
      const draw = (length: number) =>
        Float64Array.from({ length }, () => (ties ? random.integer(12) : random.uniform()));
      let found = 0;
      let promised = 0;
      for (let i = 0; i < repetitions; i++) {
        const threshold = chooseThreshold(draw(rows), rate);
        promised = promisedRate(threshold);
        found += flagged(draw(fresh), threshold.value) / fresh / repetitions;
      }
      // The number flagged is beta-binomial, a binomial whose probability depends on the held-out rows.
      const variance = (promised * (1 - promised) * (rows + 1 + fresh)) / (fresh * (rows + 2));
      const tolerance = 4 * Math.sqrt(variance / repetitions);
      assert.ok(found <= promised + tolerance, `${found} flagged, ${promised} promised`);
      if (!ties) assert.ok(found >= promised - tolerance, `${found} flagged, ${promised} promised`);
      const enough = rows + 1 >= 1 / rate;
      assert.equal(promised <= rate, enough);
    }
  });

test("too few held-out rows promise no more than a row's share of them, and two rows' share can be relied on", () => {
  const few = chooseThreshold(Float64Array.of(3, 1, 2), 0.01);
  assert.deepEqual([few.value, promisedRate(few)], [3, 1 / 4]);
  for (const [rate, rows] of [
    [0.05, 39],
    [0.01, 199],
    [0.005, 399],
    [0.3, 6],
  ]) {
    assert.equal(sufficientRows(rate), rows);
    const highest = (length: number) => {
      const values = Float64Array.from({ length }, (_, i) => i);
      return chooseThreshold(values, rate).value === length - 1;
    };
    assert.ok(!highest(rows));
    assert.ok(highest(rows - 1));
  }
});

test("a greater rate gives no higher a threshold", () => {
  fc.assert(
    fc.property(scores, rate, rate, (values, one, other) => {
      const { value: high } = chooseThreshold(values, Math.min(one, other));
      const { value: low } = chooseThreshold(values, Math.max(one, other));
      assert.ok(low <= high);
    }),
    runs,
  );
});

test("the order of scores does not matter, and they are not changed", () => {
  const values = Float64Array.of(5, 1, 4, 2, 3);
  assert.equal(chooseThreshold(values, 0.4).value, chooseThreshold(values.slice().sort(), 0.4).value);
  assert.deepEqual(values, Float64Array.of(5, 1, 4, 2, 3));
});

test("scores tied with the threshold are not flagged, even if the rate allows some of them", () => {
  const values = Float64Array.of(1, 2, 3, 3, 3, 3, 3, 3, 4);
  // A rank of 5 of 10 is allowed; that would part the six 3s.
  const threshold = chooseThreshold(values, 0.5);
  assert.equal(threshold.value, 3);
  assert.deepEqual(verdicts(values, threshold), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1));
  assert.equal(chooseThreshold(values, 0.8).value, 2);
});

test("a verdict is score > threshold", () => {
  const values = Float64Array.of(-1, 0, -0, 1, Infinity);
  assert.deepEqual(verdicts(values, { value: 0 }), Uint8Array.of(0, 0, 0, 1, 1));
});

test("the threshold tells how it was chosen", () => {
  const values = Float64Array.of(1, 2);
  assert.deepEqual(chooseThreshold(values, 0.1), { value: 2, rate: 0.1, rows: 2, scores: values });
});

test("a rate outside (0, 1), no scores, and scores that are not numbers are refused", () => {
  const values = Float64Array.of(1, 2);
  for (const wrong of [0, 1, -0.1, 5, Number.NaN]) {
    assert.throws(() => chooseThreshold(values, wrong), {
      name: "InputError",
      message: `falseAlarmRate must be a number in (0, 1), got ${wrong}`,
    });
  }
  assert.throws(() => chooseThreshold(new Float64Array(), 0.1), { name: "InputError" });
  assert.throws(() => chooseThreshold(Float64Array.of(1, Number.NaN), 0.1), {
    name: "RangeError",
    message: "the score of row 1 is not a number",
  });
});
