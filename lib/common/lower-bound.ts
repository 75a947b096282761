/** The place of the first of ascending values, from `start` to `end` (exclusive), that is not less than a value; else `end`. */
export function lowerBound(
  values: Float32Array | Float64Array,
  value: number,
  start = 0,
  end = values.length,
): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
