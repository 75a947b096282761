import type { Data } from "plotly.js-dist";
import { formatRows, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { palette } from "../palette";
import { panelGrid } from "../panels";
import { extentOf } from "../traces";

/** The values of one panel of {@link valueHistogramsFigure}. */
export interface NamedValues {
  /** Title of the panel's axis. */
  readonly name: string;
  readonly values: Float32Array | Float64Array;
}

/** Bins of equal width from the least to the greatest value. */
export interface ValueBins {
  /** Bounds of the bins, ascending, one more than there are bins; the last bin holds its upper bound too. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Counts values into bins of equal width.
 *
 * @param bins an integer ≥ 1; equal values get one bin, however many are asked for
 * @example
 * const { edges, counts } = valueBins(Float64Array.of(0, 1, 1, 4), 2);
 * Array.from(edges); // [0, 2, 4]
 * Array.from(counts); // [3, 1]
 */
export function valueBins(values: Float32Array | Float64Array, bins = 60): ValueBins {
  if (values.length === 0) return { edges: Float64Array.of(0, 1), counts: Float64Array.of(0) };
  const [low, high] = extentOf(values);
  if (low === high) return { edges: Float64Array.of(low, low + 1), counts: Float64Array.of(values.length) };
  const width = (high - low) / bins;
  const counts = new Float64Array(bins);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * width));
  return { edges, counts };
}

/** Histograms side by side, each over its own range; counts on a logarithmic axis, so that a bin of one row is seen. */
export function valueHistogramsFigure(panels: readonly NamedValues[], caption: Caption): Figure {
  const most = Math.max(0, ...panels.map(({ values }) => values.length));
  const { data, axes } = panelGrid(
    panels.map(({ name, values }) => ({
      x: { title: { text: escapeHtml(name) }, tickformat: "~s", nticks: 6 },
      traces: [histogram(values)],
    })),
    {
      gap: 0.06,
      y: {
        type: "log",
        range: [-0.3, Math.log10(most + 1)],
        dtick: 1,
        tickformat: ",",
        title: { text: "Rows (logarithmic)" },
      },
    },
  );
  return createFigure(caption, "Histograms", data, {
    height: 400,
    margin: { b: 80 },
    showlegend: false,
    ...axes,
  });
}

function histogram(values: NamedValues["values"]): Data {
  const { edges, counts } = valueBins(values);
  const bin = edges[1] - edges[0];
  return {
    type: "bar",
    name: formatRows(values.length),
    x: Array.from(counts, (_, b) => significant(edges[b] + bin / 2, 6)),
    y: Array.from(counts, (count) => (count === 0 ? null : count)),
    width: bin,
    marker: { color: palette[0] },
    hovertemplate: "about %{x:.4~s}<br>%{y:,} rows<extra></extra>",
  };
}
