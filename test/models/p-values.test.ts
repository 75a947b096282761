import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseThreshold, createRandom, falseDiscoveryVerdicts, pValues } from "traffic-anomaly";
import { PValueCounts, scoreAtPValue } from "traffic-anomaly/dist/models/p-values";
import fc from "../fixtures/fast-check";

const scores = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })), {
    minLength: 1,
    maxLength: 50,
  })
  .map((values) => Float64Array.from(values));
const rate = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
const runs = { numRuns: 500 };

test("p-values are counted among the scores that the threshold was chosen from, and one for the row itself", () => {
  fc.assert(
    fc.property(scores, scores, rate, (known, asked, rate) => {
      const threshold = chooseThreshold(known, rate);
      const found = pValues(asked, threshold);
      for (const [row, score] of asked.entries()) {
        const asHigh = known.filter((other) => other >= score).length;
        assert.equal(found[row], (1 + asHigh) / (1 + known.length));
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

test("the score at a p-value is exceeded by just those with a p-value as low", () => {
  fc.assert(
    fc.property(scores, scores, rate, (known, asked, rate) => {
      const threshold = chooseThreshold(known, 0.5);
      const found = pValues(asked, threshold);
      for (const p of [rate, ...found].filter((value) => value < 1)) {
        const limit = scoreAtPValue(p, threshold);
        for (const [row, score] of asked.entries()) assert.equal(score > limit, found[row] <= p);
      }
    }),
    runs,
  );
});

for (const [rows, repetitions] of [
  [20, 2_000],
  [100, 800],
  [1_000, 200],
  [20_000, 20],
] as const)
  test(`of fresh rows like ${rows.toLocaleString("en-US")} held-out ones no more than a share p has a p-value of p`, () => {
    const random = createRandom(rows, "p-values");
    const fresh = 100;
    for (const ties of [false, true]) {
      const draw = (length: number) =>
        Float64Array.from({ length }, () => (ties ? random.integer(30) : random.uniform()));
      const levels = [0.01, 0.05, 0.2, 0.5];
      const shares = new Float64Array(levels.length);
      for (let i = 0; i < repetitions; i++) {
        const found = pValues(draw(fresh), chooseThreshold(draw(rows), 0.05));
        for (const [j, p] of levels.entries())
          shares[j] += found.filter((value) => value <= p).length / fresh / repetitions;
      }
      for (const [j, p] of levels.entries()) {
        const variance = (p * (1 - p) * (rows + 1 + fresh)) / (fresh * (rows + 2));
        assert.ok(shares[j] <= p + 4 * Math.sqrt(variance / repetitions), `${shares[j]} for ${p}`);
      }
    }
  });

// Benjamini and Hochberg's procedure

/** As their paper has it: the p-values in order, the last that is at most rate · i / m. */
function byDefinition(values: Float64Array, rate: number): Uint8Array {
  const sorted = values.slice().sort();
  const last = sorted.reduce((found, p, i) => (p <= (rate * (i + 1)) / sorted.length ? i : found), -1);
  return Uint8Array.from(values, (p) => (last >= 0 && p <= sorted[last] ? 1 : 0));
}

test("the procedure reports what its definition does, and counting it in parts changes nothing", () => {
  const values = fc
    .array(
      fc.oneof(
        fc.integer({ min: 1, max: 20 }).map((k) => k / 21),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      {
        maxLength: 60,
      },
    )
    .map((p) => Float64Array.from(p));
  fc.assert(
    fc.property(values, values, rate, (first, second, rate) => {
      const all = Float64Array.of(...first, ...second);
      const reported = falseDiscoveryVerdicts(all, rate);
      assert.deepEqual(reported, byDefinition(all, rate));
      const counts = new PValueCounts(0);
      counts.add(first);
      counts.add(second);
      const { rows, reported: count, highestPValue } = counts.discoveries(rate);
      assert.deepEqual([rows, count], [all.length, reported.reduce((sum, flag) => sum + flag, 0)]);
      assert.deepEqual(
        reported,
        Uint8Array.from(all, (p) => (p <= highestPValue ? 1 : 0)),
      );
    }),
    runs,
  );
});

test("the 15 p-values of Benjamini and Hochberg's example give their four discoveries", () => {
  // Benjamini and Hochberg 1995, "Controlling the false discovery rate", section 3.2: at 0.05 the first four of 15.
  const values = Float64Array.of(
    ...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344],
    ...[0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1],
  );
  assert.equal(falseDiscoveryVerdicts(values, 0.05).lastIndexOf(1), 3);
  assert.deepEqual(falseDiscoveryVerdicts(new Float64Array(), 0.05), new Uint8Array());
  for (const wrong of [0, 1, Number.NaN])
    assert.throws(() => falseDiscoveryVerdicts(values, wrong), {
      name: "InputError",
      message: `falseDiscoveryRate must be a number in (0, 1), got ${wrong}`,
    });
});

for (const [rows, repetitions] of [
  [20, 200],
  [100, 200],
  [1_000, 100],
  [20_000, 20],
] as const)
  test(`of what is reported with ${rows.toLocaleString("en-US")} held-out rows no more than the false discovery rate is usual`, () => {
    const random = createRandom(rows, "false discoveries");
    const usual = (length: number) => Array.from({ length }, () => -Math.log(1 - random.uniform()));
    for (const [anomalies, rate] of [
      [0, 0.1],
      [100, 0.1],
      [400, 0.2],
    ]) {
      const shares = new Float64Array(repetitions);
      let reported = 0;
      for (let i = 0; i < repetitions; i++) {
        const threshold = chooseThreshold(Float64Array.from(usual(rows)), 0.05);
        const unusual = usual(anomalies).map((score) => score + 8);
        const batch = Float64Array.from([...unusual, ...usual(600 - anomalies)]);
        const flags = falseDiscoveryVerdicts(pValues(batch, threshold), rate);
        const count = flags.reduce((sum, flag) => sum + flag, 0);
        const isFalse = flags.subarray(anomalies).reduce((sum, flag) => sum + flag, 0);
        shares[i] = isFalse / Math.max(1, count);
        reported += count / repetitions;
      }
      const mean = shares.reduce((sum, share) => sum + share, 0) / repetitions;
      const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (repetitions - 1);
      const bound = (rate * (600 - anomalies)) / 600;
      assert.ok(mean <= bound + 4 * Math.sqrt(variance / repetitions), `${mean} of ${bound}`);
      // A p-value is never below 1 / (rows + 1): with few held-out rows few anomalies can't be reported at all.
      const least = 600 / (rows + 1) / rate;
      if (least > 600) assert.equal(reported, 0);
      else if (rows >= 1_000 && anomalies > 0) assert.ok(reported > 0.5 * anomalies, `${reported}`);
    }
  });
