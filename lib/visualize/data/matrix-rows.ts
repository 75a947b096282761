import type { Data } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import { type Category, categories, categoryOf } from "../../data/kdd/attacks";
import type { NominalColumn } from "../../data/table";
import { type Matrix, sourceFeature } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { significant } from "../format";
import { createFigure } from "../layout";
import { categoryTitles } from "../palette";
import { panelLabel } from "../panels";

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
  const rank = (row: number) => categories.indexOf(categoryOf(label(row)));
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => rank(a) - rank(b) || a - b);
  const bounds = new Map<Category, [first: number, last: number]>();
  order.forEach((row, line) => {
    const category = categoryOf(label(row));
    bounds.set(category, [bounds.get(category)?.[0] ?? line, line]);
  });
  const groups = columnGroups(columns);
  const data: Data[] = [
    {
      type: "heatmap",
      x: columns.map((_, i) => i),
      y: order.map((_, line) => line),
      z: order.map((row) => columns.map((_, i) => significant(values[row * columns.length + i], 3))),
      text: order.map((row) =>
        columns.map((column) => escapeHtml(`${label(row)}: ${column}`)),
      ) as unknown as string[],
      zmin: 0,
      zmax: 1,
      colorscale: [
        [0, "#ffffff"],
        [0.02, "#deebf7"],
        [1, "#08306b"],
      ],
      colorbar: { thickness: 12, outlinewidth: 0, x: 1.09, tickvals: [0, 0.5, 1] },
      hovertemplate: "%{text} = %{z}<extra></extra>",
    },
  ];
  const between = [...bounds.values()].slice(1).map(([first]) => first - 0.5);
  const line = { color: "#D55E00", width: 1 } as const;
  return createFigure(caption, "Rows as a detector sees them", data, {
    height: 220 + Math.max(200, 5 * rows),
    margin: { l: 24, r: 150, b: 130 },
    xaxis: {
      tickvals: groups.map(({ middle }) => middle),
      ticktext: groups.map(({ name }) => escapeHtml(name)),
      tickangle: -90,
      tickfont: { size: 10 },
      showgrid: false,
    },
    yaxis: { autorange: "reversed", showticklabels: false, ticks: "", showgrid: false },
    shapes: [
      ...between.map((y) => ({ type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line }) as const),
      ...groups
        .filter(({ columns: own }) => own > 1)
        .flatMap(({ first, columns: own }) => [first - 0.5, first + own - 0.5])
        .map((x) => ({ type: "line", yref: "paper", y0: 0, y1: 1, x0: x, x1: x, line }) as const),
    ],
    annotations: [...bounds].map(([category, [first, last]]) =>
      panelLabel(`<b>${categoryTitles[category]}</b>`, [1 - (last + 1) / rows, 1 - first / rows]),
    ),
  });
}

/** Neighbouring columns of the same feature as one group. */
function columnGroups(columns: readonly string[]) {
  const groups: { name: string; first: number; columns: number; middle: number }[] = [];
  columns.forEach((column, i) => {
    const name = sourceFeature(column);
    const last = groups[groups.length - 1];
    if (last?.name !== name) groups.push({ name, first: i, columns: 1, middle: i });
    else {
      last.columns++;
      last.middle = last.first + (last.columns - 1) / 2;
    }
  });
  return groups;
}
