import type { Data } from "plotly.js-dist";
import { significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { NominalColumn } from "../../data/table";
import { type Matrix, sourceFeature } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { rowGroups } from "../palette";
import { panelLabel } from "../panels";

const fromWhite: [number, string][] = [
  [0, "#ffffff"],
  [0.02, "#deebf7"],
  [1, "#08306b"],
];

/**
 * The numbers of some rows as a picture, a line for each row, ordered by category: what a detector is given. Values
 * are drawn from 0 (white) to 1 (dark); those outside take the colour of the nearer end.
 *
 * @param matrix at most a few hundred rows
 * @param labels one a row
 */
export function matrixRowsFigure(
  { rows, columns, data: values }: Matrix,
  labels: NominalColumn,
  caption: Caption,
): Figure {
  const label = (row: number) => labels.categories[labels.codes[row]];
  const groups = rowGroups(labels);
  const order = groups.flatMap((group) => group.rows);
  const bands = runsOf(groups.flatMap((group) => group.rows.map(() => group.title)));
  const features = runsOf(columns.map(sourceFeature));
  const heatmap: Data = {
    type: "heatmap",
    x: columns.map((_, i) => i),
    y: order.map((_, line) => line),
    z: order.map((row) => columns.map((_, i) => significant(values[row * columns.length + i], 3))),
    text: order.map((row) =>
      columns.map((column) => escapeHtml(`${label(row)}: ${column}`)),
    ) as unknown as string[],
    ...{ zmin: 0, zmax: 1, colorscale: fromWhite },
    colorbar: { x: 1.09, tickvals: [0, 0.5, 1] },
    hovertemplate: "%{text} = %{z}<extra></extra>",
  };
  const line = { color: "#D55E00", width: 1, dash: "solid" } as const;
  const between = bands.slice(1).map(({ first }) => first - 0.5);
  const around = features.filter(({ first, last }) => last > first);
  return createFigure(caption, "Rows as a detector sees them", [heatmap], {
    height: 220 + Math.max(200, 5 * rows),
    margin: { l: 24, r: 150, b: 130 },
    xaxis: {
      tickvals: features.map(({ first, last }) => (first + last) / 2),
      ticktext: features.map(({ value }) => escapeHtml(value)),
      tickangle: -90,
      tickfont: { size: 10 },
      showgrid: false,
    },
    yaxis: { autorange: "reversed", showticklabels: false, ticks: "", showgrid: false },
    shapes: [
      ...between.map((y) => ({ xref: "paper", x0: 0, x1: 1, yref: "y", y0: y, y1: y, line }) as const),
      ...around.flatMap(({ first, last }) => [first - 0.5, last + 0.5]).map((x) => ({ x0: x, x1: x, line })),
    ],
    annotations: bands.map(({ value, first, last }) =>
      panelLabel(`<b>${value}</b>`, [1 - (last + 1) / rows, 1 - first / rows]),
    ),
  });
}

/** Equal neighbours as one run each. */
function runsOf<T>(values: readonly T[]): { value: T; first: number; last: number }[] {
  const starts = values.flatMap((value, i) => (i === 0 || value !== values[i - 1] ? [i] : []));
  return starts.map((first, run) => ({
    value: values[first],
    first,
    last: (starts[run + 1] ?? values.length) - 1,
  }));
}
