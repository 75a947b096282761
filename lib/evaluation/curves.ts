/**
 * How many rows lie at or above each distinct score, from the highest score down: the one computation behind
 * every curve. Tied scores form one step, so the curves are exact and do not depend on the order of rows.
 */
export interface ScoreSteps {
  /** Distinct scores, descending. */
  readonly thresholds: Float64Array;
  /** Anomalous rows with a score ≥ the threshold. */
  readonly truePositives: Float64Array;
  /** Normal rows with a score ≥ the threshold. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/** A curve as points from the highest threshold to the lowest. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The score at or above which a row counts as anomalous at that point. */
  readonly thresholds: Float64Array;
}

/**
 * Counts the steps of both curves.
 *
 * @param scores one a row; higher = more anomalous
 * @param anomalous one a row; 1 = attack, 0 = normal
 * @throws {RangeError} on unequal lengths, a score that is not a number, or rows of one class only
 */
export function scoreSteps(scores: Float64Array, anomalous: Uint8Array): ScoreSteps {
  if (scores.length !== anomalous.length) {
    throw new RangeError(`${scores.length} scores do not match ${anomalous.length} labels`);
  }
  const positives = anomalous.reduce((sum, flag) => sum + flag, 0);
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `a curve needs rows of both classes, got ${negatives} normal and ${positives} anomalous`,
    );
  }
  const ofAttacks = new Float64Array(positives);
  const ofNormals = new Float64Array(negatives);
  for (let row = 0, p = 0, n = 0; row < scores.length; row++) {
    if (Number.isNaN(scores[row])) throw new RangeError(`the score of row ${row} is not a number`);
    if (anomalous[row]) ofAttacks[p++] = scores[row];
    else ofNormals[n++] = scores[row];
  }
  ofAttacks.sort();
  ofNormals.sort();

  const thresholds = new Float64Array(scores.length);
  const truePositives = new Float64Array(scores.length);
  const falsePositives = new Float64Array(scores.length);
  let steps = 0;
  for (let p = positives - 1, n = negatives - 1; p >= 0 || n >= 0; steps++) {
    const score = Math.max(p >= 0 ? ofAttacks[p] : -Infinity, n >= 0 ? ofNormals[n] : -Infinity);
    while (p >= 0 && ofAttacks[p] === score) p--;
    while (n >= 0 && ofNormals[n] === score) n--;
    thresholds[steps] = score;
    truePositives[steps] = positives - 1 - p;
    falsePositives[steps] = negatives - 1 - n;
  }
  return {
    thresholds: thresholds.slice(0, steps),
    truePositives: truePositives.slice(0, steps),
    falsePositives: falsePositives.slice(0, steps),
    positives,
    negatives,
  };
}

/** Receiver operating characteristic: x = false-alarm rate, y = recall, from (0, 0) to (1, 1). */
export function rocCurve(steps: ScoreSteps): Curve {
  const { truePositives, falsePositives, positives, negatives } = steps;
  return {
    x: startingAt(0, falsePositives, (count) => count / negatives),
    y: startingAt(0, truePositives, (count) => count / positives),
    thresholds: startingAt(Infinity, steps.thresholds),
  };
}

/** Precision–recall curve: x = recall, y = precision, from (0, 1) rightwards. */
export function precisionRecallCurve(steps: ScoreSteps): Curve {
  const { truePositives, falsePositives, positives } = steps;
  return {
    x: startingAt(0, truePositives, (count) => count / positives),
    y: startingAt(1, truePositives, (count, i) => count / (count + falsePositives[i])),
    thresholds: startingAt(Infinity, steps.thresholds),
  };
}

/**
 * Area under the ROC curve: the chance that a random attack scores above a random normal row, ties counted half.
 *
 * @example
 * rocAuc(scoreSteps(Float64Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1))); // 0.75
 */
export function rocAuc({ truePositives, falsePositives, positives, negatives }: ScoreSteps): number {
  let area = 0;
  for (let i = 0, tp = 0, fp = 0; i < truePositives.length; i++) {
    area += (falsePositives[i] - fp) * (truePositives[i] + tp);
    tp = truePositives[i];
    fp = falsePositives[i];
  }
  return area / (2 * positives * negatives);
}

/**
 * Average precision: the precisions at each threshold, weighted by the increase in recall; as in scikit-learn, without
 * interpolation.
 *
 * @example
 * averagePrecision(scoreSteps(Float64Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1))); // 0.8333333333333333
 */
export function averagePrecision({ truePositives, falsePositives, positives }: ScoreSteps): number {
  let sum = 0;
  for (let i = 0, tp = 0; i < truePositives.length; i++) {
    sum += ((truePositives[i] - tp) * truePositives[i]) / (truePositives[i] + falsePositives[i]);
    tp = truePositives[i];
  }
  return sum / positives;
}

/**
 * The same curve with about `points` points at most, for drawing: those that lie within 2 / points (in x and y together)
 * of the one before are left out. Both ends are kept.
 */
export function thinCurve(curve: Curve, points = 500): Curve {
  const kept: number[] = [0];
  const last = curve.x.length - 1;
  for (let i = 1; i < last; i++) {
    const previous = kept[kept.length - 1];
    const moved = Math.abs(curve.x[i] - curve.x[previous]) + Math.abs(curve.y[i] - curve.y[previous]);
    if (moved >= 2 / points) kept.push(i);
  }
  if (last > 0) kept.push(last);
  const pick = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]);
  return { x: pick(curve.x), y: pick(curve.y), thresholds: pick(curve.thresholds) };
}

/** What a curve starts from, and then what is made of each step. */
function startingAt(
  first: number,
  steps: Float64Array,
  make: (value: number, i: number) => number = (value) => value,
): Float64Array {
  const points = new Float64Array(steps.length + 1);
  points[0] = first;
  for (let i = 0; i < steps.length; i++) points[i + 1] = make(steps[i], i);
  return points;
}
