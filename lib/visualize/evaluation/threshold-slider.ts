import type { Data, Layout } from "plotly.js-dist";
import { decimals, formatCount, formatScore, formatShare, numbersOf, significant } from "../../common/format";
import { anomalyWords } from "../../data/label-groups";
import { type VerdictMetrics, verdictMetrics } from "../../evaluation/metrics";
import type { Caption, Figure } from "../figure";
import { bareSlider, createFigure, legendAbove, scaleTitle } from "../layout";
import { modelTitle } from "../palette";
import { panelAxes } from "../panels";
import { scaleOf } from "../traces";
import { confusionCells, tableAxis, tableTrace } from "./confusion";
import { type ScoreHistogram, scoreHistogram } from "./histogram";
import type { ScoreDistribution } from "./score-distribution";

/** The scores of one detector, to be judged at any threshold. */
export interface ThresholdSlider
  extends Pick<ScoreDistribution, "scores" | "labels" | "axisTitle" | "scale"> {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  /** Where the slider stands at first; one of its steps is just there. */
  readonly threshold: number;
  /** Thresholds to choose from, at least 2. Default: 41. */
  readonly steps?: number;
}

/**
 * Scores by category above a slider that moves the threshold; below it the confusion matrix and the share flagged of each
 * category. All verdicts are counted beforehand and stored in the figure, so that the slider works on any page with
 * Plotly, without a kernel.
 */
export function thresholdSliderFigure(
  { name, scores, labels, threshold, axisTitle, scale = "linear", steps = 41 }: ThresholdSlider,
  caption: Caption,
): Figure {
  const thresholds = sliderThresholds(scores, threshold, scale, steps);
  const judged = thresholds.map((value) => verdictMetrics(scores, labels, value));
  const start = thresholds.indexOf(threshold);
  const words = anomalyWords(labels.categories);
  const { edges, groups } = scoreHistogram(scores, labels, { threshold, scale, bins: 100 });
  const tables = judged.map((metrics) => tablesOf(metrics, groups));
  const data = [...histogramLines(edges, groups), ...tableTraces(tables[start], groups, words.one)];
  const { toScale } = scaleOf(scale);
  return createFigure(caption, `${modelTitle(name)}: move the threshold`, data, {
    height: 700,
    margin: { b: 50, r: 40 },
    legend: legendAbove,
    xaxis: {
      title: scaleTitle(axisTitle, scale),
      ...(scale === "log" && { type: "log", exponentformat: "power", dtick: 1 }),
      range: [toScale(thresholds[0]), toScale(thresholds[thresholds.length - 1])],
    },
    yaxis: {
      domain: [0.6, 1],
      title: { text: `Share of the ${words.group}'s rows` },
      rangemode: "tozero",
      nticks: 5,
    },
    ...tableAxes(words.group),
    shapes: [{ ...panelLine, x0: threshold, x1: threshold }],
    annotations: [{ ...summaryPlace, text: summary(judged[start]) }],
    sliders: [
      {
        ...slider,
        active: start,
        steps: thresholds.map((value, i) => ({
          label: formatScore(value),
          method: "update",
          args: [
            { z: tables[i].z, text: tables[i].text },
            { "shapes[0].x0": value, "shapes[0].x1": value, "annotations[0].text": summary(judged[i]) },
            [data.length - 2, data.length - 1],
          ],
        })),
      },
    ],
  });
}

function histogramLines(edges: Float64Array, groups: ScoreHistogram["groups"]): Data[] {
  return groups.map(({ title, colour, shares }) => ({
    type: "scatter",
    mode: "lines",
    name: title,
    x: numbersOf(edges),
    y: [...Array.from(shares, (share) => significant(share)), 0],
    line: { shape: "hv", color: colour, width: 1.5 },
    hovertemplate: "%{y:.3~g} of the rows around %{x:.3~g}",
  }));
}

const panelLine = { yref: "y domain", line: { color: "#222", width: 2, dash: "dash" } } as const;

const summaryPlace = { x: 0, xanchor: "left", y: 0.32, yanchor: "bottom", font: { size: 15 } } as const;

const slider = {
  x: 0,
  len: 1,
  y: 0.515,
  yanchor: "top",
  pad: { t: 0, b: 0, l: 0, r: 0 },
  currentvalue: { prefix: "threshold ", font: { size: 15, color: "#222" }, offset: 4 },
  ...bareSlider,
} as const;

const axis = { ...tableAxis, ticks: "" } as const;

/** Where the confusion matrix and the shares flagged stand, below the slider. */
const tableAxes = (group: string): Partial<Layout> => ({
  xaxis2: { ...axis, domain: [0, 0.46], anchor: "y2", title: { text: "<b>Confusion matrix</b>" } },
  yaxis2: { ...axis, domain: [0, 0.28], anchor: "x2", autorange: "reversed" },
  xaxis3: {
    ...axis,
    domain: [0.62, 1],
    anchor: "y3",
    showticklabels: false,
    title: { text: `<b>Flagged, by ${group}</b>` },
  },
  yaxis3: { ...axis, domain: [0, 0.28], anchor: "x3", autorange: "reversed" },
});

/** The confusion matrix, and the share flagged of each category, as they are at first. */
function tableTraces(
  { z, text }: ReturnType<typeof tablesOf>,
  groups: ScoreHistogram["groups"],
  anomalyWord: string,
): Data[] {
  const titles = groups.map(({ title }) => title);
  const matrix = tableTrace(["flagged", "passed"], [anomalyWord, "normal"], z[0], text[0]);
  const flagged = tableTrace(["flagged"], titles, z[1], text[1]);
  return [
    { ...matrix, hoverinfo: "skip", textfont: { size: 16 }, ...panelAxes(1) },
    { ...flagged, hoverinfo: "skip", textfont: { size: 14 }, ...panelAxes(2) },
  ];
}

/**
 * Thresholds evenly spaced on the axis between the scores' 0.1 % and 99.9 % quantiles, ascending; the one nearest to the
 * threshold that was chosen is replaced by it.
 */
function sliderThresholds(
  scores: Float64Array,
  threshold: number,
  scale: "linear" | "log",
  steps: number,
): number[] {
  const sorted = scores.slice().sort();
  const positive = scale === "log" ? sorted.subarray(sorted.findIndex((score) => score > 0)) : sorted;
  const quantile = (share: number) => positive[Math.round(share * (positive.length - 1))];
  const { toScale, fromScale } = scaleOf(scale);
  const low = toScale(Math.min(quantile(0.001), threshold));
  const high = toScale(Math.max(quantile(0.999), threshold));
  const all = Array.from({ length: steps }, (_, i) =>
    significant(fromScale(low + ((high - low) * i) / (steps - 1)), 6),
  );
  const nearest = Math.round(((toScale(threshold) - low) / (high - low || 1)) * (steps - 1));
  all[nearest] = threshold;
  return all;
}

/** The confusion matrix, and the share flagged of each category: colours and words of both tables. */
function tablesOf(
  { confusion, falseAlarmRate, recall, recallByCategory, recallByAttack }: VerdictMetrics,
  groups: ScoreHistogram["groups"],
) {
  const { shares, text } = confusionCells(confusion);
  const byGroup: Readonly<Record<string, number>> = {
    ...recallByAttack,
    ...recallByCategory,
    anomalous: recall,
    normal: falseAlarmRate,
  };
  const flagged = groups.map(({ name }) => byGroup[name] ?? 0);
  return {
    z: [
      shares.map((line) => line.map((share) => decimals(share))),
      flagged.map((share) => [decimals(share)]),
    ],
    text: [text, flagged.map((share, i) => [`${formatShare(share)} of ${formatCount(groups[i].rows)}`])],
  };
}

function summary({ falseAlarmRate, recall, precision, f1 }: VerdictMetrics): string {
  return (
    `false alarms <b>${formatShare(falseAlarmRate)}</b> · recall <b>${formatShare(recall)}</b> · ` +
    `precision <b>${formatShare(precision)}</b> · F1 <b>${f1.toFixed(3)}</b>`
  );
}
