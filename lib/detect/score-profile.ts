import { log } from "../common/exact-math";

/** How scores are distributed over bins that hold about a tenth each. */
export interface ScoreProfile {
  readonly median: number;
  /** Inner bounds of the bins, ascending and different; bin i holds the scores in (edges[i − 1], edges[i]]. */
  readonly edges: readonly number[];
  /** Share of the scores in each bin; one more than there are bounds. */
  readonly shares: readonly number[];
}

/** The distribution of scores over their own deciles. @throws {RangeError} if there are none */
export function scoreProfile(scores: Float64Array): ScoreProfile {
  if (scores.length === 0) throw new RangeError("a profile needs at least one score");
  const sorted = scores.slice().sort();
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const deciles = Array.from({ length: 9 }, (_, i) => quantile((i + 1) / 10));
  const edges = [...new Set(deciles)];
  const counts = new Float64Array(edges.length + 1);
  for (const score of scores) counts[scoreBin(edges, score)]++;
  return { median: quantile(0.5), edges, shares: Array.from(counts, (count) => count / scores.length) };
}

/**
 * The population stability index Σ (a − e) · ln(a / e) of counts in the bins of a profile: 0 = the same distribution; by
 * the usual rule of thumb below 0.1 stable, above 0.25 shifted. Empty bins count as one in 10,000.
 *
 * @example
 * populationStability({ median: 0, edges: [0], shares: [0.5, 0.5] }, [30, 30]); // 0
 */
export function populationStability({ shares }: ScoreProfile, counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  return shares.reduce((sum, share, i) => {
    const expected = Math.max(share, 1e-4);
    const actual = Math.max(counts[i] / total, 1e-4);
    return sum + (actual - expected) * log(actual / expected);
  }, 0);
}

/** The bin of a score: how many bounds are below it. */
export function scoreBin(edges: readonly number[], score: number): number {
  let bin = 0;
  while (bin < edges.length && score > edges[bin]) bin++;
  return bin;
}
