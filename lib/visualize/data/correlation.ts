import { sampleCorrelation } from "simple-statistics";
import { decimals } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { numbers, type Rows, type Table } from "../../data/table";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { panelGrid } from "../panels";

/** Correlations of every pair of features. */
export interface Correlations {
  readonly features: readonly string[];
  /** `features × features`, symmetric, 1 on the diagonal; null where a feature is constant. */
  readonly values: readonly (readonly (number | null)[])[];
}

/**
 * Spearman's rank correlations of numeric features: Pearson's correlation of the ranks, in which equal values share
 * their mean rank. Unlike Pearson's of the values, it does not depend on the few largest ones.
 *
 * Cost: features² × rows; give it a few thousand rows.
 *
 * @param rows which rows; default all
 * @throws {RangeError} if a feature is missing or nominal
 */
export function rankCorrelations(table: Table, features: readonly string[], rows?: Rows): Correlations {
  const ranks = features.map((feature) => {
    const values = numbers(table, feature);
    return meanRanks(rows ? Float64Array.from(rows, (row) => values[row]) : Float64Array.from(values));
  });
  const varies = ranks.map((rank) => rank.some((value) => value !== rank[0]));
  const values: (number | null)[][] = ranks.map(() => []);
  for (let i = 0; i < ranks.length; i++) {
    for (let j = 0; j <= i; j++) {
      const correlation =
        varies[i] && varies[j] ? (i === j ? 1 : sampleCorrelation(ranks[i], ranks[j])) : null;
      values[i][j] = correlation;
      values[j][i] = correlation;
    }
  }
  return { features, values };
}

/** Ranks from 1; equal values share their mean rank. */
function meanRanks(values: Float64Array): number[] {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** One panel of {@link correlationFigure}. */
export interface NamedCorrelations extends Correlations {
  readonly name: string;
}

/** Correlation matrices of the same features side by side: blue = together, red = opposed, white = none or constant. */
export function correlationFigure(panels: readonly NamedCorrelations[], caption: Caption): Figure {
  const axis = {
    showgrid: false,
    showline: false,
    type: "category",
    dtick: 1,
    tickfont: { size: 10 },
  } as const;
  const { data, axes } = panelGrid(
    panels.map(({ name, features, values }, i) => ({
      x: { ...axis, tickangle: -90, title: { text: `<b>${escapeHtml(name)}</b>` } },
      traces: [
        {
          type: "heatmap",
          name: escapeHtml(name),
          x: features.map(escapeHtml),
          y: features.map(escapeHtml),
          z: values.map((row) => row.map((value) => (value === null ? null : decimals(value, 3)))),
          zmin: -1,
          zmax: 1,
          colorscale: [
            [0, "#b2182b"],
            [0.25, "#f4a582"],
            [0.5, "#ffffff"],
            [0.75, "#92c5de"],
            [1, "#2166ac"],
          ],
          showscale: i === panels.length - 1,
          colorbar: { tickvals: [-1, -0.5, 0, 0.5, 1] },
          hovertemplate: "%{y}<br>%{x}<br>%{z:.3f}",
        },
      ],
    })),
    { gap: 0.04, y: { ...axis, autorange: "reversed" } },
  );
  return createFigure(caption, "Rank correlations", data, {
    height: 620,
    margin: { l: 180, r: 20, b: 190 },
    ...axes,
  });
}
