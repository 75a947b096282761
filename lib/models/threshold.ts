import { InputError, requireNumber } from "../common/errors";

/** The line beyond which rows are anomalous: a row is anomalous when its score is greater than `value`. */
export interface Threshold {
  readonly value: number;
  /** The false-alarm rate that was asked for; see {@link promisedRate}. */
  readonly rate: number;
  /** How many scores it was chosen from. */
  readonly rows: number;
  /** These scores, ascending; of more than 10,000, as many that are evenly spread over them. */
  readonly scores: Float64Array;
}

/** Where a rate lies that is asked for. */
export const rateRange = { min: 0, max: 1, minExcluded: true, maxExcluded: true } as const;

/** Scores that a threshold keeps: p-values need no more. */
export const mostThresholdScores = 10_000;

/**
 * The threshold for a false-alarm rate, from the scores of rows that the detector was not fitted on: the k-th highest of
 * n, with the largest k for which k / (n + 1) ≤ rate. A row like them is greater than it with a probability of at most
 * k / (n + 1), equal scores included, whatever the detector: so the rate is kept in expectation, over draws of the
 * held-out rows and of the row (conformal prediction; Vovk, Gammerman and Shafer 2005). Nothing is promised of rows
 * unlike them. Where even k = 1 is too many, it is the highest score, and {@link promisedRate} is more than the rate.
 *
 * @param scores one a row; higher = more anomalous; not changed
 * @param rate in (0, 1)
 * @throws {InputError} if the rate is out of range or there are no scores; {RangeError} if a score is not a number
 * @example
 * chooseThreshold(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 0.2).value; // 8
 */
export function chooseThreshold(scores: Float64Array, rate: number): Threshold {
  requireNumber("falseAlarmRate", rate, rateRange);
  const rows = scores.length;
  if (rows === 0) throw new InputError("a threshold needs at least one score, got none");
  const notNumber = scores.findIndex(Number.isNaN);
  if (notNumber >= 0) throw new RangeError(`the score of row ${notNumber} is not a number`);
  const sorted = scores.slice().sort();
  const value = sorted[rows - rankOf({ rate, rows })];
  return { value, rate, rows, scores: evenlySpread(sorted) };
}

/** Which of the scores, counted from the highest, a threshold is: 1 = the highest. */
function rankOf({ rate, rows }: Pick<Threshold, "rate" | "rows">): number {
  return Math.max(1, highestRank(rate, rows));
}

/** The largest k with k / (rows + 1) ≤ rate: compared as p-values are, so that rounding parts no verdict from its p-value. */
function highestRank(rate: number, rows: number): number {
  const rank = Math.round(rate * (rows + 1));
  return rank / (rows + 1) <= rate ? rank : rank - 1;
}

/**
 * The share of rows like those held out that a threshold flags, at most, in expectation: the rate that was asked for, less
 * what rounding takes; but 1 / (rows + 1) where there are too few rows for that rate.
 *
 * @example
 * promisedRate(chooseThreshold(Float64Array.of(1, 2, 3, 4), 0.01)); // 0.2
 */
export function promisedRate(threshold: Pick<Threshold, "rate" | "rows">): number {
  return rankOf(threshold) / (threshold.rows + 1);
}

/**
 * Held-out rows from which on a rate can be relied on: with fewer, the threshold is the highest of their scores, and a
 * single row decides how much is flagged.
 *
 * @example
 * sufficientRows(0.05); // 39
 */
export function sufficientRows(rate: number): number {
  const rows = Math.ceil(2 / rate) - 1;
  return highestRank(rate, rows) >= 2 ? rows : rows + 1;
}

/**
 * Says that too few rows were held out to rely on a false-alarm rate, and what they promise; undefined where they suffice.
 *
 * @param threshold of each detector that shares the rate
 * @param what the rows are
 */
export function fewRowsNotice(
  threshold: Pick<Threshold, "rate" | "rows">,
  detectors = 1,
  what = "rows",
): string | undefined {
  const { rate, rows } = threshold;
  const enough = sufficientRows(rate);
  if (rows >= enough) return undefined;
  const percent = (share: number) => `${Number((100 * detectors * share).toPrecision(2))} %`;
  return `${rows} held-out ${what} are too few to rely on a false-alarm rate of ${percent(rate)}: the threshold is the highest of their scores, which ${percent(promisedRate(threshold))} of such ${what} exceed on average, and many more or fewer in a single case; ${enough} are enough`;
}

/** Scores in ascending order, as p-values need them: of many, {@link mostThresholdScores} that are evenly spread over them. */
export function ascendingScores(scores: Float64Array): Float64Array {
  return evenlySpread(scores.slice().sort());
}

/** At most {@link mostThresholdScores} of ascending numbers, evenly spread, and rather too high, so that p-values become no smaller. */
function evenlySpread(sorted: Float64Array): Float64Array {
  const { length } = sorted;
  const most = mostThresholdScores;
  if (length <= most) return sorted;
  const place = (i: number) => Math.min(Math.floor(((i + 1) * length) / most), length - 1);
  return Float64Array.from({ length: most }, (_, i) => sorted[place(i)]);
}

/** One a row: 1 = anomalous, 0 = not. */
export function verdicts(scores: Float64Array, threshold: Pick<Threshold, "value">): Uint8Array {
  const flags = new Uint8Array(scores.length);
  for (let row = 0; row < scores.length; row++) flags[row] = scores[row] > threshold.value ? 1 : 0;
  return flags;
}
