import type { Data } from "plotly.js-dist";
import { sum } from "simple-statistics";
import { square } from "../../common/exact-math";
import { decimals, formatScore } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
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
  const rows = titles.map((title, row) => ({
    title,
    values: rowOf(matrix, row),
    made: rowOf(reconstruction, row),
  }));
  const error = ({ values, made }: (typeof rows)[number], column: number) =>
    square(values[column] - made[column]);
  const total = matrix.columns.map((_, column) => sum(rows.map((row) => error(row, column))));
  const shown = Array.from(total.keys())
    .sort((a, b) => total[b] - total[a])
    .slice(0, columns)
    .reverse();
  const names = shown.map((column) => escapeHtml(matrix.columns[column]));
  const { data, axes } = panelGrid(
    rows.map((row, i) => {
      const score = sum(matrix.columns.map((_, column) => error(row, column))) / matrix.columns.length;
      const values = shown.map((column) => decimals(row.values[column]));
      const made = shown.map((column) => decimals(row.made[column]));
      const text = `<b>${escapeHtml(row.title)}</b><br>scaled value · mean squared error ${formatScore(score)}`;
      return {
        x: { ...(i > 0 && { matches: "x" }), zeroline: true, zerolinecolor: "#cccccc", title: { text } },
        traces: panelTraces(values, made, names).map((trace) =>
          i === 0 ? trace : { ...trace, showlegend: false },
        ),
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

function rowOf({ columns, data }: Matrix, row: number): Float32Array {
  return data.subarray(row * columns.length, (row + 1) * columns.length);
}

/** The values, what the model makes of them, and lines between. */
function panelTraces(values: number[], made: number[], names: string[]): Data[] {
  return [
    {
      type: "scatter",
      mode: "lines",
      x: values.flatMap((value, i) => [value, made[i], null]),
      y: names.flatMap((name) => [name, name, null]),
      line: { color: "#999999", width: 3 },
      showlegend: false,
      hoverinfo: "skip",
    },
    { ...marks(values, names, "#0072B2", "circle"), name: "Value in the row" },
    { ...marks(made, names, "#D55E00", "diamond"), name: "What the model makes of it" },
  ];
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
