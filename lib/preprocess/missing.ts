/** What becomes of a number that is missing. */
export interface MissingNumber {
  /** What stands in its place: the median of the training values. */
  readonly replacement: number;
  /** Whether a training row lacked it, so that a 0/1 column of its own says where it is missing. */
  readonly column: boolean;
}

/** Whether a number is missing: NaN, and what is infinite, as a rate over no time is, which nobody measured. */
export function isMissing(value: number): boolean {
  return !Number.isFinite(value);
}

/** How many of them are missing. */
export function countMissing(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (isMissing(values[i])) count++;
  return count;
}

/**
 * What stands in the place of a missing number: the median of the training values, or the middle of their range where the
 * step has none.
 */
export function replacementOf({
  range: [least, most],
  missing,
}: {
  readonly range: readonly [least: number, most: number];
  readonly missing?: MissingNumber;
}): number {
  return missing ? missing.replacement : least / 2 + most / 2;
}

/** The middle value, or the mean of the middle two. */
export function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === high ? low + 0 : low / 2 + high / 2; // + 0, since JSON does not keep −0
}
