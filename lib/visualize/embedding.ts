import type { Data } from "plotly.js-dist";
import { categories, categoryOf } from "../data/attacks";
import type { NominalColumn } from "../data/table";
import type { Matrix } from "../preprocess/matrix";
import type { Caption, Figure } from "./figure";
import { formatRows, formatScore, plain } from "./format";
import { createFigure } from "./layout";
import { categoryColours, categoryTitles } from "./palette";

/** Rows as points of a plane, a few thousand at most. */
export interface Embedding {
  /** `rows × 2`. */
  readonly points: Matrix;
  /** One a row. */
  readonly labels: NominalColumn;
  /** One a row; higher = more anomalous. For the words at each point. */
  readonly scores: Float64Array;
  readonly axisTitles: readonly [string, string];
}

/** Rows as points coloured by category; a click on the legend hides one, hovering names the label and its score. */
export function embeddingFigure(
  { points, labels, scores, axisTitles }: Embedding,
  { title = "Embedding by category", protocol }: Caption,
): Figure {
  const round = (value: number) => Number(value.toPrecision(4));
  const category = Array.from(labels.codes, (code) => categoryOf(labels.categories[code]));
  const data = categories.flatMap((shown): Data[] => {
    const rows = category.flatMap((of, row) => (of === shown ? [row] : []));
    if (rows.length === 0) return [];
    return [
      {
        type: "scatter",
        mode: "markers",
        name: `${categoryTitles[shown]} · ${formatRows(rows.length)}`,
        x: rows.map((row) => round(points.data[2 * row])),
        y: rows.map((row) => round(points.data[2 * row + 1])),
        text: rows.map((row) => `${plain(labels.categories[labels.codes[row]])} ${formatScore(scores[row])}`),
        marker: { color: categoryColours[shown], size: shown === "normal" ? 4 : 6, opacity: 0.65 },
        hovertemplate: "%{text}<extra></extra>",
      },
    ];
  });
  return createFigure({ title, protocol }, data, {
    height: 620,
    margin: { b: 110 },
    xaxis: { title: { text: axisTitles[0] }, zeroline: true, zerolinecolor: "#cccccc" },
    yaxis: { title: { text: axisTitles[1] }, zeroline: true, zerolinecolor: "#cccccc" },
  });
}
