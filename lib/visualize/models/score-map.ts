import { significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Detector } from "../../models/detector";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { scoreColours } from "../palette";
import { panelGrid, panelHeading } from "../panels";
import { extentOf } from "../traces";
import { areaOf, planeDots } from "./plane";

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
 * @param detector fitted on two columns, or anything else that scores rows of two columns
 * @param matrix rows in whose area to score, of the same two columns
 * @param cells of the grid, in each direction
 */
export async function scoreMap(
  name: string,
  detector: Pick<Detector, "score">,
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
    x: x.map((centre) => significant(centre, 3)),
    y: y.map((centre) => significant(centre, 3)),
    scores: y.map((_, j) =>
      Array.from(scores.subarray(j * cells, (j + 1) * cells), (score) => significant(score, 3)),
    ),
  };
}

/**
 * Maps side by side in one scale of colours, with the rows as dots.
 *
 * @param maps at least one
 */
export function scoreMapFigure(maps: readonly ScoreMap[], matrix: Matrix, caption: Caption): Figure {
  const [lowest, highest] = extentOf(maps.flatMap(({ scores }) => scores.flat()));
  const [x0, x1, y0, y1] = areaOf(matrix);
  const { data, axes } = panelGrid(
    maps.map(({ x, y, scores }, i) => ({
      x: { range: [x0, x1], title: { text: escapeHtml(matrix.columns[0]) }, showgrid: false },
      traces: [
        {
          type: "heatmap",
          x: [...x],
          y: [...y],
          z: scores.map((line) => [...line]),
          colorscale: scoreColours,
          zmin: lowest,
          zmax: highest,
          showscale: i === 0,
          colorbar: { title: { text: "Score" }, len: 0.9 },
          hovertemplate: "(%{x:.2f}, %{y:.2f})<br>score %{z:.3f}<extra></extra>",
        },
        planeDots(matrix, "#444", 3, 0.55),
      ],
    })),
    { gap: 0.03, y: { range: [y0, y1], title: { text: escapeHtml(matrix.columns[1]) }, showgrid: false } },
  );
  return createFigure(caption, "Anomaly score over the plane", data, {
    height: 440,
    margin: { t: 110, b: 70, r: 60 },
    showlegend: false,
    ...axes,
    annotations: maps.map(({ name }, i) => panelHeading(`<b>${escapeHtml(name)}</b>`, i, "center")),
  });
}
