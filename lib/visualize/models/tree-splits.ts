import type { Data } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { IsolationForest } from "../../models/isolation-forest/isolation-forest";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { significant } from "../format";
import { createFigure } from "../layout";
import { palette, scoreColour, scoreColours } from "../palette";
import { extentOf } from "../traces";
import { areaOf, type Box, planeDots } from "./plane";

/** A point of the plane that a figure points at. */
export interface MarkedPoint {
  readonly name: string;
  /** Its two coordinates, in the order of the matrix' columns. */
  readonly point: ArrayLike<number>;
}

/** What to draw of an isolation tree. */
export interface TreeSplits {
  /** Fitted on two columns. */
  readonly forest: IsolationForest;
  /** Number of the tree, from 0. Default 0. */
  readonly tree?: number;
  /** Points drawn below the splits, such as the rows that the forest was fitted on. */
  readonly matrix: Matrix;
  readonly marked?: readonly MarkedPoint[];
}

/**
 * One isolation tree over the plane: each split as a line, thick near the root, and each leaf as a box in the colour of
 * the path length that points in it get; marked points with their path lengths.
 *
 * @throws {RangeError} unless the forest was fitted on two columns and has that tree
 */
export function treeSplitsFigure(
  { forest, tree = 0, matrix, marked = [] }: TreeSplits,
  caption: Caption,
): Figure {
  if (forest.columns.length !== 2)
    throw new RangeError(`splits are drawn over 2 columns, the forest has ${forest.columns.length}`);
  if (!(tree in forest.nodes.roots))
    throw new RangeError(`the forest has ${forest.nodes.roots.length} trees, none of number ${tree}`);
  const [x0, x1, y0, y1] = areaOf(matrix);
  const { leaves, splits } = boxesOf(forest, tree, [x0, x1, y0, y1]);
  const [shortest, longest] = extentOf(leaves.map(({ pathLength }) => pathLength));
  const rows = { ...planeDots(matrix, "#444", 4, 0.55), name: "rows" };
  const data = [rows, ...splits.map(splitLines), markedDots(marked), colourScale(shortest, longest)];
  return createFigure(caption, "The splits of one isolation tree", data, {
    height: 560,
    margin: { b: 120, r: 60 },
    xaxis: { title: { text: escapeHtml(matrix.columns[0]) }, range: [x0, x1], showgrid: false },
    yaxis: { title: { text: escapeHtml(matrix.columns[1]) }, range: [y0, y1], showgrid: false },
    shapes: leaves.map((leaf) => leafBox(leaf, shortest, longest)),
    annotations: marked.map(({ name, point }) => {
      const length = leaves.find(({ box }) => contains(box, point))?.pathLength;
      const words = length === undefined ? "" : `<br>path length ${significant(length)}`;
      return arrow(`<b>${escapeHtml(name)}</b>${words}`, point);
    }),
  });
}

/** The splits of one depth. */
function splitLines(segments: readonly Box[], depth: number): Data {
  return {
    type: "scatter",
    mode: "lines",
    name: depth === 0 ? "split 1 (root)" : `splits ${depth + 1}`,
    x: segments.flatMap(([x0, x1]) => [significant(x0), significant(x1), null]),
    y: segments.flatMap(([, , y0, y1]) => [significant(y0), significant(y1), null]),
    line: { color: "#222", width: Math.max(0.5, 4 * 0.62 ** depth) },
    hoverinfo: "skip",
  };
}

function markedDots(marked: readonly MarkedPoint[]): Data {
  return {
    type: "scatter",
    mode: "markers",
    x: marked.map(({ point }) => significant(point[0])),
    y: marked.map(({ point }) => significant(point[1])),
    showlegend: false,
    marker: { color: palette[0], size: 10, symbol: "diamond", line: { color: "white", width: 1.5 } },
    hoverinfo: "skip",
  };
}

/** Draws nothing but the scale of the path lengths' colours. */
function colourScale(shortest: number, longest: number): Data {
  return {
    type: "scatter",
    mode: "markers",
    x: [null, null],
    y: [null, null],
    showlegend: false,
    marker: {
      color: [shortest, longest],
      colorscale: scoreColours.map(([at, colour]) => [1 - at, colour] as [number, string]).reverse(),
      cmin: shortest,
      cmax: longest > shortest ? longest : shortest + 1,
      showscale: true,
      colorbar: { title: { text: "Path<br>length" }, thickness: 14, len: 0.9, outlinewidth: 0 },
    },
  };
}

function leafBox({ box, pathLength }: Leaf, shortest: number, longest: number) {
  const [x0, x1, y0, y1] = box.map((bound) => significant(bound));
  const place = longest > shortest ? (longest - pathLength) / (longest - shortest) : 0;
  const rectangle = { type: "rect", layer: "below", yref: "y", line: { width: 0 } } as const;
  return { ...rectangle, x0, x1, y0, y1, fillcolor: scoreColour(place) };
}

/** Words with an arrow to a point. */
function arrow(text: string, point: ArrayLike<number>) {
  return {
    text,
    showarrow: true,
    x: significant(point[0]),
    xref: "x",
    y: significant(point[1]),
    yref: "y",
    ax: -70,
    ay: -38,
    arrowhead: 2,
    arrowwidth: 1.5,
    arrowcolor: "#222",
    standoff: 5,
    bgcolor: "rgba(255,255,255,0.9)",
    bordercolor: "#222",
    borderpad: 3,
  } as const;
}

interface Leaf {
  readonly box: Box;
  readonly pathLength: number;
}

/** The leaves of a tree as boxes, and its splits as segments by depth. */
function boxesOf({ nodes }: IsolationForest, tree: number, area: Box) {
  const leaves: Leaf[] = [];
  const splits: Box[][] = [];
  const visit = (node: number, box: Box, depth: number): void => {
    const [x0, x1, y0, y1] = box;
    const at = nodes.split[node];
    if (nodes.column[node] < 0) {
      leaves.push({ box, pathLength: nodes.pathLength[node] });
      return;
    }
    splits[depth] ??= [];
    const across = nodes.column[node] === 0;
    splits[depth].push(across ? [at, at, y0, y1] : [x0, x1, at, at]);
    visit(nodes.left[node], across ? [x0, at, y0, y1] : [x0, x1, y0, at], depth + 1);
    visit(nodes.left[node] + 1, across ? [at, x1, y0, y1] : [x0, x1, at, y1], depth + 1);
  };
  visit(nodes.roots[tree], area, 0);
  return { leaves, splits };
}

/** A value equal to a split goes to the left or below, as in the tree. */
function contains([x0, x1, y0, y1]: Box, point: ArrayLike<number>): boolean {
  return point[0] > x0 && point[0] <= x1 && point[1] > y0 && point[1] <= y1;
}
