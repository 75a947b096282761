import { exp2 } from "../common/exact-math";

/**
 * How far a score lies beyond the threshold, comparable between detectors: log(score / threshold) in units of
 * log(threshold / median), where the median is that of held-out usual scores. 0 at the threshold, 1 as far beyond it as
 * it is from the usual, −1 at the median.
 */
export function excess(score: number, threshold: number, median: number): number {
  const logarithm = (value: number) => Math.log2(Math.max(value, Number.MIN_VALUE));
  const unit = Math.max(logarithm(threshold) - logarithm(median), 1e-6);
  return (logarithm(score) - logarithm(threshold)) / unit;
}

/**
 * An excess as a number in [0, 100), to two decimals: half of what is missing to 100 for each fifth of a unit, since even
 * floods are seldom a whole unit beyond.
 *
 * @example
 * riskScore(0.2); // 50
 */
export function riskScore(beyond: number): number {
  return Math.floor(10_000 * (1 - exp2(-5 * Math.max(0, beyond)))) / 100;
}
