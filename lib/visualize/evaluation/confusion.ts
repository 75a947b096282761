import type { Data } from "plotly.js-dist";
import { formatCount, formatScore, formatShare } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { attackWords } from "../../data/label-groups";
import type { Confusion } from "../../evaluation/metrics";
import type { Caption, Figure } from "../figure";
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

/**
 * Confusion matrices side by side: counts, and the share of each true class, which also gives the colour.
 *
 * @param words what the class is called that is not normal
 */
export function confusionFigure(
  matrices: readonly NamedConfusion[],
  caption: Caption,
  words = attackWords,
): Figure {
  const styles = modelStyles(matrices.map(({ name }) => name));
  const axis = { ...tableAxis, ticks: "outside", tickcolor: "white", tickfont: { size: 14 } } as const;
  const { data, axes } = panelGrid(
    matrices.map(({ name, confusion, threshold }, i) => {
      const { shares, text } = confusionCells(confusion);
      return {
        x: {
          ...axis,
          side: "bottom",
          title: { text: `<b>${styles[i].title}</b><br>verdict at threshold ${formatScore(threshold)}` },
        },
        traces: [
          {
            ...tableTrace(["flagged", "passed"], [words.one, "normal"], shares, text),
            name: escapeHtml(name),
            colorscale: [
              [0, "#f7fbff"],
              [1, "#08519c"],
            ],
            textfont: { size: 18 },
            hovertemplate: "%{y} rows %{x}<br>%{text}<extra></extra>",
          },
        ],
      };
    }),
    { gap: 0.06, y: { ...axis, autorange: "reversed", title: { text: "Truth" } } },
  );
  return createFigure(caption, matrices.length === 1 ? "Confusion matrix" : "Confusion matrices", data, {
    height: 460,
    margin: { b: 90 },
    ...axes,
  });
}

/** An axis of {@link tableTrace}. */
export const tableAxis = { showgrid: false, showline: false, type: "category" } as const;

/** A table of shares, which give the colours, with words in its cells. */
export function tableTrace(
  x: string[],
  y: string[],
  shares: readonly (readonly number[])[],
  text: readonly (readonly string[])[],
) {
  return {
    type: "heatmap",
    x,
    y,
    z: shares.map((row) => [...row]),
    text: text as unknown as string[],
    texttemplate: "%{text}",
    zmin: 0,
    zmax: 1,
    colorscale: [
      [0, "#f7fbff"],
      [1, "#6baed6"],
    ],
    showscale: false,
    xgap: 3,
    ygap: 3,
  } satisfies Data;
}

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
