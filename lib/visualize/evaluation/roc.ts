import type { Data } from "plotly.js-dist";
import { power } from "../../common/exact-math";
import { type Curve, thinCurve } from "../../evaluation/curves";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { guideColour, modelStyles } from "../palette";
import { panelGrid } from "../panels";
import { curveTrace, operatingPoint, operatingPointKey, operatingPointTrace } from "./curve-trace";

/** The ROC curve of one detector. */
export interface NamedRocCurve {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, `baseline:count`, … */
  readonly name: string;
  /** Of `rocCurve`: x = false-alarm rate, y = recall. */
  readonly curve: Curve;
  readonly rocAuc: number;
  /** Marks the point at which the verdicts were given. */
  readonly threshold?: number;
}

/** The left end of the logarithmic panel: one false alarm in 10,000 normal rows. */
const lowestRate = 1e-4;

/**
 * ROC curves twice: over all false-alarm rates, and over low ones on a logarithmic axis, where a detector is used.
 * The second panel shows the recall reached *within* a rate, as steps.
 *
 * @param curves one a detector; models are drawn solid, baselines dashed
 */
export function rocFigure(curves: readonly NamedRocCurve[], caption: Caption): Figure {
  const styles = modelStyles(curves.map(({ name }) => name));
  const chance: Data = {
    type: "scatter",
    mode: "lines",
    name: "Chance · AUC 0.5",
    x: [0, 1],
    y: [0, 1],
    line: { color: guideColour, width: 1, dash: "dot" },
    hoverinfo: "skip",
  };
  const traces = curves.map(({ name, curve, rocAuc, threshold }, i) => {
    const style = { ...styles[i], title: `${styles[i].title} · AUC ${rocAuc.toFixed(4)}` };
    const words = { x: "false-alarm rate", y: "recall" };
    const point = threshold === undefined ? [] : [operatingPoint(curve, threshold)];
    const marks = point.map((at) => ({ ...operatingPointTrace(at, style), legendgroup: name }));
    return {
      all: [{ ...curveTrace(thinCurve(curve), style, words, "linear"), legendgroup: name }, ...marks],
      low: [
        { ...curveTrace(lowRates(curve), style, words, "hv"), legendgroup: name, showlegend: false },
        ...marks,
      ],
    };
  });
  const key = curves.some(({ threshold }) => threshold !== undefined) ? [operatingPointKey()] : [];
  const { data, axes } = panelGrid(
    [
      {
        x: { title: { text: "False-alarm rate (share of normal rows)" }, range: [-0.01, 1.01], dtick: 0.2 },
        traces: [...traces.flatMap(({ all }) => all), chance, ...key],
      },
      {
        x: {
          title: { text: "False-alarm rate, logarithmic" },
          type: "log",
          range: [Math.log10(lowestRate), 0.03],
          dtick: 1,
          tickformat: "~g",
        },
        traces: traces.flatMap(({ low }) => low),
      },
    ],
    { gap: 0.08, y: { title: { text: "Recall (share of attack rows)" }, range: [0, 1.02], dtick: 0.2 } },
  );
  return createFigure(caption, "ROC curves", data, { height: 560, margin: { b: 130 }, ...axes });
}

/** The part of a ROC curve right of `lowestRate`, thinned by its look on a logarithmic axis. */
function lowRates(curve: Curve): Curve {
  const above = curve.x.findIndex((rate) => rate > lowestRate);
  const from = Math.max(0, (above === -1 ? curve.x.length : above) - 1);
  const decades = -Math.log10(lowestRate);
  const thinned = thinCurve({
    x: curve.x.subarray(from).map((rate) => Math.log10(Math.max(rate, lowestRate)) / decades),
    y: curve.y.subarray(from),
    thresholds: curve.thresholds.subarray(from),
  });
  return { ...thinned, x: thinned.x.map((position) => power(10, position * decades)) };
}
