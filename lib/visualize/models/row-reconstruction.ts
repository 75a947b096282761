import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { formatScore } from "../format";
import { createFigure } from "../layout";

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
  { title = "Rows and their reconstructions", protocol }: Caption,
  columns = 20,
): Figure {
  const width = matrix.columns.length;
  const error = (row: number, column: number) =>
    (matrix.data[row * width + column] - reconstruction.data[row * width + column]) ** 2;
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
  const gap = 0.03;
  const part = (1 - gap * (titles.length - 1)) / titles.length;
  const axes: Partial<Layout> = {};
  const data = titles.flatMap((rowTitle, row): Data[] => {
    const number = row === 0 ? "" : String(row + 1);
    const score = matrix.columns.reduce((sum, _, column) => sum + error(row, column), 0) / width;
    const left = row * (part + gap);
    Object.assign(axes, {
      [`xaxis${number}`]: {
        domain: [left, left + part],
        ...(row > 0 && { matches: "x" }),
        zeroline: true,
        zerolinecolor: "#cccccc",
        title: {
          text: `<b>${escapeHtml(rowTitle)}</b><br>scaled value · mean squared error ${formatScore(score)}`,
        },
      },
    });
    const values = shown.map((column) => round(matrix.data[row * width + column]));
    const made = shown.map((column) => round(reconstruction.data[row * width + column]));
    const on = { xaxis: `x${number}` as "x" };
    return [
      {
        type: "scatter",
        mode: "lines",
        x: values.flatMap((value, i) => [value, made[i], null]),
        y: names.flatMap((name) => [name, name, null]),
        ...on,
        line: { color: "#999999", width: 3 },
        showlegend: false,
        hoverinfo: "skip",
      },
      marks("Value in the row", values, "#0072B2", "circle"),
      marks("What the model makes of it", made, "#D55E00", "diamond"),
    ];

    function marks(name: string, x: number[], color: string, symbol: "circle" | "diamond"): Data {
      return {
        type: "scatter",
        mode: "markers",
        name,
        x,
        y: names,
        ...on,
        marker: { color, symbol, size: 9 },
        showlegend: row === 0,
        cliponaxis: false,
        hovertemplate: "%{y}: %{x:.4f}",
      };
    }
  });
  return createFigure({ title, protocol }, data, {
    height: 230 + 22 * shown.length,
    margin: { b: 120 },
    ...axes,
    yaxis: { type: "category", categoryarray: names, categoryorder: "array" },
  });
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
