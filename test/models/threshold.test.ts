import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseThreshold, createRandom, pValues, verdicts } from "traffic-anomaly";
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

test("at most that rate of the scores is flagged, and any lower threshold would flag more", () => {
  fc.assert(
    fc.property(scores, rate, (values, rate) => {
      const { value } = chooseThreshold(values, rate);
      assert.ok(flagged(values, value) <= rate * values.length);
      const lower = values.filter((score) => score < value);
      const next = lower.reduce((most, score) => Math.max(most, score), -Infinity);
      assert.ok(value === -Infinity || flagged(values, next) > rate * values.length);
    }),
    runs,
  );
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
  const values = Float64Array.of(1, 2, 3, 3, 3, 3, 3, 3, 3, 4);
  // 5 of 10 may be flagged; that would part the seven 3s.
  const threshold = chooseThreshold(values, 0.5);
  assert.equal(threshold.value, 3);
  assert.deepEqual(verdicts(values, threshold), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  assert.equal(chooseThreshold(values, 0.8).value, 2);
  assert.equal(flagged(values, 2), 8);
});

test("a rate below one row flags none", () => {
  assert.equal(chooseThreshold(Float64Array.of(1, 2, 3), 0.3).value, 3);
});

test("a verdict is score > threshold", () => {
  const values = Float64Array.of(-1, 0, -0, 1, Infinity);
  const threshold = { value: 0, method: "contamination", rate: 0.1 } as const;
  assert.deepEqual(verdicts(values, threshold), Uint8Array.of(0, 0, 0, 1, 1));
});

test("the threshold tells how it was chosen", () => {
  const values = Float64Array.of(1, 2);
  assert.deepEqual(chooseThreshold(values, 0.1), {
    value: 2,
    method: "false-alarm-rate",
    rate: 0.1,
    scores: values,
  });
  assert.deepEqual(chooseThreshold(values, 0.1, "contamination"), {
    value: 2,
    method: "contamination",
    rate: 0.1,
    scores: values,
  });
});

test("a rate outside (0, 1), no scores, and scores that are not numbers are refused", () => {
  const values = Float64Array.of(1, 2);
  for (const wrong of [0, 1, -0.1, 5, Number.NaN]) {
    const range = `must be a number in (0, 1), got ${wrong}`;
    assert.throws(() => chooseThreshold(values, wrong), {
      name: "InputError",
      message: `falseAlarmRate ${range}`,
    });
    assert.throws(() => chooseThreshold(values, wrong, "contamination"), {
      name: "InputError",
      message: `contamination ${range}`,
    });
  }
  assert.throws(() => chooseThreshold(new Float64Array(), 0.1), { name: "InputError" });
  assert.throws(() => chooseThreshold(Float64Array.of(1, Number.NaN), 0.1), {
    name: "RangeError",
    message: "the score of row 1 is not a number",
  });
});

test("p-values are counted among the scores that the threshold was chosen from, and fall as scores rise", () => {
  fc.assert(
    fc.property(scores, scores, rate, (known, asked, rate) => {
      const threshold = chooseThreshold(known, rate);
      const found = pValues(asked, threshold);
      for (const [row, score] of asked.entries()) {
        const asHigh = known.filter((other) => other >= score).length;
        assert.equal(found[row], (1 + asHigh) / (1 + known.length));
        assert.ok(score <= threshold.value || found[row] <= (1 + rate * known.length) / (1 + known.length));
      }
    }),
    runs,
  );
});

test("of many scores 10,000 are kept, evenly spread, and p-values become no smaller", () => {
  const random = createRandom(1, "scores");
  const known = Float64Array.from({ length: 25_007 }, () => random.uniform());
  const threshold = chooseThreshold(known, 0.05);
  assert.equal(threshold.scores.length, 10_000);
  assert.equal(
    threshold.scores.at(-1),
    known.reduce((most, score) => Math.max(most, score)),
  );
  assert.ok(threshold.scores.every((score, i) => i === 0 || score >= threshold.scores[i - 1]));
  const asked = Float64Array.of(-1, 0.2, 0.5, 0.95, 0.999, 1, 2);
  for (const [row, p] of pValues(asked, threshold).entries()) {
    const exact = (1 + known.filter((other) => other >= asked[row]).length) / (1 + known.length);
    assert.ok(p >= exact && p < exact + 3e-4, `${p} for ${exact}`);
  }
});
