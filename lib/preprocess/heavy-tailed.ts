import { square } from "../common/exact-math";

/** The skewness of an exponential distribution: that of what halves again and again. */
const mostSkewness = 2;

/**
 * Whether numbers are so unevenly spread that a detector sees more in their logarithm: none is negative, there are more than
 * two different ones, and their skewness is over 2. Bytes, durations and counts of events are such, with a few values far
 * beyond all others; temperatures, shares and codes are not.
 */
export function isHeavyTailed(values: Float64Array): boolean {
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value / values.length;
  }
  if (!(least >= 0) || least === most || values.every((value) => value === least || value === most))
    return false;
  return skewness(values, sum, most) > mostSkewness;
}

/** @param unit values are measured in it, so that no power of them is beyond the range of numbers */
function skewness(values: Float64Array, mean: number, unit: number): number {
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    const distance = (value - mean) / unit;
    squares += square(distance);
    cubes += square(distance) * distance;
  }
  const variance = squares / values.length;
  return cubes / values.length / (variance * Math.sqrt(variance));
}
