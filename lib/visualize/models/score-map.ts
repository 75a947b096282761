import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Detector } from "../../models/detector";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { scoreColours } from "../score-colours";
import { areaOf, coordinates } from "./plane";

/** Scores of a detector of two columns on a grid over the plane. */
export interface ScoreMap {
  readonly name: string;
  /** Centres of the grid's columns, ascending. */
  readonly x: readonly number[];
  /** Centres of the grid's rows, ascending. */
  readonly y: readonly number[];
  /** `scores[j][i]` is the score at (x[i], y[j]); higher = more anomalous. */
  readonly scores: readonly (readonly number[])[];
}

/**
 * Scores a grid over the extent of some rows, and a little more.
 *
 * @param detector fitted on two columns
 * @param matrix rows in whose area to score, of the same two columns
 * @param cells of the grid, in each direction
 */
export async function scoreMap(
  name: string,
  detector: Detector,
  matrix: Matrix,
  cells = 40,
): Promise<ScoreMap> {
  const [x0, x1, y0, y1] = areaOf(matrix);
  const centres = (from: number, to: number) =>
    Array.from({ length: cells }, (_, i) => from + ((i + 0.5) / cells) * (to - from));
  const [x, y] = [centres(x0, x1), centres(y0, y1)];
  const data = Float32Array.from(y.flatMap((b) => x.flatMap((a) => [a, b])));
  const scores = await detector.score({ rows: cells * cells, columns: matrix.columns, data });
  return {
    name,
    x: x.map(rounded),
    y: y.map(rounded),
    scores: y.map((_, j) => Array.from(scores.subarray(j * cells, (j + 1) * cells), rounded)),
  };
}

/**
 * Maps side by side in one scale of colours, with the rows as dots.
 *
 * @param maps at least one
 */
export function scoreMapFigure(
  maps: readonly ScoreMap[],
  matrix: Matrix,
  { title = "Anomaly score over the plane", protocol }: Caption,
): Figure {
  const all = maps.flatMap(({ scores }) => scores.flat());
  const [lowest, highest] = all.reduce(
    ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
    [Infinity, -Infinity],
  );
  const [x0, x1, y0, y1] = areaOf(matrix);
  const gap = 0.03;
  const width = (1 - gap * (maps.length - 1)) / maps.length;
  const axes: Partial<Layout> = {};
  const data = maps.flatMap(({ x, y, scores }, i): Data[] => {
    const number = i === 0 ? "" : String(i + 1);
    const left = i * (width + gap);
    const place = { xaxis: `x${number}` as "x", yaxis: `y${number}` as "y" };
    Object.assign(axes, {
      [`xaxis${number}`]: {
        domain: [left, left + width],
        anchor: `y${number}`,
        range: [x0, x1],
        title: { text: escapeHtml(matrix.columns[0]) },
        showgrid: false,
      },
      [`yaxis${number}`]: {
        anchor: `x${number}`,
        range: [y0, y1],
        title: { text: i === 0 ? escapeHtml(matrix.columns[1]) : "" },
        showticklabels: i === 0,
        showgrid: false,
      },
    });
    return [
      {
        type: "heatmap",
        x: [...x],
        y: [...y],
        z: scores.map((line) => [...line]),
        ...place,
        colorscale: scoreColours,
        zmin: lowest,
        zmax: highest,
        showscale: i === 0,
        colorbar: { title: { text: "Score" }, thickness: 14, len: 0.9, outlinewidth: 0 },
        hovertemplate: "(%{x:.2f}, %{y:.2f})<br>score %{z:.3f}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "markers",
        x: coordinates(matrix, 0),
        y: coordinates(matrix, 1),
        ...place,
        marker: { color: "#444", size: 3, opacity: 0.55 },
        hoverinfo: "skip",
      },
    ];
  });
  return createFigure({ title, protocol }, data, {
    height: 440,
    margin: { t: 110, b: 70, r: 60 },
    showlegend: false,
    ...axes,
    annotations: maps.map(({ name }, i) => ({
      text: `<b>${escapeHtml(name)}</b>`,
      x: i * (width + gap) + width / 2,
      xref: "paper",
      xanchor: "center",
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      yshift: 4,
      showarrow: false,
    })),
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
