import type { Data } from "plotly.js-dist";
import { decimals, significant } from "../../common/format";
import type { Caption, Figure } from "../figure";
import { type Axis, createFigure, scaleTitle } from "../layout";
import { modelStyles } from "../palette";
import { panelGrid } from "../panels";
import { extentOf, guideLine } from "../traces";

/** Models of one kind whose codes differ in size. */
export interface CodeSizes {
  /** As in `metrics.json`: `autoencoder`, `principal-components`, … */
  readonly name: string;
  readonly models: readonly {
    /** Numbers in the code. */
    readonly size: number;
    /** Mean squared reconstruction error of normal rows that the model was not fitted on. */
    readonly heldOutError: number;
    readonly rocAuc: number;
  }[];
}

/** What the size of the code does to the error of normal rows, and to the detection of attacks. */
export function codeSizeFigure(kinds: readonly CodeSizes[], caption: Caption): Figure {
  const styles = modelStyles(kinds.map(({ name }) => name));
  const lines = (of: (model: CodeSizes["models"][number]) => number | null, showlegend: boolean) =>
    kinds.map(
      ({ models }, i): Data => ({
        type: "scatter",
        mode: "lines+markers",
        name: styles[i].title,
        x: models.map(({ size }) => size),
        y: models.map(of),
        line: { color: styles[i].colour, width: 2 },
        marker: { symbol: styles[i].symbol, size: 8 },
        legendgroup: styles[i].title,
        showlegend,
        hovertemplate: "code of %{x}: %{y:.4~g}",
      }),
    );
  // A logarithmic axis has no place for an error of nothing but rounding.
  const errors = lines(({ heldOutError }) => (heldOutError > 1e-9 ? significant(heldOutError) : null), true);
  const areas = lines(({ rocAuc }) => decimals(rocAuc), false);
  const sizes = kinds.flatMap(({ models }) => models.map(({ size }) => size));
  const chance = guideLine("Chance", extentOf(sizes), [0.5, 0.5]);
  const x: Axis = {
    type: "log",
    title: scaleTitle("Numbers in the code", "log"),
    tickvals: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  };
  const y = {
    type: "log",
    title: { text: "Mean squared error of held-out normal rows" },
    exponentformat: "power",
    dtick: 1,
  } as const;
  const { data, axes } = panelGrid(
    [
      { x, y, traces: errors },
      { x, y: { title: { text: "ROC AUC" } }, traces: [...areas, chance] },
    ],
    { gap: 0.11 },
  );
  return createFigure(caption, "Size of the code", data, { height: 460, margin: { b: 110 }, ...axes });
}
