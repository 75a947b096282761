import type { Data } from "plotly.js-dist";
import { quantileSorted } from "simple-statistics";
import { formatRows, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { column, labels, numbers, type Table } from "../../data/table";
import type { Caption, Figure } from "../figure";
import { type Axis, createFigure, small } from "../layout";
import { type RowGroup, rowGroups } from "../palette";
import { panelGrid } from "../panels";
import { extentOf } from "../traces";

/** Where the values of one feature lie, by category or kind of anomaly. */
export interface FeatureRange extends Omit<RowGroup, "rows"> {
  readonly rows: number;
  /** The 5th, 25th, 50th, 75th and 95th percentile. */
  readonly percentiles: readonly [number, number, number, number, number];
}

/**
 * Percentiles of a numeric feature for each group of labels with rows, in the order of `labelGroups`; linear between two values, as
 * numpy's default.
 *
 * @throws {RangeError} if the feature is missing or nominal, or the table has no labels
 */
export function featureRanges(table: Table, feature: string): FeatureRange[] {
  const values = numbers(table, feature);
  return rowGroups(labels(table)).map(({ rows, ...group }) => {
    const own = Float64Array.from(rows, (row) => values[row]).sort();
    // A typed array is all that the function reads: by index and length.
    const at = (p: number) => quantileSorted(own as unknown as number[], p);
    const percentiles = [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)] as const;
    return { ...group, rows: rows.length, percentiles };
  });
}

/** Panels in one line. */
const across = 3;

/**
 * A panel for each feature, a bar for each category: thin from the 5th to the 95th percentile, thick from the 25th to
 * the 75th, a dot at the median. Rates lie on a linear axis, all else on a logarithmic one of 1 + x.
 *
 * @throws {RangeError} if a feature is missing or nominal, or the table has no labels
 */
export function featureRangesFigure(table: Table, features: readonly string[], caption: Caption): Figure {
  const { data, axes } = panelGrid(
    features.map((feature) => {
      const linear = isRate(table, feature);
      const ranges = featureRanges(table, feature);
      return {
        x: {
          title: { text: escapeHtml(feature) + (linear ? "" : " + 1"), standoff: 4 },
          ...(linear ? { range: [-0.04, 1.04] } : logarithmic(ranges)),
        },
        traces: ranges.flatMap((range) => bars(range, linear)),
      };
    }),
    { gap: 0.04, across, gapBelow: 0.12, y: { autorange: "reversed", type: "category" } },
  );
  const text = small("thin: 5th to 95th percentile; thick: 25th to 75th; circle: median");
  return createFigure(caption, "Where the values lie", data, {
    height: 130 + 230 * Math.ceil(features.length / across),
    margin: { l: 70, r: 24, b: 90 },
    ...axes,
    annotations: [{ text, x: 0, xanchor: "left", y: 0, yanchor: "top", yshift: -62 }],
  });
}

function isRate(table: Table, feature: string): boolean {
  const source = column(table, feature);
  return source.kind === "numeric" && source.measure === "rate";
}

/** One category in one panel: the thin bar, then the thick one with the dot. */
function bars({ title, colour, rows, percentiles }: FeatureRange, linear: boolean): Data[] {
  const [p5, p25, p50, p75, p95] = percentiles.map((value) => significant(linear ? value : value + 1, 6));
  const words = percentiles.map((value) => String(significant(value, 6)));
  const common = { type: "scatter", showlegend: false, cliponaxis: false } as const;
  return [
    {
      ...common,
      mode: "lines",
      x: [p5, p95],
      y: [title, title],
      line: { color: colour, width: 2.5 },
      hoverinfo: "skip",
    },
    {
      ...common,
      mode: "lines+markers",
      name: title,
      x: [p25, p50, p75],
      y: [title, title, title],
      line: { color: colour, width: 11 },
      marker: { color: "white", size: [0, 8, 0], opacity: 1, line: { color: colour, width: 2.5 } },
      hovertemplate:
        `${formatRows(rows)}<br>median ${words[2]}<br>half of them ${words[1]} to ${words[3]}<br>` +
        `nine of ten ${words[0]} to ${words[4]}`,
    },
  ];
}

/** An axis of 1 + x, with room for the circles at both ends. */
function logarithmic(ranges: readonly FeatureRange[]): Axis {
  const ends = ranges.flatMap(({ percentiles }) => [percentiles[0], percentiles[4]]);
  const [low, high] = extentOf(ends).map((end) => Math.log10(end + 1));
  const room = Math.max(0.05 * (high - low), 0.05);
  const range: [number, number] = [low - room, high + room];
  return { type: "log", range, exponentformat: "power", dtick: 1, tickfont: { size: 11 } };
}
