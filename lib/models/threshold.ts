import { InputError, requireNumber } from "../common/errors";

/** The line between usual and anomalous: a row is anomalous when its score is greater than `value`. */
export interface Threshold {
  readonly value: number;
  /** What `rate` is a share of: of held-out normal rows, or of the rows that the detector was fitted on. */
  readonly method: "false-alarm-rate" | "contamination";
  readonly rate: number;
}

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
  return { value: sorted[sorted.length - 1 - Math.floor(rate * sorted.length)], method, rate };
}

/** One a row: 1 = anomalous, 0 = usual. */
export function verdicts(scores: Float64Array, threshold: Threshold): Uint8Array {
  const flags = new Uint8Array(scores.length);
  for (let row = 0; row < scores.length; row++) flags[row] = scores[row] > threshold.value ? 1 : 0;
  return flags;
}
