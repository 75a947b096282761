import type { Data } from "plotly.js-dist";
import { decimals, formatShare, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";

/** What a detector does at one threshold, whatever the share of attacks. */
export interface OperatingRates {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, …; another name takes a colour of its own. */
  readonly name: string;
  /** The share of attack rows that are flagged. */
  readonly recall: number;
  /** The share of normal rows that are flagged. */
  readonly falseAlarmRate: number;
}

/**
 * The share of alarms that are attacks, by Bayes' theorem, where the share `baseRate` of all rows are attacks
 * (Axelsson 1999, "The base-rate fallacy and its implications for the difficulty of intrusion detection"). It is 0 where
 * nothing is flagged.
 *
 * @param baseRate in [0, 1]
 * @example
 * precisionAtBaseRate({ recall: 0.9, falseAlarmRate: 0.1 }, 0.5); // 0.9
 * precisionAtBaseRate({ recall: 0.9, falseAlarmRate: 0.1 }, 0.01); // 0.08333333333333333
 */
export function precisionAtBaseRate(
  { recall, falseAlarmRate }: Pick<OperatingRates, "recall" | "falseAlarmRate">,
  baseRate: number,
): number {
  const found = baseRate * recall;
  const alarms = found + (1 - baseRate) * falseAlarmRate;
  return alarms === 0 ? 0 : found / alarms;
}

/** The left end of the axis: one attack in 100,000 rows. */
const lowestBaseRate = 1e-5;

/**
 * Precision over the share of attacks in the traffic, for detectors whose recall and false-alarm rate stay as they are.
 *
 * @param marks shares of attacks to mark with a line, by the words beside it
 */
export function baseRateFigure(
  detectors: readonly OperatingRates[],
  marks: Readonly<Record<string, number>>,
  caption: Caption,
): Figure {
  const styles = modelStyles(detectors.map(({ name }) => name));
  const exponents = Array.from({ length: 51 }, (_, i) => Math.log10(lowestBaseRate) * (1 - i / 50));
  const data = detectors.map((detector, i): Data => {
    const { recall, falseAlarmRate } = detector;
    return {
      type: "scatter",
      mode: "lines",
      name: `${styles[i].title} · recall ${formatShare(recall)}, false alarms ${formatShare(falseAlarmRate)}`,
      x: exponents.map((exponent) => significant(10 ** exponent)),
      y: exponents.map((exponent) => decimals(precisionAtBaseRate(detector, 10 ** exponent), 5)),
      line: { ...styles[i].line, shape: "spline" },
      hovertemplate: "%{x:.3~g} attacks: precision %{y:.4f}",
    };
  });
  return createFigure(caption, "Precision over the share of attacks", data, {
    height: 480,
    margin: { t: 112, b: 90 + 20 * Math.ceil(detectors.length / 2) },
    showlegend: true,
    xaxis: {
      title: { text: "Share of rows that are attacks (base rate), logarithmic" },
      type: "log",
      range: [Math.log10(lowestBaseRate), 0],
      dtick: 1,
      tickformat: "~g",
    },
    yaxis: {
      title: { text: "Precision (share of alarms that are attacks)" },
      range: [0, 1.02],
      dtick: 0.2,
    },
    shapes: Object.values(marks).map((baseRate) => ({ x0: baseRate, x1: baseRate })),
    annotations: Object.entries(marks).map(([words, baseRate]) => ({
      text: escapeHtml(words),
      x: Math.log10(baseRate),
      xref: "x",
      xanchor: "center",
      y: 1,
      yanchor: "bottom",
      font: { size: 12, color: "#555" },
    })),
  });
}
