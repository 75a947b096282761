import { formatShare } from "../../common/format";
import { attackWords } from "../../data/label-groups";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";
import { guideLine } from "../traces";
import { curveTraces, operatingPointKey } from "./curve-trace";
import type { NamedCurve } from "./named-curve";

/** The precision–recall curve of one detector: of `precisionRecallCurve`, with x = recall, y = precision. */
export interface NamedPrecisionRecallCurve extends NamedCurve {
  readonly averagePrecision: number;
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
  anomalies = attackWords,
): Figure {
  const styles = modelStyles(curves.map(({ name }) => name));
  const words = { x: "recall", y: "precision" };
  const data = curves.flatMap((curve, i) => {
    const title = `${styles[i].title} · AP ${curve.averagePrecision.toFixed(4)}`;
    return curveTraces(curve, { ...styles[i], title }, words, "vh");
  });
  // Flagging every row is a curve's last point.
  const rates = curves.slice(0, 1).flatMap(({ curve }) => [...curve.y.slice(-1)]);
  const baseRate = rates.map((rate) =>
    guideLine(`Every row flagged · ${formatShare(rate)}`, [0, 1], [rate, rate]),
  );
  return createFigure(
    caption,
    "Precision–recall curves",
    [...data, ...baseRate, ...operatingPointKey(curves)],
    {
      height: 560,
      margin: { b: 130 },
      xaxis: {
        title: { text: `Recall (share of ${anomalies.rows} that are flagged)` },
        range: [-0.005, 1.005],
      },
      yaxis: {
        title: { text: `Precision (share of flagged rows that are ${anomalies.many})` },
        range: [lowestPrecision(curves), 1.01],
      },
    },
  );
}

/** The tenth below all curves; their first 1 % of recall is left out, where one normal row makes the precision 0. */
function lowestPrecision(curves: readonly NamedPrecisionRecallCurve[]): number {
  let lowest = 1;
  for (const { curve } of curves) {
    for (let i = 0; i < curve.x.length; i++) if (curve.x[i] >= 0.01) lowest = Math.min(lowest, curve.y[i]);
  }
  return Math.max(0, Math.floor(lowest * 10 - 0.5) / 10);
}
