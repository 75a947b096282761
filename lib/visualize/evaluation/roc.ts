import { power } from "../../common/exact-math";
import { attackWords } from "../../data/label-groups";
import { type Curve, thinCurve } from "../../evaluation/curves";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";
import { panelGrid } from "../panels";
import { guideLine } from "../traces";
import { curveTraces, operatingPointKey } from "./curve-trace";
import type { NamedCurve } from "./named-curve";

/** The ROC curve of one detector: of `rocCurve`, with x = false-alarm rate, y = recall. */
export interface NamedRocCurve extends NamedCurve {
  readonly rocAuc: number;
}

/** The left end of the logarithmic panel: one false alarm in 10,000 normal rows. */
const lowestRate = 1e-4;

/**
 * ROC curves twice: over all false-alarm rates, and over low ones on a logarithmic axis, where a detector is used.
 * The second panel shows the recall reached *within* a rate, as steps.
 *
 * @param curves one a detector; models are drawn solid, baselines dashed
 * @param anomalies what rows are called that are not normal
 */
export function rocFigure(
  curves: readonly NamedRocCurve[],
  caption: Caption,
  anomalies = attackWords,
): Figure {
  const styles = modelStyles(curves.map(({ name }) => name)).map((style, i) => {
    return { ...style, title: `${style.title} · AUC ${curves[i].rocAuc.toFixed(4)}` };
  });
  const words = { x: "false-alarm rate", y: "recall" };
  const all = curves.flatMap((curve, i) => curveTraces(curve, styles[i], words, "linear"));
  const low = curves
    .flatMap((curve, i) => curveTraces(curve, styles[i], words, "hv", lowRates(curve.curve)))
    .map((trace) => ({ ...trace, showlegend: false }));
  const chance = guideLine("Chance · AUC 0.5", [0, 1], [0, 1]);
  const { data, axes } = panelGrid(
    [
      {
        x: { title: { text: "False-alarm rate (share of normal rows)" }, range: [-0.01, 1.01], dtick: 0.2 },
        traces: [...all, chance, ...operatingPointKey(curves)],
      },
      {
        x: {
          title: { text: "False-alarm rate, logarithmic" },
          type: "log",
          range: [Math.log10(lowestRate), 0.03],
          dtick: 1,
          tickformat: "~g",
        },
        traces: low,
      },
    ],
    {
      gap: 0.08,
      y: { title: { text: `Recall (share of ${anomalies.rows})` }, range: [0, 1.02], dtick: 0.2 },
    },
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
