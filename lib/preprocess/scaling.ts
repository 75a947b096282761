import { InputError } from "../common/errors";
import { square } from "../common/exact-math";
import { shown } from "../common/shown";

export const scalings = ["min-max", "standard", "quantile", "none"] as const;
export type Scaling = (typeof scalings)[number];

/** How a number becomes one of a column: (x − shift) · factor, or its rank among `quantiles`; 0 where it was constant. */
export interface Scale {
  readonly shift: number;
  readonly factor: number;
  /** Of the training values, evenly spread from the least to the greatest: only with quantile scaling. */
  readonly quantiles?: readonly number[];
}

/** Quantiles that a scale keeps at most, as scikit-learn's QuantileTransformer does by default. */
export const mostQuantiles = 1000;

/** Learns a scale from training values, which are finite. @throws {InputError} if they are too far apart */
export function fitScale(feature: string, values: Float64Array, scaling: Scaling): Scale {
  const [minimum, maximum] = rangeOf(values);
  const constant = { shift: minimum, factor: 0 };
  if (minimum === maximum) return constant;
  if (scaling === "none") return { shift: 0, factor: 1 };
  if (scaling === "quantile") return { shift: 0, factor: 1, quantiles: quantilesOf(values) };
  const [shift, spread] = scaling === "min-max" ? [minimum, maximum - minimum] : standardOf(values);
  if (!Number.isFinite(spread))
    throw new InputError(
      `the column ${shown(feature)} goes from ${minimum} to ${maximum}, which is too far apart to be scaled: take its logarithm, or leave it out`,
    );
  const factor = 1 / spread;
  return Number.isFinite(factor) ? { shift, factor } : constant; // too close together to be spread
}

/** The least and the greatest value. */
export function rangeOf(values: Float64Array): [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > most) most = values[i];
  }
  return [least + 0, most + 0]; // not −0
}

function standardOf(values: Float64Array): [mean: number, deviation: number] {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += square(values[i] - mean);
  return [mean, Math.sqrt(squares / values.length)];
}

/** What a fitted scale makes of a number. */
export function scaler({ shift, factor, quantiles }: Scale): (value: number) => number {
  return quantiles ? ranker(quantiles) : (value) => (value - shift) * factor;
}

/** Evenly spread quantiles, interpolated between neighbours. */
function quantilesOf(values: Float64Array): number[] {
  const sorted = values.slice().sort();
  const last = sorted.length - 1;
  const count = Math.min(mostQuantiles, sorted.length);
  return Array.from({ length: count }, (_, i) => {
    const place = (i / (count - 1)) * last;
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    const share = place - Math.floor(place);
    return Math.min(high, Math.max(low, low * (1 - share) + high * share));
  });
}

/**
 * A number's rank among quantiles, in [0, 1]: between two of them by interpolation. Of equal quantiles it is the middle, but
 * the least value is 0 and the greatest is 1, and so is what lies beyond them.
 */
function ranker(quantiles: readonly number[]): (value: number) => number {
  const last = quantiles.length - 1;
  /** The first place whose quantile is at least the value, or with `beyond` greater than it. */
  const placeOf = (value: number, beyond: boolean): number => {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (quantiles[middle] < value || (beyond && quantiles[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (value) => {
    if (!(value > quantiles[0])) return 0;
    if (value >= quantiles[last]) return 1;
    const place = placeOf(value, false);
    if (quantiles[place] === value) return (place + placeOf(value, true) - 1) / 2 / last;
    const [low, high] = [quantiles[place - 1], quantiles[place]];
    return (place - 1 + (value - low) / (high - low)) / last;
  };
}
