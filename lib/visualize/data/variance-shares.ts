import type { Data } from "plotly.js-dist";
import { square } from "../../common/exact-math";
import { formatShare, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { type Matrix, sourceFeature } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { palette } from "../palette";

/**
 * The share of each feature in the total variance of a matrix; one-hot columns are added up under their feature.
 *
 * The mean squared distance of two random rows is twice the sum of the columns' variances, so that this is also the
 * share of a feature in the distances that a method sees.
 *
 * @returns shares by feature, greatest first; they sum to 1, unless no column varies (then all are 0)
 * @example
 * varianceShares({ rows: 2, columns: ["a", "b"], data: Float32Array.of(0, 0, 3, 1) }); // { a: 0.9, b: 0.1 }
 */
export function varianceShares({ rows, columns, data }: Matrix): Record<string, number> {
  const width = columns.length;
  const variances = new Map<string, number>();
  let total = 0;
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * width + column];
    const mean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += square(data[row * width + column] - mean);
    const feature = sourceFeature(columns[column]);
    variances.set(feature, (variances.get(feature) ?? 0) + squares);
    total += squares;
  }
  const shares = [...variances].map(([feature, variance]): [string, number] => [
    feature,
    total === 0 ? 0 : variance / total,
  ]);
  return Object.fromEntries(shares.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])));
}

/** The shares that one way of preprocessing leads to. */
export interface NamedShares {
  readonly name: string;
  /** Of {@link varianceShares}. */
  readonly shares: Readonly<Record<string, number>>;
}

const colours = [...palette.slice(0, 6), "#F0E442", "#8C564B", "#17408B", "#7F9A48", "#B07AA1"];

/** One bar for each way of preprocessing, cut into features; those with small shares everywhere are drawn as one. */
export function varianceSharesFigure(series: readonly NamedShares[], caption: Caption): Figure {
  const greatest = (feature: string) => Math.max(...series.map(({ shares }) => shares[feature] ?? 0));
  const features = [...new Set(series.flatMap(({ shares }) => Object.keys(shares)))]
    .filter((feature) => greatest(feature) >= 0.03)
    .sort((a, b) => greatest(b) - greatest(a))
    .slice(0, colours.length);
  const rest = series.map(({ shares }) =>
    Math.max(0, 1 - features.reduce((sum, feature) => sum + (shares[feature] ?? 0), 0)),
  );
  const parts = features.map((feature, i) => ({
    name: escapeHtml(feature),
    color: colours[i],
    values: series.map(({ shares }) => shares[feature] ?? 0),
  }));
  const data = [...parts, { name: "all others", color: "#dddddd", values: rest }].map(
    ({ name, color, values }): Data => ({
      type: "bar",
      orientation: "h",
      name,
      y: series.map((one) => escapeHtml(one.name)),
      x: values.map((share) => significant(share)),
      marker: { color, line: { color: "white", width: 1 } },
      text: values.map((share) => (share >= 0.1 ? `${name} ${formatShare(share)}` : "")),
      textposition: "inside",
      insidetextanchor: "middle",
      textangle: 0,
      hovertemplate: "%{x:.1%} of the variance",
    }),
  );
  return createFigure(caption, "Which features the distances consist of", data, {
    height: 220 + 46 * series.length,
    margin: { b: 130, l: 190 },
    barmode: "stack",
    bargap: 0.25,
    xaxis: {
      title: { text: "Share of the mean squared distance of two rows" },
      range: [0, 1],
      tickformat: ".0%",
    },
    yaxis: { autorange: "reversed", type: "category", ticks: "" },
    uniformtext: { mode: "hide", minsize: 10 },
  });
}
