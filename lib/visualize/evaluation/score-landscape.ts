import type { Data } from "plotly.js-dist";
import { decimals, formatRows, formatShare, significant } from "../../common/format";
import { anomalyWords } from "../../data/label-groups";
import type { NominalColumn } from "../../data/table";
import type { Caption, Figure } from "../figure";
import { type Axis, createFigure } from "../layout";
import { modelStyles, rowGroups } from "../palette";
import { panelAxes, panelDomain, panelGrid, panelHeading } from "../panels";
import { extentOf, scaleOf } from "../traces";

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
  caption: Caption,
  bins = 48,
): Figure {
  const present = rowGroups(labels);
  const across = Math.min(3, present.length);
  const { group } = anomalyWords(labels.categories);
  const [horizontal, vertical] = [cells(x, bins), cells(y, bins)];
  const [styleX, styleY] = modelStyles([x.name, y.name]);
  const { data, axes } = panelGrid(
    present.map(({ title, rows }, i) => ({
      x: {
        ...horizontal.axis,
        ...(i + across >= present.length && { title: { text: `${styleX.title}: score` } }),
      },
      traces: [
        {
          ...densityTrace(rows, horizontal, vertical, group),
          name: title,
          showscale: i === 0,
        },
      ],
    })),
    {
      gap: 0.03,
      across,
      gapBelow: 0.15,
      y: { ...vertical.axis, title: { text: `${styleY.title}: score` } },
    },
  );
  return createFigure(caption, "Score landscape", data, {
    height: 150 + 300 * Math.ceil(present.length / across),
    margin: { r: 110 },
    showlegend: false,
    ...axes,
    annotations: present.flatMap(({ title, rows }, i) => {
      const words = `<b>${title}</b> · ${formatRows(rows.length)}`;
      return [panelHeading(words, i, "left"), ...cornerShares(agreement(x, y, rows), i)];
    }),
    shapes: present.flatMap((_, i) => thresholdLines(x.threshold, y.threshold, i)),
  });
}

/** The decimal logarithm of the share of the rows in each cell; only of the part with rows in it, to keep it small. */
function densityTrace(rows: readonly number[], horizontal: Cells, vertical: Cells, group: string) {
  const grid = vertical.centres.map(() => horizontal.centres.map(() => 0));
  for (const row of rows) grid[vertical.cell(row)][horizontal.cell(row)]++;
  const [fromX, toX] = occupied(horizontal.centres.map((_, i) => grid.some((cells) => cells[i] > 0)));
  const [fromY, toY] = occupied(grid.map((cells) => cells.some((count) => count > 0)));
  const share = (count: number) => (count === 0 ? null : decimals(Math.log10(count / rows.length), 2));
  return {
    type: "heatmap",
    x: horizontal.centres.slice(fromX, toX),
    y: vertical.centres.slice(fromY, toY),
    z: grid.slice(fromY, toY).map((line) => line.slice(fromX, toX).map(share)),
    zmin: -5,
    zmax: 0,
    colorscale: density,
    colorbar: {
      title: { text: `Share of the ${group}'s rows`, side: "right" },
      tickvals: [-5, -4, -3, -2, -1, 0],
      ticktext: ["0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %"],
    },
    hovertemplate: "%{x:.3~g}, %{y:.3~g}<br>10^%{z} of the rows",
  } satisfies Data;
}

/** In each corner of a panel the share of the rows in that quarter. */
function cornerShares({ both, onlyX, onlyY, neither }: Agreement, panel: number) {
  const corners = [
    [both, "right", "top"],
    [onlyX, "right", "bottom"],
    [onlyY, "left", "top"],
    [neither, "left", "bottom"],
  ] as const;
  return corners.map(([share, xanchor, yanchor]) => ({
    ...panelDomain(panel),
    text: formatShare(share),
    x: xanchor === "right" ? 0.98 : 0.02,
    y: yanchor === "top" ? 0.98 : 0.02,
    xanchor,
    yanchor,
    font: { size: 12 },
    bgcolor: "rgba(255,255,255,0.8)",
  }));
}

/** Both thresholds as lines through a panel. */
function thresholdLines(x: number, y: number, panel: number) {
  const line = { color: "#222", width: 1, dash: "dash" } as const;
  const { xaxis, yaxis } = panelAxes(panel);
  const { xref, yref } = panelDomain(panel);
  return [
    { x0: x, x1: x, xref: xaxis, yref, line },
    { x0: 0, x1: 1, xref, y0: y, y1: y, yref: yaxis, line },
  ];
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

type Cells = ReturnType<typeof cells>;

/** Cells of equal width on the axis's scale, from the lowest score to the highest. */
function cells({ scores, scale = "linear" }: LandscapeAxis, bins: number) {
  const { toScale, fromScale } = scaleOf(scale);
  const positions = scale === "log" ? scores.map((score) => toScale(Math.max(score, 1e-12))) : scores;
  const [low, high] = extentOf(positions);
  const width = (high - low || 1) / bins;
  return {
    cell: (row: number) => Math.min(bins - 1, Math.floor((positions[row] - low) / width)),
    centres: Array.from({ length: bins }, (_, i) => significant(fromScale(low + (i + 0.5) * width), 5)),
    axis: {
      ...(scale === "log" && { type: "log", exponentformat: "power", dtick: 2 }),
      range: [low, low + bins * width],
      showgrid: false,
    } as Axis,
  };
}
