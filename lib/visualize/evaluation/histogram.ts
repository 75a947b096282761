import type { NominalColumn } from "../../data/table";
import { type RowGroup, rowGroups } from "../palette";
import { scaleOf } from "../traces";

/** How the scores of each category, or kind of anomaly, spread over common bins. */
export interface ScoreHistogram {
  /** Bounds of the bins, ascending; bin i holds the scores in (edges[i], edges[i + 1]]. */
  readonly edges: Float64Array;
  /** For each group with rows, in the order of `labelGroups`: its rows, and the share of them in each bin. */
  readonly groups: readonly HistogramGroup[];
}

export interface HistogramGroup extends Omit<RowGroup, "rows"> {
  readonly rows: number;
  readonly shares: Float64Array;
  /** The share of its rows with a score above the threshold. */
  readonly flagged?: number;
}

export interface HistogramOptions {
  /** Becomes the bound of two bins, so that no bin mixes flagged and passed rows; may lie outside the scores. */
  readonly threshold?: number;
  /** Bins of equal width, or of equal ratio of bounds. Default: `linear`. */
  readonly scale?: "linear" | "log";
  /** About this many: one or two more let the threshold lie between bins. Default: 80. */
  readonly bins?: number;
}

/**
 * Counts scores by category, or kind of anomaly, into common bins. On the `log` scale, scores of 0 and below lie in the first bin.
 *
 * @param scores one a row; higher = more anomalous
 * @param labels one a row
 */
export function scoreHistogram(
  scores: Float64Array,
  labels: NominalColumn,
  options: HistogramOptions = {},
): ScoreHistogram {
  const { threshold } = options;
  const { edges, binOf } = binning(scores, options);
  const groups = rowGroups(labels).map(({ rows, ...group }) => {
    const counts = new Float64Array(edges.length - 1);
    for (const row of rows) counts[binOf(scores[row])]++;
    return {
      ...group,
      rows: rows.length,
      shares: counts.map((held) => held / rows.length),
      ...(threshold !== undefined && {
        flagged: rows.filter((row) => scores[row] > threshold).length / rows.length,
      }),
    };
  });
  return { edges, groups };
}

/** The bounds of the bins, and the bin of a score. */
function binning(scores: Float64Array, { threshold, scale = "linear", bins = 80 }: HistogramOptions) {
  const { toScale, fromScale } = scaleOf(scale);
  const line = threshold === undefined || !Number.isFinite(toScale(threshold)) ? undefined : threshold;
  let low = line === undefined ? Infinity : toScale(line);
  let high = line === undefined ? -Infinity : toScale(line);
  for (const score of scores) {
    const position = toScale(score);
    if (!Number.isFinite(position)) continue;
    low = Math.min(low, position);
    high = Math.max(high, position);
  }
  if (low > high) low = high = 0;
  // Scores that are equal but for rounding share a bin of any width.
  const size = Math.max(Math.abs(low), Math.abs(high));
  const width = (high - low > Math.max(1e-9 * size, 1e-300) ? high - low : Math.max(size, 1)) / bins;
  // Bins reach down from the threshold; half a bin more where there is none, as the lowest score is no bound.
  const below = line === undefined ? 0 : Math.floor((toScale(line) - low) / width) + 1;
  const start = line === undefined ? low - width / 2 : toScale(line) - below * width;
  const count = Math.max(below + 1, Math.ceil((high - start) / width));
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => fromScale(start + i * width));
  if (line !== undefined) edges[below] = line;
  const binOf = (score: number) => {
    const bin = Math.ceil((toScale(score) - start) / width) - 1;
    // Rounding must not carry a score over the threshold.
    const side = line === undefined ? bin : score > line ? Math.max(bin, below) : Math.min(bin, below - 1);
    return Math.min(Math.max(side, 0), count - 1);
  };
  return { edges, binOf };
}
