import type { Data, Layout } from "plotly.js-dist";
import { categories, categoryOf } from "../../data/kdd/attacks";
import type { NominalColumn } from "../../data/table";
import type { Caption, Figure } from "../figure";
import { formatRows, formatShare } from "../format";
import { createFigure } from "../layout";
import { categoryTitles, modelStyles } from "../palette";

/** One detector's part in a landscape. */
export interface LandscapeAxis {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  /** One a row; higher = more anomalous. */
  readonly scores: Float64Array;
  /** A row is flagged when its score is greater. */
  readonly threshold: number;
  /** Default: `linear`. */
  readonly scale?: "linear" | "log";
}

/** Shares of rows that both detectors flag, only one, or neither. */
export interface Agreement {
  readonly both: number;
  readonly onlyX: number;
  readonly onlyY: number;
  readonly neither: number;
}

/** How the verdicts of two detectors agree on some rows. Without rows all shares are 0. */
export function agreement(x: LandscapeAxis, y: LandscapeAxis, rows: readonly number[]): Agreement {
  const counts = [0, 0, 0, 0];
  for (const row of rows) {
    counts[(x.scores[row] > x.threshold ? 1 : 0) + (y.scores[row] > y.threshold ? 2 : 0)]++;
  }
  const [neither, onlyX, onlyY, both] = counts.map((count) => count / Math.max(1, rows.length));
  return { both, onlyX, onlyY, neither };
}

/**
 * The scores of two detectors against each other, a panel for each category: how dense its rows lie, on a logarithmic
 * colour scale, both thresholds as lines, and in each corner the share of the category's rows in that quarter.
 *
 * @param bins cells on each axis
 */
export function scoreLandscapeFigure(
  x: LandscapeAxis,
  y: LandscapeAxis,
  labels: NominalColumn,
  { title = "Score landscape", protocol }: Caption,
  bins = 48,
): Figure {
  const rowsOf = new Map(categories.map((category) => [category, [] as number[]]));
  const categoryOfCode = labels.categories.map(categoryOf);
  labels.codes.forEach((code: number, row: number) => {
    rowsOf.get(categoryOfCode[code])?.push(row);
  });
  const present = categories.filter((category) => rowsOf.get(category)!.length > 0);
  const across = Math.min(3, present.length);
  const lines = Math.ceil(present.length / across);
  const [horizontal, vertical] = [cells(x, bins), cells(y, bins)];
  const [styleX, styleY] = modelStyles([x.name, y.name]);

  const layout: Partial<Layout> = {};
  const annotations: Layout["annotations"] = [];
  const shapes: Layout["shapes"] = [];
  const data = present.map((category, i): Data => {
    const rows = rowsOf.get(category)!;
    const number = i === 0 ? "" : String(i + 1);
    const on = { xaxis: `x${number}` as "x", yaxis: `y${number}` as "y" };
    const [column, line] = [i % across, Math.floor(i / across)];
    const [gapX, gapY] = [0.03, 0.15];
    const width = (1 - gapX * (across - 1)) / across;
    const height = (1 - gapY * (lines - 1)) / lines;
    const bottom = 1 - (line + 1) * height - line * gapY;
    Object.assign(layout, {
      [`xaxis${number}`]: {
        ...horizontal.axis,
        domain: [column * (width + gapX), column * (width + gapX) + width],
        anchor: on.yaxis,
        ...(i + across >= present.length && { title: { text: `${styleX.title}: score` } }),
      },
      [`yaxis${number}`]: {
        ...vertical.axis,
        domain: [Math.max(0, bottom), bottom + height],
        anchor: on.xaxis,
        showticklabels: column === 0,
        ...(column === 0 && { title: { text: `${styleY.title}: score` } }),
      },
    });
    const grid = vertical.centres.map(() => horizontal.centres.map(() => 0));
    for (const row of rows) grid[vertical.cell(y.scores[row])][horizontal.cell(x.scores[row])]++;
    // Only the part with rows in it, to keep the figure small.
    const [fromX, toX] = occupied(horizontal.centres.map((_, i) => grid.some((cells) => cells[i] > 0)));
    const [fromY, toY] = occupied(grid.map((cells) => cells.some((count) => count > 0)));
    const shares = agreement(x, y, rows);
    const domain = { xref: `${on.xaxis} domain` as "x domain", yref: `${on.yaxis} domain` as "y domain" };
    annotations.push({
      ...domain,
      text: `<b>${categoryTitles[category]}</b> · ${formatRows(rows.length)}`,
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "bottom",
      showarrow: false,
    });
    for (const [share, right, top] of [
      [shares.both, true, true],
      [shares.onlyX, true, false],
      [shares.onlyY, false, true],
      [shares.neither, false, false],
    ] as const) {
      annotations.push({
        ...domain,
        text: formatShare(share),
        x: right ? 0.98 : 0.02,
        y: top ? 0.98 : 0.02,
        xanchor: right ? "right" : "left",
        yanchor: top ? "top" : "bottom",
        font: { size: 12 },
        bgcolor: "rgba(255,255,255,0.8)",
        showarrow: false,
      });
    }
    const dashed = { color: "#222", width: 1, dash: "dash" } as const;
    shapes.push(
      {
        type: "line",
        x0: x.threshold,
        x1: x.threshold,
        y0: 0,
        y1: 1,
        line: dashed,
        xref: on.xaxis,
        yref: domain.yref,
      },
      {
        type: "line",
        x0: 0,
        x1: 1,
        y0: y.threshold,
        y1: y.threshold,
        line: dashed,
        xref: domain.xref,
        yref: on.yaxis,
      },
    );
    return {
      type: "heatmap",
      x: horizontal.centres.slice(fromX, toX),
      y: vertical.centres.slice(fromY, toY),
      z: grid
        .slice(fromY, toY)
        .map((line) =>
          line
            .slice(fromX, toX)
            .map((count) => (count === 0 ? null : Number(Math.log10(count / rows.length).toFixed(2)))),
        ) as number[][],
      ...on,
      name: categoryTitles[category],
      zmin: -5,
      zmax: 0,
      colorscale: density,
      showscale: i === 0,
      colorbar: {
        title: { text: "Share of the category's rows", side: "right" },
        tickvals: [-5, -4, -3, -2, -1, 0],
        ticktext: ["0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %"],
        thickness: 14,
      },
      hovertemplate: "%{x:.3~g}, %{y:.3~g}<br>10^%{z} of the rows",
    };
  });
  return createFigure({ title, protocol }, data, {
    height: 150 + 300 * lines,
    margin: { r: 110 },
    showlegend: false,
    ...layout,
    annotations,
    shapes,
  });
}

const density: [number, string][] = [
  [0, "#deebf7"],
  [0.4, "#9ecae1"],
  [0.7, "#3182bd"],
  [1, "#08306b"],
];

/** Where the first `true` is, and behind the last; at least two long, as one cell alone would have no width. */
function occupied(flags: readonly boolean[]): [number, number] {
  const end = Math.max(flags.lastIndexOf(true) + 1, 2);
  return [Math.min(flags.indexOf(true), end - 2), end];
}

/** Cells of equal width on the axis's scale, from the lowest score to the highest. */
function cells({ scores, scale = "linear" }: LandscapeAxis, bins: number) {
  const onScale =
    scale === "log" ? (value: number) => Math.log10(Math.max(value, 1e-12)) : (value: number) => value;
  let low = Infinity;
  let high = -Infinity;
  for (const score of scores) {
    low = Math.min(low, onScale(score));
    high = Math.max(high, onScale(score));
  }
  const width = (high - low || 1) / bins;
  const centre = (i: number) => low + (i + 0.5) * width;
  return {
    cell: (score: number) => Math.min(bins - 1, Math.floor((onScale(score) - low) / width)),
    centres: Array.from({ length: bins }, (_, i) =>
      Number((scale === "log" ? 10 ** centre(i) : centre(i)).toPrecision(5)),
    ),
    axis: {
      ...(scale === "log" && { type: "log", exponentformat: "power", dtick: 2 }),
      range: [low, low + bins * width],
      showgrid: false,
    } as Partial<Layout["xaxis"]>,
  };
}
