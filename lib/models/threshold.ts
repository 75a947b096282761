import { InputError, requireNumber } from "../common/errors";

/** The line beyond which rows are anomalous: a row is anomalous when its score is greater than `value`. */
export interface Threshold {
  readonly value: number;
  /** What `rate` is a share of: of held-out normal rows, or of the rows that the detector was fitted on. */
  readonly method: "false-alarm-rate" | "contamination";
  readonly rate: number;
  /** The scores that it was chosen from, ascending; of more than 10,000, as many that are evenly spread over them. */
  readonly scores: Float64Array;
}

/** Scores that a threshold keeps: p-values need no more. */
export const mostThresholdScores = 10_000;

/**
 * The lowest threshold that flags at most `rate` of the scores: of held-out normal rows this is the false-alarm
 * budget, of training rows it is the contamination that PyOD and scikit-learn ask for.
 *
 * @param scores one a row; higher = more anomalous; not changed
 * @param rate in (0, 1)
 * @throws {InputError} if the rate is out of range or there are no scores; {RangeError} if a score is not a number
 * @example
 * chooseThreshold(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 0.2).value; // 8
 */
export function chooseThreshold(
  scores: Float64Array,
  rate: number,
  method: Threshold["method"] = "false-alarm-rate",
): Threshold {
  requireNumber(method === "contamination" ? "contamination" : "falseAlarmRate", rate, {
    min: 0,
    max: 1,
    minExcluded: true,
    maxExcluded: true,
  });
  if (scores.length === 0) throw new InputError("a threshold needs at least one score, got none");
  const notNumber = scores.findIndex(Number.isNaN);
  if (notNumber >= 0) throw new RangeError(`the score of row ${notNumber} is not a number`);
  const sorted = scores.slice().sort();
  const value = sorted[sorted.length - 1 - Math.floor(rate * sorted.length)];
  return { value, method, rate, scores: evenlySpread(sorted, mostThresholdScores) };
}

/** At most so many of ascending numbers, evenly spread, and rather too high, so that p-values become no smaller. */
function evenlySpread(sorted: Float64Array, most: number): Float64Array {
  const { length } = sorted;
  if (length <= most) return sorted;
  const place = (i: number) => Math.min(Math.floor(((i + 1) * length) / most), length - 1);
  return Float64Array.from({ length: most }, (_, i) => sorted[place(i)]);
}

/**
 * One a row: how probable so high a score is for a row like those that the threshold was chosen from, (1 + how many of their
 * scores are as high) / (1 + how many there are). Of such rows at most a share p has a p-value of p or less, whatever the
 * detector (conformal p-values; Bates, Candès, Lei, Romano and Sesia 2023, "Testing for outliers with conformal p-values").
 *
 * @example
 * pValues(Float64Array.of(9.5), chooseThreshold(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 0.2))[0]; // 0.1
 */
export function pValues(scores: Float64Array, threshold: Pick<Threshold, "scores">): Float64Array {
  const known = threshold.scores;
  return scores.map((score) => {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (known[middle] < score) low = middle + 1;
      else high = middle;
    }
    return (1 + known.length - low) / (1 + known.length);
  });
}

/** One a row: 1 = anomalous, 0 = not. */
export function verdicts(scores: Float64Array, threshold: Pick<Threshold, "value">): Uint8Array {
  const flags = new Uint8Array(scores.length);
  for (let row = 0; row < scores.length; row++) flags[row] = scores[row] > threshold.value ? 1 : 0;
  return flags;
}
