import type { Data } from "plotly.js-dist";
import { formatRows, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { bareSlider, createFigure, legendAbove } from "../layout";
import { palette, scoreColour } from "../palette";
import { areaOf, type Box, planeDots } from "./plane";

/** A tree over the plane as one grows it in a notebook: a leaf, or a cut and what it leaves on either side. */
export interface PlaneTree {
  /** Rows in it. */
  readonly rows: number;
  /** 0 for a cut of x, 1 for a cut of y; a leaf has none. */
  readonly column?: number;
  /** Rows whose coordinate is at most this go to `low`. */
  readonly value?: number;
  readonly low?: PlaneTree;
  readonly high?: PlaneTree;
}

/** A point of the plane with its name beside it. */
export interface MarkedPoint {
  readonly name: string;
  readonly point: ArrayLike<number>;
}

/** What to draw of a tree. */
export interface TreeGrowth {
  readonly tree: PlaneTree;
  /** Two columns; its rows are drawn as dots. */
  readonly matrix: Matrix;
  readonly marked?: readonly MarkedPoint[];
}

/**
 * A tree of cuts over the plane, level by level: a button plays one cut after the other, a slider stands at any. A box that
 * is cut no more has the colour of its number of cuts. At first, and in a picture, all cuts are made. Every step is stored
 * in the figure, so that it moves on any page with Plotly, without a kernel.
 *
 * @throws {RangeError} unless the rows have two columns
 */
export function treeGrowthFigure({ tree, matrix, marked = [] }: TreeGrowth, caption: Caption): Figure {
  if (matrix.columns.length !== 2)
    throw new RangeError(`a tree is drawn over 2 columns, the rows have ${matrix.columns.length}`);
  const [x0, x1, y0, y1] = areaOf(matrix);
  const { boxes, cuts } = growth(tree, [x0, x1, y0, y1], matrix.columns);
  const leaves = boxes.filter(({ until }) => until === undefined);
  const depths = [...new Set(leaves.map(({ depth }) => depth))].sort((a, b) => a - b);
  const colours = depths.map((depth) => depthColour(depth, depths[depths.length - 1]));
  const rows = { ...planeDots(matrix, "#222", 5, 0.7), showlegend: false };
  const legend = depths.map((depth, i) => swatch(depth, colours[i]));
  /** The boxes that are still to be cut, the leaves of each depth, and the last cut. Paths take the fewest bytes. */
  const paths = (made: number): string[] => [
    pathOf(boxes.filter(({ since, until = 0 }) => since <= made && until > made)),
    ...depths.map((depth) => pathOf(leaves.filter((leaf) => leaf.since <= made && leaf.depth === depth))),
    made > 0 && made < cuts.length ? cuts[made - 1].path : nothing,
  ];
  const names = ["no cut yet", ...cuts.map(({ words }, i) => `cut ${i + 1} of ${cuts.length}: ${words}`)];
  const figure = createFigure(caption, "How a tree grows", [rows, ...legend, lastCut], {
    height: 620,
    margin: { t: 110, b: 130 },
    showlegend: true,
    legend: legendAbove,
    xaxis: { title: { text: escapeHtml(matrix.columns[0]) }, range: [x0, x1], showgrid: false },
    yaxis: { title: { text: escapeHtml(matrix.columns[1]) }, range: [y0, y1], showgrid: false },
    shapes: paths(cuts.length).map((path, i) => ({
      ...shape,
      path,
      ...(i <= depths.length ? { fillcolor: [openColour, ...colours][i] } : { line: lastCut.line }),
    })),
    annotations: marked.map(nameBeside),
    updatemenus: [{ ...controls, type: "buttons", direction: "left", x: 0, buttons }],
    sliders: [{ ...controls, ...slider, active: cuts.length, steps: names.map(stepTo) }],
  });
  // Plotly merges a frame's shapes with those that are there, one by one.
  const frames = names.map((_, made) => ({
    name: String(made),
    layout: { shapes: paths(made).map((path) => ({ path })) },
  }));
  return { ...figure, frames };
}

interface CutBox {
  readonly box: Box;
  /** Cuts above it. */
  readonly depth: number;
  /** The number of the cut that made it; 0 for the whole area. */
  readonly since: number;
  /** The number of the cut that parts it; none for a leaf. */
  readonly until?: number;
}

interface Cut {
  readonly path: string;
  readonly words: string;
}

/** All boxes that there are at some time, and the cuts, level by level. */
function growth(root: PlaneTree, area: Box, columns: readonly string[]) {
  const boxes: CutBox[] = [];
  const cuts: Cut[] = [];
  const ahead = [{ tree: root, box: area, depth: 0, since: 0 }];
  for (const { tree, box, depth, since } of ahead) {
    const { column, value, low, high } = tree;
    if (value === undefined || !low || !high) {
      boxes.push({ box, depth, since });
      continue;
    }
    const [x0, x1, y0, y1] = box;
    const across = column === 0;
    const at = significant(value, 3);
    cuts.push({
      path: across ? `M${at},${y0}V${y1}` : `M${x0},${at}H${x1}`,
      words: `${escapeHtml(columns[across ? 0 : 1])} ≤ ${at} parts ${formatRows(tree.rows)} into ${low.rows} and ${high.rows}`,
    });
    boxes.push({ box, depth, since, until: cuts.length });
    const below = { depth: depth + 1, since: cuts.length };
    ahead.push({ tree: low, box: across ? [x0, value, y0, y1] : [x0, x1, y0, value], ...below });
    ahead.push({ tree: high, box: across ? [value, x1, y0, y1] : [x0, x1, value, y1], ...below });
  }
  return { boxes, cuts };
}

function pathOf(boxes: readonly CutBox[]): string {
  const parts = boxes.map(({ box }) => {
    const [x0, x1, y0, y1] = box.map((bound) => significant(bound, 3));
    return `M${x0},${y0}H${x1}V${y1}H${x0}Z`;
  });
  return parts.join("") || nothing;
}

/** A path that draws nothing. */
const nothing = "M0,0Z";

const shape = {
  type: "path",
  yref: "y",
  layer: "below",
  line: { width: 1, color: "#222", dash: "solid" },
} as const;

/** The fewer cuts, the stronger. */
function depthColour(depth: number, deepest: number): string {
  return scoreColour(1 - (depth - 1) / Math.max(1, deepest - 1));
}

/** Of a depth in the legend. */
function swatch(depth: number, color: string): Data {
  return {
    ...nowhere,
    mode: "markers",
    name: depth === 1 ? "1 cut" : `${depth} cuts`,
    marker: { symbol: "square", size: 12, color, line: { width: 1 } },
  };
}

const nowhere = { type: "scatter" as const, x: [null], y: [null] };

const lastCut = {
  ...nowhere,
  mode: "lines",
  name: "the last cut",
  line: { color: palette[0], width: 4, dash: "solid" },
} satisfies Data;

function nameBeside({ name, point }: MarkedPoint) {
  return {
    text: `<b>${escapeHtml(name)}</b>`,
    showarrow: true,
    x: significant(point[0]),
    xref: "x",
    y: significant(point[1]),
    yref: "y",
    ax: 40,
    ay: 24,
    arrowhead: 2,
    arrowwidth: 1.5,
    arrowcolor: "#222",
    standoff: 4,
    bgcolor: "rgba(255,255,255,0.85)",
  } as const;
}

/** The ground of boxes that are still to be cut. */
const openColour = "#e4e9ee";

/** At once: a cut is made or not. */
const atOnce = { mode: "immediate", transition: { duration: 0 } } as const;

const buttons = [
  button("▶ grow", null, { fromcurrent: true, frame: { duration: 600, redraw: true } }),
  button("❚❚", [null], { frame: { duration: 0, redraw: true } }),
];

/** @param frames all if null; `[null]` stops what is running */
function button(label: string, frames: null | [null], options: object) {
  return { label, method: "animate" as const, args: [frames, { ...atOnce, ...options }] };
}

function stepTo(label: string, frame: number) {
  const args = [[String(frame)], { ...atOnce, frame: { duration: 0, redraw: true } }];
  return { label, method: "animate", args } as const;
}

/** Where the button and the slider stand, below the axes. */
const controls = { xanchor: "left", y: -0.19, yanchor: "top", showactive: false } as const;

const slider = {
  x: 0.16,
  len: 0.84,
  pad: { t: 0 },
  currentvalue: { font: { size: 14, color: "#222" }, offset: 4 },
  ...bareSlider,
} as const;
