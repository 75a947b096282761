import type { Data, Layout } from "plotly.js-dist";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { guideColour, modelStyles } from "../palette";

/** Models of one kind whose codes differ in size. */
export interface CodeSizes {
  /** As in `metrics.json`: `autoencoder`, `pca`, … */
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
export function codeSizeFigure(
  kinds: readonly CodeSizes[],
  { title = "Size of the code", protocol }: Caption,
): Figure {
  const styles = modelStyles(kinds.map(({ name }) => name));
  const line = (
    { models }: CodeSizes,
    i: number,
    second: boolean,
    of: (model: CodeSizes["models"][number]) => number | null,
  ) =>
    ({
      type: "scatter",
      mode: "lines+markers",
      name: styles[i].title,
      x: models.map(({ size }) => size),
      y: models.map(of),
      line: { color: styles[i].colour, width: 2 },
      marker: { symbol: styles[i].symbol, size: 8 },
      legendgroup: styles[i].title,
      showlegend: !second,
      ...(second && { xaxis: "x2", yaxis: "y2" }),
      hovertemplate: "code of %{x}: %{y:.4~g}",
    }) satisfies Data;
  const data = kinds.flatMap((kind, i): Data[] => [
    // A logarithmic axis has no place for an error of nothing but rounding.
    line(kind, i, false, ({ heldOutError }) =>
      heldOutError > 1e-9 ? Number(heldOutError.toPrecision(4)) : null,
    ),
    line(kind, i, true, ({ rocAuc }) => Number(rocAuc.toFixed(4))),
  ]);
  const sizes = [...new Set(kinds.flatMap(({ models }) => models.map(({ size }) => size)))];
  const ends = [Math.min(...sizes), Math.max(...sizes)];
  data.push({
    type: "scatter",
    mode: "lines",
    name: "Chance",
    x: ends,
    y: [0.5, 0.5],
    xaxis: "x2",
    yaxis: "y2",
    line: { color: guideColour, width: 1, dash: "dot" },
    hoverinfo: "skip",
  });
  const sizeAxis: Partial<Layout["xaxis"]> = {
    type: "log",
    title: { text: "Numbers in the code (logarithmic)" },
    tickvals: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  };
  return createFigure({ title, protocol }, data, {
    height: 460,
    margin: { b: 110 },
    xaxis: { ...sizeAxis, domain: [0, 0.45] },
    yaxis: {
      type: "log",
      title: { text: "Mean squared error of held-out normal rows" },
      exponentformat: "power",
      dtick: 1,
    },
    xaxis2: { ...sizeAxis, domain: [0.56, 1], anchor: "y2" },
    yaxis2: { title: { text: "ROC AUC" }, anchor: "x2" },
  });
}
