import type { Data } from "plotly.js-dist";
import { formatRows, formatScore, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { anomalyWords } from "../../data/label-groups";
import type { NominalColumn } from "../../data/table";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { categoryColours, palette, rowGroups } from "../palette";

/** Rows as points of a plane, a few thousand at most. */
export interface Embedding {
  /** `rows × 2`. */
  readonly points: Matrix;
  /** One a row. */
  readonly labels: NominalColumn;
  /** One a row; higher = more anomalous. For the words at each point. */
  readonly scores: Float64Array;
  readonly axisTitles: readonly [string, string];
  /** Groups to colour by, one a row, such as `known` and `new`. Default: the labels' categories or kinds. */
  readonly groups?: NominalColumn;
}

/** Rows as points coloured by group; a click on the legend hides one, hovering names the label and its score. */
export function embeddingFigure(
  { points, labels, scores, axisTitles, groups }: Embedding,
  caption: Caption,
): Figure {
  const label = (row: number) => labels.categories[labels.codes[row]];
  const all = Array.from(labels.codes.keys());
  const shown = groups
    ? groups.categories.map((name, i) => ({
        title: escapeHtml(name),
        colour: palette[i % palette.length],
        rows: all.filter((row) => groups.codes[row] === i),
      }))
    : rowGroups(labels);
  const data = shown
    .filter(({ rows }) => rows.length > 0)
    .map(
      ({ title, colour, rows }): Data => ({
        type: "scatter",
        mode: "markers",
        name: `${title} · ${formatRows(rows.length)}`,
        x: rows.map((row) => significant(points.data[2 * row])),
        y: rows.map((row) => significant(points.data[2 * row + 1])),
        text: rows.map((row) => `${escapeHtml(label(row))} ${formatScore(scores[row])}`),
        marker: { color: colour, size: colour === categoryColours.normal ? 4 : 6, opacity: 0.65 },
        hovertemplate: "%{text}<extra></extra>",
      }),
    );
  return createFigure(
    caption,
    groups ? "Embedding" : `Embedding by ${anomalyWords(labels.categories).group}`,
    data,
    {
      height: 560,
      margin: { b: 110 },
      xaxis: { title: { text: escapeHtml(axisTitles[0]) }, zeroline: true, zerolinecolor: "#cccccc" },
      yaxis: { title: { text: escapeHtml(axisTitles[1]) }, zeroline: true, zerolinecolor: "#cccccc" },
    },
  );
}
