import type { Data } from "plotly.js-dist";
import { square } from "../../common/exact-math";
import { escapeHtml } from "../../common/html";
import type { Matrix } from "../../preprocess/matrix";
import { decimals, formatScore } from "../format";
import { type Caption, createFigure, type Figure } from "../layout";
import { panelGrid } from "../panels";

/** A few rows and what a model makes of them. */
export interface RowReconstruction {
  readonly matrix: Matrix;
  /** Of the same rows and columns. */
  readonly reconstruction: Matrix;
  /** What to call each row: `normal, http`. */
  readonly titles: readonly string[];
}

/**
 * Rows and their reconstructions, column by column: a dot where the value is, a diamond where the model puts it, and the
 * error as the line between. Of the columns those with the largest squared errors over these rows are shown.
 *
 * @param columns how many
 */
export function rowReconstructionFigure(
  { matrix, reconstruction, titles }: RowReconstruction,
  caption: Caption,
  columns = 20,
): Figure {
  const width = matrix.columns.length;
  const error = (row: number, column: number) =>
    square(matrix.data[row * width + column] - reconstruction.data[row * width + column]);
  const total = matrix.columns.map((_, column) => {
    let sum = 0;
    for (let row = 0; row < matrix.rows; row++) sum += error(row, column);
    return sum;
  });
  const shown = Array.from(total.keys())
    .sort((a, b) => total[b] - total[a])
    .slice(0, columns)
    .reverse();
  const names = shown.map((column) => escapeHtml(matrix.columns[column]));
  const { data, axes } = panelGrid(
    titles.map((rowTitle, row) => {
      const score = matrix.columns.reduce((sum, _, column) => sum + error(row, column), 0) / width;
      const values = shown.map((column) => decimals(matrix.data[row * width + column]));
      const made = shown.map((column) => decimals(reconstruction.data[row * width + column]));
      const first = row === 0;
      return {
        x: {
          ...(!first && { matches: "x" }),
          zeroline: true,
          zerolinecolor: "#cccccc",
          title: {
            text: `<b>${escapeHtml(rowTitle)}</b><br>scaled value · mean squared error ${formatScore(score)}`,
          },
        },
        traces: [
          {
            type: "scatter",
            mode: "lines",
            x: values.flatMap((value, i) => [value, made[i], null]),
            y: names.flatMap((name) => [name, name, null]),
            line: { color: "#999999", width: 3 },
            showlegend: false,
            hoverinfo: "skip",
          },
          { ...marks(values, names, "#0072B2", "circle"), name: "Value in the row", showlegend: first },
          {
            ...marks(made, names, "#D55E00", "diamond"),
            name: "What the model makes of it",
            showlegend: first,
          },
        ],
      };
    }),
    { gap: 0.03, y: { type: "category", categoryarray: names, categoryorder: "array" } },
  );
  return createFigure(caption, "Rows and their reconstructions", data, {
    height: 230 + 22 * shown.length,
    margin: { b: 120 },
    ...axes,
  });
}

function marks(x: number[], y: string[], color: string, symbol: "circle" | "diamond") {
  return {
    type: "scatter",
    mode: "markers",
    x,
    y,
    marker: { color, symbol, size: 9 },
    cliponaxis: false,
    hovertemplate: "%{y}: %{x:.4f}",
  } satisfies Data;
}
