/** Numbers kept at most; when there are more, every second one goes. */
const mostSamples = 64;

/**
 * Some of many numbers, evenly spread over them: all of the first 64, then every second one, then every fourth …: which are
 * kept depends on their places only.
 */
export class Samples {
  #kept: number[] = [];
  /** Numbers from one that is kept to the next. */
  #stride = 1;
  #skipped = 0;

  get kept(): readonly number[] {
    return this.#kept;
  }

  /** Takes the next number. @returns how many more are kept */
  add(number: number): number {
    if (++this.#skipped < this.#stride) return 0;
    this.#skipped = 0;
    const before = this.#kept.length;
    this.#kept.push(number);
    if (this.#kept.length > mostSamples) {
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
      this.#stride *= 2;
    }
    return this.#kept.length - before;
  }

  /** As numbers: how many are kept, stride, skipped, then those that are kept. */
  get state(): readonly number[] {
    return [this.#kept.length, this.#stride, this.#skipped, ...this.#kept];
  }

  /** @param numbers a state; those that follow it are left alone */
  static resume([length, stride, skipped, ...numbers]: readonly number[]): Samples {
    const samples = new Samples();
    samples.#kept = numbers.slice(0, length);
    samples.#stride = stride;
    samples.#skipped = skipped;
    return samples;
  }
}

/** Numbers of which regularity is told: of fewer it may be chance. */
export const fewestSamples = 8;

/** How numbers lie about their median. */
export interface Regularity {
  readonly median: number;
  /** Median of the distances from the median. */
  readonly deviation: number;
  /** In [0, 1]; 1 = all are equal. */
  readonly regularity: number;
}

/**
 * How regular numbers are, as RITA measures beacons: the mean of two scores in [0, 1], one for symmetry, 1 − |Bowley's
 * skewness|, and one for spread, 1 − median absolute deviation / median. 0 for fewer than eight numbers.
 *
 * @example
 * regularityOf([60, 60, 61, 60, 59, 60, 60, 60]).regularity; // 1
 */
export function regularityOf(numbers: readonly number[]): Regularity {
  if (numbers.length === 0) return { median: Number.NaN, deviation: Number.NaN, regularity: 0 };
  const sorted = Float64Array.from(numbers).sort();
  const median = quantile(sorted, 0.5);
  const deviation = quantile(sorted.map((number) => Math.abs(number - median)).sort(), 0.5);
  if (numbers.length < fewestSamples) return { median, deviation, regularity: 0 };
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const skewness = high === low ? 0 : (low + high - 2 * median) / (high - low);
  const spread = deviation === 0 ? 0 : Math.min(1, deviation / median);
  return { median, deviation, regularity: (1 - Math.abs(skewness) + (1 - spread)) / 2 };
}

/** Of ascending numbers, with a straight line between two. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}
