import assert from "node:assert/strict";
import { test } from "node:test";
import {
  averagePrecision,
  type Curve,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
  scoreSteps,
  thinCurve,
} from "traffic-anomaly";
import fc from "../fixtures/fast-check";
import { references } from "./references";

/** Rows of both classes, few distinct scores among them. */
const judged = fc
  .array(fc.record({ score: fc.integer({ min: -6, max: 6 }), attack: fc.boolean() }), { minLength: 2 })
  .filter((rows) => rows.some(({ attack }) => attack) && rows.some(({ attack }) => !attack));
type Rows = typeof judged extends fc.Arbitrary<infer R> ? R : never;

const stepsOf = (rows: Rows, of: (score: number) => number = (score) => score) =>
  scoreSteps(
    Float64Array.from(rows, ({ score }) => of(score)),
    Uint8Array.from(rows, ({ attack }) => Number(attack)),
  );

const runs = { numRuns: 500 };

function assertClose(actual: Float64Array, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  const largest = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  assert.ok(largest <= 1e-12, `${what}: largest difference ${largest}`);
}

for (const reference of references) {
  const { name, scores, anomalous, roc, precisionRecall } = reference;

  test(`areas agree with scikit-learn: ${name}`, () => {
    const steps = scoreSteps(scores, anomalous);
    assertClose(Float64Array.of(rocAuc(steps)), [reference.rocAuc], "rocAuc");
    assertClose(Float64Array.of(averagePrecision(steps)), [reference.averagePrecision], "averagePrecision");
  });

  if (!roc || !precisionRecall) continue;
  test(`curves agree with scikit-learn: ${name}`, () => {
    const steps = scoreSteps(scores, anomalous);
    for (const [what, curve, expected] of [
      ["roc", rocCurve(steps), roc],
      ["precision–recall", precisionRecallCurve(steps), precisionRecall],
    ] as const) {
      assertClose(curve.x, expected.x, `${what} x`);
      assertClose(curve.y, expected.y, `${what} y`);
      assert.equal(curve.thresholds[0], Infinity);
      assertClose(curve.thresholds.subarray(1), expected.thresholds, `${what} thresholds`);
    }
  });
}

test("the ROC AUC is the share of pairs that are in the right order, ties counted half", () => {
  fc.assert(
    fc.property(judged, (rows) => {
      let right = 0;
      let pairs = 0;
      for (const attack of rows.filter((row) => row.attack)) {
        for (const normal of rows.filter((row) => !row.attack)) {
          pairs++;
          if (attack.score > normal.score) right += 1;
          else if (attack.score === normal.score) right += 0.5;
        }
      }
      assert.ok(Math.abs(rocAuc(stepsOf(rows)) - right / pairs) <= 1e-12);
    }),
    runs,
  );
});

test("average precision sums the precision at each threshold times the recall it adds", () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const positives = rows.filter(({ attack }) => attack).length;
      const thresholds = [...new Set(rows.map(({ score }) => score))].sort((a, b) => b - a);
      let sum = 0;
      let lastRecall = 0;
      for (const threshold of thresholds) {
        const flagged = rows.filter(({ score }) => score >= threshold);
        const found = flagged.filter(({ attack }) => attack).length;
        sum += (found / positives - lastRecall) * (found / flagged.length);
        lastRecall = found / positives;
      }
      assert.ok(Math.abs(averagePrecision(stepsOf(rows)) - sum) <= 1e-12);
    }),
    runs,
  );
});

test("the order of rows does not matter to the bit", () => {
  const shuffled = judged.chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
  );
  fc.assert(
    fc.property(shuffled, ([rows, others]) => assert.deepEqual(stepsOf(others), stepsOf(rows))),
    runs,
  );
});

test("a strictly growing transform of the scores changes thresholds only", () => {
  fc.assert(
    fc.property(judged, (rows) => {
      for (const grow of [(x: number) => x ** 3, (x: number) => 2 ** x, (x: number) => x / 1e300]) {
        const steps = stepsOf(rows);
        const thresholds = steps.thresholds.map(grow);
        assert.deepEqual(stepsOf(rows, grow), { ...steps, thresholds });
      }
    }),
    runs,
  );
});

test("the opposite scores give the opposite ROC AUC", () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const sum = rocAuc(stepsOf(rows)) + rocAuc(stepsOf(rows, (score) => -score));
      assert.ok(Math.abs(sum - 1) <= 1e-12);
    }),
    runs,
  );
});

test("curves rise, and end where every row is flagged", () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const steps = stepsOf(rows);
      const roc = rocCurve(steps);
      const precisionRecall = precisionRecallCurve(steps);
      const ends = ({ x, y }: Curve) => [x[0], y[0], x[x.length - 1], y[y.length - 1]];
      assert.deepEqual(ends(roc), [0, 0, 1, 1]);
      const attacks = rows.filter(({ attack }) => attack).length;
      assert.deepEqual(ends(precisionRecall), [0, 1, 1, attacks / rows.length]);
      const ascending = (values: Float64Array) =>
        values.every((value, i) => i === 0 || value >= values[i - 1]);
      assert.ok(ascending(roc.x) && ascending(roc.y) && ascending(precisionRecall.x));
      assert.ok(roc.thresholds.every((value, i, all) => i === 0 || value < all[i - 1]));
    }),
    runs,
  );
});

test("0 and −0 are one score, and infinite scores are scores", () => {
  const steps = scoreSteps(Float64Array.of(0, -0, Infinity, -Infinity), Uint8Array.of(1, 0, 1, 0));
  assert.deepEqual(steps.truePositives, Float64Array.of(1, 2, 2));
  assert.deepEqual(steps.falsePositives, Float64Array.of(0, 1, 2));
});

test("rows of one class only, unequal lengths and scores that are not numbers are refused", () => {
  const refuse = (scores: number[], anomalous: number[], message: RegExp) =>
    assert.throws(
      () => scoreSteps(Float64Array.from(scores), Uint8Array.from(anomalous)),
      (error) => error instanceof RangeError && message.test(error.message),
    );
  refuse([1, 2], [0, 0], /^a curve needs rows of both classes, got 2 normal and 0 anomalous$/);
  refuse([1, 2], [1, 1], /got 0 normal and 2 anomalous$/);
  refuse([], [], /got 0 normal and 0 anomalous$/);
  refuse([1, 2, 3], [1, 0], /^3 scores do not match 2 labels$/);
  refuse([1, Number.NaN], [1, 0], /^the score of row 1 is not a number$/);
});

test("scores and labels are not changed", () => {
  const scores = Float64Array.of(3, 1, 2);
  const anomalous = Uint8Array.of(0, 1, 0);
  const steps = scoreSteps(scores, anomalous);
  const before = structuredClone(steps);
  rocCurve(steps);
  precisionRecallCurve(steps);
  assert.deepEqual([scores, anomalous], [Float64Array.of(3, 1, 2), Uint8Array.of(0, 1, 0)]);
  assert.deepEqual(steps, before);
});

test("a thin curve keeps both ends, and every point left out lies near one that is kept", () => {
  const curves = references.flatMap(({ scores, anomalous }) => {
    const steps = scoreSteps(scores, anomalous);
    return [rocCurve(steps), precisionRecallCurve(steps)];
  });
  for (const points of [10, 500]) {
    for (const curve of curves) {
      const thin = thinCurve(curve, points);
      const last = curve.x.length - 1;
      assert.ok(thin.x.length <= curve.x.length);
      const at = ({ x, y, thresholds }: Curve, i: number) => [x[i], y[i], thresholds[i]];
      assert.deepEqual(at(thin, 0), at(curve, 0));
      assert.deepEqual(at(thin, thin.x.length - 1), at(curve, last));
      for (let i = 0, kept = 0; i <= last; i++) {
        if (thin.thresholds[kept + 1] === curve.thresholds[i]) kept++;
        const distance = Math.abs(curve.x[i] - thin.x[kept]) + Math.abs(curve.y[i] - thin.y[kept]);
        assert.ok(distance < 2 / points, `point ${i} lies ${distance} away`);
      }
    }
  }
});

test("a thin ROC curve has at most about the points asked for", () => {
  const { scores, anomalous } = references.find(({ name }) => name.startsWith("20000"))!;
  const curve = rocCurve(scoreSteps(scores, anomalous));
  assert.ok(curve.x.length > 10_000);
  // x + y goes from 0 to 2 in strides of at least 2 / points; the two ends come on top.
  for (const points of [20, 500]) assert.ok(thinCurve(curve, points).x.length <= points + 2);
});
