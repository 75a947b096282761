import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Confusion } from "../../evaluation/metrics";
import type { Caption, Figure } from "../figure";
import { formatCount, formatScore, formatShare } from "../format";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";

/** The verdicts of one detector, counted. */
export interface NamedConfusion {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  readonly confusion: Confusion;
  readonly threshold: number;
}

/** Confusion matrices side by side: counts, and the share of each true class, which also gives the colour. */
export function confusionFigure(
  matrices: readonly NamedConfusion[],
  { title = matrices.length === 1 ? "Confusion matrix" : "Confusion matrices", protocol }: Caption,
): Figure {
  const styles = modelStyles(matrices.map(({ name }) => name));
  const width = (1 - gap * (matrices.length - 1)) / matrices.length;
  const axes: Partial<Layout> = {};
  const data = matrices.map(({ name, confusion, threshold }, i): Data => {
    const number = i === 0 ? "" : String(i + 1);
    const left = i * (width + gap);
    Object.assign(axes, {
      [`xaxis${number}`]: {
        ...plainAxis,
        domain: [left, left + width],
        anchor: `y${number}`,
        side: "bottom",
        title: { text: `<b>${styles[i].title}</b><br>verdict at threshold ${formatScore(threshold)}` },
      },
      [`yaxis${number}`]: {
        ...plainAxis,
        anchor: `x${number}`,
        autorange: "reversed",
        title: { text: i === 0 ? "Truth" : "" },
        showticklabels: i === 0,
      },
    });
    return {
      ...heatmap(confusion),
      name: escapeHtml(name),
      xaxis: `x${number}` as "x",
      yaxis: `y${number}` as "y",
    };
  });
  return createFigure({ title, protocol }, data, { height: 460, margin: { b: 90 }, ...axes });
}

const gap = 0.06;
const plainAxis = {
  showgrid: false,
  showline: false,
  ticks: "outside",
  tickcolor: "white",
  type: "category",
  tickfont: { size: 14 },
} as const;

function heatmap(confusion: Confusion) {
  const { truePositive, falseNegative, falsePositive, trueNegative } = confusion;
  const counts = [
    [truePositive, falseNegative],
    [falsePositive, trueNegative],
  ];
  const shares = counts.map(([flagged, passed]) => {
    const rows = flagged + passed;
    return [flagged, passed].map((count) => (rows === 0 ? 0 : count / rows));
  });
  const text = counts.map((row, i) =>
    row.map((count, j) => `<b>${formatCount(count)}</b><br>${formatShare(shares[i][j])}`),
  );
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
