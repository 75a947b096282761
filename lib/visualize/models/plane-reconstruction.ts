import { decimals } from "../../common/format";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";
import { panelGrid } from "../panels";
import { planeDots } from "./plane";

/** What one model makes of points of a plane. */
export interface PlaneReconstruction {
  /** As in `metrics.json`: `autoencoder`, `principal-components`, … */
  readonly name: string;
  /** The points it was fitted on: `rows × 2`. */
  readonly points: Matrix;
  /** Where it puts each of them: `rows × 2`. */
  readonly reconstruction: Matrix;
  /** Its score at each point of {@link planeGrid}; higher = more anomalous. */
  readonly gridScores: Float64Array;
}

/** The bounds of a plane's picture, the same on both axes. */
export interface PlaneBounds {
  readonly low: number;
  readonly high: number;
  /** Grid points on each axis. */
  readonly steps: number;
}

/** The points of a square grid, row by row from the bottom: `steps² × 2`. */
export function planeGrid({ low, high, steps }: PlaneBounds, columns: readonly [string, string]): Matrix {
  const at = (i: number) => low + ((high - low) * i) / (steps - 1);
  const data: Float32Array = new Float32Array(2 * steps * steps);
  for (let i = 0; i < steps * steps; i++) {
    data[2 * i] = at(i % steps);
    data[2 * i + 1] = at(Math.floor(i / steps));
  }
  return { rows: steps * steps, columns, data };
}

/** Of the colour scale. */
const highestError = 0.3;

/**
 * Panels side by side, one a model: the points it was fitted on, where it puts them, and its error everywhere else. All
 * panels share one colour scale; errors above the highest have its last colour.
 */
export function planeReconstructionFigure(
  models: readonly PlaneReconstruction[],
  bounds: PlaneBounds,
  caption: Caption,
): Figure {
  const { low, high, steps } = bounds;
  const axis = Array.from({ length: steps }, (_, i) => decimals(low + ((high - low) * i) / (steps - 1)));
  const styles = modelStyles(models.map(({ name }) => name));
  const { data, axes } = panelGrid(
    models.map(({ points, reconstruction, gridScores }, i) => ({
      x: { range: [low, high], title: { text: `<b>${styles[i].title}</b>` } },
      traces: [
        {
          type: "heatmap",
          x: axis,
          y: axis,
          z: Array.from({ length: steps }, (_, row) =>
            Array.from(gridScores.subarray(row * steps, (row + 1) * steps), (score) => decimals(score)),
          ),
          zmin: 0,
          zmax: highestError,
          colorscale: [
            [0, "#ffffff"],
            [1, "#08519c"],
          ],
          colorbar: { title: { text: "Error", side: "right" } },
          showscale: i === models.length - 1,
          hovertemplate: "(%{x:.2f}, %{y:.2f})<br>error %{z:.4f}<extra></extra>",
        },
        { ...planeDots(points, "#777777", 3), name: "Points", showlegend: i === 0 },
        { ...planeDots(reconstruction, "#D55E00", 4), name: "Their reconstructions", showlegend: i === 0 },
      ],
    })),
    { gap: 0.06, y: { range: [low, high] } },
  );
  return createFigure(caption, "Points and their reconstructions", data, {
    height: 520,
    margin: { b: 100, r: 90 },
    ...axes,
  });
}
