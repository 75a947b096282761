import { requireNumber } from "../common/errors";
import { lowerBound } from "../common/lower-bound";
import { rateRange, type Threshold } from "./threshold";

/**
 * One a row: how probable so high a score is for a row like those that the threshold was chosen from, (1 + how many of their
 * scores are as high) / (1 + how many there are). Of such rows at most a share p has a p-value of p or less in expectation,
 * whatever the detector (conformal p-values; Bates, Candès, Lei, Romano and Sesia 2023, "Testing for outliers with conformal
 * p-values"). It says nothing of rows that the detector was fitted on, and can't be less than 1 / (1 + how many there are).
 *
 * @example
 * pValues(Float64Array.of(9.5), chooseThreshold(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 0.2))[0]; // 0.1
 */
export function pValues(scores: Float64Array, { scores: known }: Pick<Threshold, "scores">): Float64Array {
  const { length } = known;
  return scores.map((score) => (1 + length - lowerBound(known, score)) / (1 + length));
}

/**
 * One p-value a row for several detectors that judge it together: the lowest, times their number, at most 1 (Bonferroni's
 * correction). It is valid however much the detectors agree, and low when one of them is alone with its suspicion.
 *
 * @param byDetector p-values of the same rows
 * @example
 * combinedPValues([Float64Array.of(0.01, 0.6), Float64Array.of(0.4, 0.7)]); // Float64Array.of(0.02, 1)
 */
export function combinedPValues(byDetector: readonly Float64Array[]): Float64Array {
  const [first] = byDetector;
  return first.map((_, row) => {
    const lowest = byDetector.reduce((found, pValues) => Math.min(found, pValues[row]), 1);
    return Math.min(1, byDetector.length * lowest);
  });
}

/** The p-value of a score above all that the threshold was chosen from. */
export function lowestPValue({ scores }: Pick<Threshold, "scores">): number {
  return 1 / (1 + scores.length);
}

/**
 * The score that those with a p-value of at most p exceed, and no others; p in [0, 1). ∞ where no p-value is so low.
 *
 * @param detectors whose {@link combinedPValues} p is one of
 */
export function scoreAtPValue(p: number, { scores }: Pick<Threshold, "scores">, detectors = 1): number {
  const { length } = scores;
  let rank = Math.min(length, Math.ceil((p * (length + 1)) / detectors));
  while (rank > 0 && detectors * (rank / (length + 1)) > p) rank--;
  return rank === 0 ? Infinity : scores[length - rank];
}

/**
 * Benjamini and Hochberg's procedure: which rows to report so that, of those reported, at most a share `rate` is usual in
 * expectation, the false discovery rate, however many of all rows are anomalous. It looks at a whole batch: the more of it
 * is unusual, the less unusual a row must be. It holds for p-values that do not depend on each other, and for conformal ones
 * (Bates et al. 2023), as long as usual rows are like those held out. As no p-value is less than 1 / (1 + held-out rows), a
 * few anomalies among many rows may be reported only if there are many held-out rows.
 *
 * @param pValues one a row
 * @param rate the false discovery rate, in (0, 1)
 * @returns one a row: 1 = reported, 0 = not
 * @throws {InputError} if the rate is out of range
 * @example
 * falseDiscoveryVerdicts(Float64Array.of(0.01, 0.04, 0.03, 0.5), 0.1); // Uint8Array.of(1, 1, 1, 0)
 */
export function falseDiscoveryVerdicts(pValues: Float64Array, rate: number): Uint8Array {
  const counts = new PValueCounts(0);
  counts.add(pValues);
  const { highestPValue } = counts.discoveries(rate);
  return Uint8Array.from(pValues, (p) => (p <= highestPValue ? 1 : 0));
}

/** What a false discovery rate reports of a batch. */
export interface Discoveries {
  readonly rate: number;
  /** Of the batch. */
  readonly rows: number;
  readonly reported: number;
  /** The highest p-value that is reported; 0 where none is. */
  readonly highestPValue: number;
  /** The lowest p-value that there can be. */
  readonly lowestPValue: number;
}

/** Counts the p-values of a batch that is too large to be held at once: conformal ones are few different ones. */
export class PValueCounts {
  #rows = 0;
  readonly #counts = new Map<number, number>();

  /** @param lowest p-value that there can be */
  constructor(private readonly lowest: number) {}

  add(pValues: Float64Array): void {
    this.#rows += pValues.length;
    for (const p of pValues) this.#counts.set(p, (this.#counts.get(p) ?? 0) + 1);
  }

  /** Reported are the p-values up to the last p with p ≤ rate · the share of the rows up to it. */
  discoveries(rate: number): Discoveries {
    requireNumber("falseDiscoveryRate", rate, rateRange);
    let upTo = 0;
    let [reported, highestPValue] = [0, 0];
    for (const [p, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      upTo += count;
      if (p <= (rate * upTo) / this.#rows) [reported, highestPValue] = [upTo, p];
    }
    return { rate, rows: this.#rows, reported, highestPValue, lowestPValue: this.lowest };
  }
}
