import type { Data } from "plotly.js-dist";
import { type Curve, thinCurve } from "../../evaluation/curves";
import type { Caption, Figure } from "../figure";
import { formatShare } from "../format";
import { createFigure } from "../layout";
import { guideColour, modelStyles } from "../palette";
import { curveTrace, operatingPoint, operatingPointKey, operatingPointTrace } from "./curve-trace";

/** The precision–recall curve of one detector. */
export interface NamedPrecisionRecallCurve {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, `baseline:count`, … */
  readonly name: string;
  /** Of `precisionRecallCurve`: x = recall, y = precision. */
  readonly curve: Curve;
  readonly averagePrecision: number;
  /** Marks the point at which the verdicts were given. */
  readonly threshold?: number;
}

/**
 * Precision–recall curves above the base rate, the precision of flagging every row: with 80 % attacks, even that
 * looks good. Drawn as the steps that average precision sums.
 *
 * @param curves one a detector, over the same rows; models are drawn solid, baselines dashed
 */
export function precisionRecallFigure(
  curves: readonly NamedPrecisionRecallCurve[],
  caption: Caption,
): Figure {
  const styles = modelStyles(curves.map(({ name }) => name));
  const data = curves.flatMap(({ name, curve, averagePrecision, threshold }, i): Data[] => {
    const style = { ...styles[i], title: `${styles[i].title} · AP ${averagePrecision.toFixed(4)}` };
    const point = threshold === undefined ? [] : [operatingPoint(curve, threshold)];
    return [
      {
        ...curveTrace(thinCurve(curve), style, { x: "recall", y: "precision" }, "vh"),
        legendgroup: name,
      },
      ...point.map((at) => ({ ...operatingPointTrace(at, style), legendgroup: name })),
    ];
  });
  const marked = curves.some(({ threshold }) => threshold !== undefined);
  return createFigure(
    caption,
    "Precision–recall curves",
    [...data, ...baseRate(curves), ...(marked ? [operatingPointKey()] : [])],
    {
      height: 560,
      margin: { b: 130 },
      xaxis: { title: { text: "Recall (share of attack rows that are flagged)" }, range: [-0.005, 1.005] },
      yaxis: {
        title: { text: "Precision (share of flagged rows that are attacks)" },
        range: [lowestPrecision(curves), 1.01],
      },
    },
  );
}

/** Flagging every row: a curve's last point. */
function baseRate(curves: readonly NamedPrecisionRecallCurve[]): Data[] {
  const rate = curves[0]?.curve.y.at(-1);
  if (rate === undefined) return [];
  return [
    {
      type: "scatter",
      mode: "lines",
      name: `Every row flagged · ${formatShare(rate)}`,
      x: [0, 1],
      y: [rate, rate],
      line: { color: guideColour, width: 1, dash: "dot" },
      hoverinfo: "skip",
    },
  ];
}

/** The tenth below all curves; their first 1 % of recall is left out, where one normal row makes the precision 0. */
function lowestPrecision(curves: readonly NamedPrecisionRecallCurve[]): number {
  let lowest = 1;
  for (const { curve } of curves) {
    for (let i = 0; i < curve.x.length; i++) if (curve.x[i] >= 0.01) lowest = Math.min(lowest, curve.y[i]);
  }
  return Math.max(0, Math.floor(lowest * 10 - 0.5) / 10);
}
