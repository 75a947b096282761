import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, type Judged, scoreSteps, verdictMetrics } from "traffic-anomaly";
import { ratesAbove, ratesAtFalseAlarmRate } from "traffic-anomaly/dist/evaluation/metrics";
import { nominalColumn } from "../fixtures/table";
import { references } from "./references";

/** Ten rows: four normal, three smurf, one each of apache2, perl and a type that no list knows. */
const labels = nominalColumn("label", [
  ...["normal", "normal", "normal", "normal"],
  ...["smurf", "smurf", "smurf", "apache2", "perl", "heartbleed"],
]);
const scores = Float64Array.of(1, 2, 3, 7, 4, 8, 9, 6, 5, 10);
const judged: Judged = { scores, labels };

for (const reference of references) {
  test(`verdict figures agree with scikit-learn: ${reference.name}`, () => {
    const names = Array.from(reference.anomalous, (flag) => (flag ? "smurf" : "normal"));
    const found = verdictMetrics(reference.scores, nominalColumn("label", names), reference.threshold);
    assert.deepEqual(found.confusion, reference.confusion);
    for (const name of ["precision", "recall", "f1", "falseAlarmRate", "threshold"] as const) {
      assert.ok(Math.abs(found[name] - reference[name]) <= 1e-12, `${name}: ${found[name]}`);
    }
  });
}

test("every figure at a threshold", () => {
  // Flagged (score > 5): 1 of 4 normals; of the attacks 2 of 3 smurf, apache2, heartbleed, but not perl at 5.
  assert.deepEqual(verdictMetrics(scores, labels, 5), {
    threshold: 5,
    falseAlarmRate: 1 / 4,
    precision: 4 / (4 + 1),
    recall: 4 / 6,
    f1: (2 * 4) / (2 * 4 + 1 + 2),
    confusion: { truePositive: 4, falsePositive: 1, trueNegative: 3, falseNegative: 2 },
    recallByCategory: { dos: 3 / 4, u2r: 0 / 1, other: 1 / 1 },
    recallByAttack: { apache2: 1 / 1, heartbleed: 1 / 1, perl: 0 / 1, smurf: 2 / 3 },
  });
});

test("labels that are not KDD'99's have recall by kind, and no categories", () => {
  const kinds = nominalColumn("label", ["normal", "Exploits", "Worms"]);
  const found = verdictMetrics(Float64Array.of(0, 1, 0), kinds, 0.5);
  assert.deepEqual([found.recallByAttack, found.recallByCategory], [{ Exploits: 1, Worms: 0 }, {}]);
});

test("a row is anomalous when its score is greater than the threshold, not when it is equal", () => {
  const flagged = (threshold: number) => {
    const { confusion } = verdictMetrics(scores, labels, threshold);
    return confusion.truePositive + confusion.falsePositive;
  };
  assert.equal(flagged(10), 0);
  assert.equal(flagged(9.999), 1);
  assert.equal(flagged(1), 9);
  assert.equal(flagged(-Infinity), 10);
});

test("novel attacks are those whose label the training file does not hold", () => {
  const recall = (known: string[]) => verdictMetrics(scores, labels, 5, new Set(known)).recallNovelAttacks;
  // apache2 and heartbleed are flagged, perl is not.
  assert.equal(recall(["normal", "smurf"]), 2 / 3);
  assert.equal(recall(["normal", "smurf", "perl"]), 2 / 2);
  assert.equal(recall([]), 4 / 6, "normal rows are not attacks, known or not");
  assert.equal(recall(["normal", "smurf", "apache2", "perl", "heartbleed"]), undefined);
  assert.equal(verdictMetrics(scores, labels, 5).recallNovelAttacks, undefined);
});

test("a ratio over no rows is 0", () => {
  const attacks = nominalColumn("label", ["smurf", "smurf"]);
  const normals = nominalColumn("label", ["normal", "normal"]);
  const two = Float64Array.of(1, 2);
  assert.equal(verdictMetrics(two, attacks, 0).falseAlarmRate, 0);
  const none = verdictMetrics(two, attacks, 5);
  assert.deepEqual([none.precision, none.recall, none.f1], [0, 0, 0]);
  const found = verdictMetrics(two, normals, 0);
  assert.deepEqual([found.precision, found.recall, found.f1, found.falseAlarmRate], [0, 0, 0, 1]);
  assert.deepEqual([found.recallByAttack, found.recallByCategory], [{}, {}]);
});

test("a label of the dictionary that no row has is left out", () => {
  const wide = nominalColumn("label", ["normal", "smurf"], ["normal", "perl", "smurf"]);
  const found = verdictMetrics(Float64Array.of(0, 1), wide, 0.5, new Set(["normal", "smurf"]));
  assert.deepEqual(found.recallByAttack, { smurf: 1 });
  assert.deepEqual(found.recallByCategory, { dos: 1 });
  assert.ok(!("recallNovelAttacks" in found));
});

test("fields that have no use are left out", () => {
  assert.deepEqual(Object.keys(evaluate(judged)), ["rocAuc", "averagePrecision"]);
  const all = evaluate({ ...judged, threshold: 5, distinct: Uint32Array.of(0, 9), knownLabels: new Set() });
  assert.deepEqual(Object.keys(all).sort(), [
    ...["averagePrecision", "confusion", "deduplicated", "f1", "falseAlarmRate", "precision", "recall"],
    ...["recallByAttack", "recallByCategory", "recallNovelAttacks", "rocAuc", "threshold"],
  ]);
});

test("evaluate gives ranking and verdicts of the same rows", () => {
  // Pairs in order, of 6 × 4: smurf 4 beats 3 normals, perl 5 and apache2 6 beat 3, the others all 4.
  const rocAuc = (3 + 3 + 3 + 4 + 4 + 4) / 24;
  // From the highest score down: attacks at ranks 1, 2, 3, 5, 6, 7.
  const averagePrecision = (1 / 1 + 2 / 2 + 3 / 3 + 4 / 5 + 5 / 6 + 6 / 7) / 6;
  const found = evaluate({ ...judged, threshold: 5 });
  assert.equal(found.rocAuc, rocAuc);
  assert.ok(Math.abs(found.averagePrecision - averagePrecision) <= 1e-15);
  assert.deepEqual(found, {
    ...verdictMetrics(scores, labels, 5),
    rocAuc,
    averagePrecision: found.averagePrecision,
  });
});

test("deduplicated figures are those of the distinct rows alone", () => {
  const distinct = Uint32Array.of(0, 3, 4, 9);
  const alone = evaluate({
    scores: Float64Array.from(distinct, (row) => scores[row]),
    labels: { ...labels, codes: Uint8Array.from(distinct, (row) => labels.codes[row]) },
  });
  // Scores 1 and 7 of normals, 4 and 10 of attacks: three pairs of four in order.
  assert.equal(alone.rocAuc, 3 / 4);
  assert.deepEqual(evaluate({ ...judged, distinct }).deduplicated, alone);
});

test("labels without both classes and scores that are not numbers are refused", () => {
  const one = nominalColumn("label", ["normal", "normal"]);
  assert.throws(() => evaluate({ scores: Float64Array.of(1, 2), labels: one }), RangeError);
  assert.throws(
    () => evaluate({ ...judged, scores: scores.map((score) => (score === 7 ? Number.NaN : score)) }),
    RangeError,
  );
  assert.throws(() => evaluate({ ...judged, scores: scores.subarray(1) }), RangeError);
});

test("nothing that is passed is changed", () => {
  const before = structuredClone({ scores, labels });
  evaluate({ ...judged, threshold: 5, distinct: Uint32Array.of(0, 9) });
  assert.deepEqual({ scores, labels }, before);
});

test("at promised rates the thresholds are those given, at true rates those that keep the rate on the rows themselves", () => {
  const { atPromisedRate, atTrueRate } = evaluate({
    ...judged,
    promised: { "0.05": 5, "0.01": 9.5, "0.001": 10 },
  });
  // As in "every figure at a threshold"; beyond 9.5 only heartbleed; beyond 10 nothing.
  assert.deepEqual(atPromisedRate, {
    "0.05": { falseAlarmRate: 1 / 4, precision: 4 / 5, recall: 4 / 6, f1: 8 / 11 },
    "0.01": { falseAlarmRate: 0, precision: 1, recall: 1 / 6, f1: 2 / 7 },
    "0.001": { falseAlarmRate: 0, precision: 0, recall: 0, f1: 0 },
  });
  // Of four normal rows one is 25 %: none may be flagged, and the highest of them has 7. 8, 9 and 10 are beyond it.
  const none = { falseAlarmRate: 0, precision: 1, recall: 3 / 6, f1: 6 / 9 };
  assert.deepEqual(atTrueRate, { "0.05": none, "0.01": none, "0.001": none });
});

test("at a true rate, rows that equal the normal row beyond it are not flagged", () => {
  const steps = scoreSteps(Float64Array.of(1, 2, 2, 3), Uint8Array.of(0, 0, 1, 1));
  assert.deepEqual(ratesAtFalseAlarmRate(steps, 0.4), {
    falseAlarmRate: 0,
    precision: 1,
    recall: 1 / 2,
    f1: 2 / 3,
  });
  assert.deepEqual(ratesAtFalseAlarmRate(steps, 0.5), {
    falseAlarmRate: 1 / 2,
    precision: 2 / 3,
    recall: 1,
    f1: 4 / 5,
  });
  assert.deepEqual(ratesAtFalseAlarmRate(steps, 1), ratesAbove(steps, -1));
});

test("deduplicated verdicts count the first of each group of equal rows", () => {
  // Of the three smurf rows two are left: one of them is flagged.
  const distinct = Uint32Array.of(0, 1, 2, 3, 4, 5, 7, 8, 9);
  const { deduplicated } = evaluate({ ...judged, threshold: 5, distinct });
  assert.deepEqual(
    [deduplicated?.falseAlarmRate, deduplicated?.precision, deduplicated?.recall, deduplicated?.f1],
    [1 / 4, 3 / 4, 3 / 5, 6 / 9],
  );
});
