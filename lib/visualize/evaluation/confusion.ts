import type { Data } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Confusion } from "../../evaluation/metrics";
import type { Caption, Figure } from "../figure";
import { formatCount, formatScore, formatShare } from "../format";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";
import { panelGrid } from "../panels";

/** The verdicts of one detector, counted. */
export interface NamedConfusion {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  readonly confusion: Confusion;
  readonly threshold: number;
}

/** Confusion matrices side by side: counts, and the share of each true class, which also gives the colour. */
export function confusionFigure(matrices: readonly NamedConfusion[], caption: Caption): Figure {
  const styles = modelStyles(matrices.map(({ name }) => name));
  const { data, axes } = panelGrid(
    matrices.map(({ name, confusion, threshold }, i) => ({
      x: {
        ...plainAxis,
        side: "bottom",
        title: { text: `<b>${styles[i].title}</b><br>verdict at threshold ${formatScore(threshold)}` },
      },
      traces: [{ ...heatmap(confusion), name: escapeHtml(name) }],
    })),
    { gap: 0.06, y: { ...plainAxis, autorange: "reversed", title: { text: "Truth" } } },
  );
  return createFigure(caption, matrices.length === 1 ? "Confusion matrix" : "Confusion matrices", data, {
    height: 460,
    margin: { b: 90 },
    ...axes,
  });
}

const plainAxis = {
  showgrid: false,
  showline: false,
  ticks: "outside",
  tickcolor: "white",
  type: "category",
  tickfont: { size: 14 },
} as const;

/** The shares of each true class that are flagged and passed, and the words for them with their counts. */
export function confusionCells({ truePositive, falseNegative, falsePositive, trueNegative }: Confusion) {
  const counts = [
    [truePositive, falseNegative],
    [falsePositive, trueNegative],
  ];
  const shares = counts.map(([flagged, passed]) =>
    [flagged, passed].map((count) => count / Math.max(1, flagged + passed)),
  );
  const text = counts.map((row, i) =>
    row.map((count, j) => `<b>${formatCount(count)}</b><br>${formatShare(shares[i][j])}`),
  );
  return { shares, text };
}

function heatmap(confusion: Confusion) {
  const { shares, text } = confusionCells(confusion);
  return {
    type: "heatmap",
    x: ["flagged", "passed"],
    y: ["attack", "normal"],
    z: shares,
    text: text as unknown as string[],
    texttemplate: "%{text}",
    textfont: { size: 18 },
    hovertemplate: "%{y} rows %{x}<br>%{text}<extra></extra>",
    zmin: 0,
    zmax: 1,
    colorscale: [
      [0, "#f7fbff"],
      [1, "#08519c"],
    ],
    showscale: false,
    xgap: 3,
    ygap: 3,
  } satisfies Data;
}
