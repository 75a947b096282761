import { formatRows, formatScore, formatShare, numbersOf } from "../../common/format";
import { anomalyWords } from "../../data/label-groups";
import type { NominalColumn } from "../../data/table";
import type { Caption, Figure } from "../figure";
import { type Axis, createFigure, scaleTitle } from "../layout";
import { panelStack, type StackedPanel } from "../panels";
import { scaleOf } from "../traces";
import { type HistogramGroup, type HistogramOptions, scoreHistogram } from "./histogram";

/** The scores of one detector, and how to draw them. */
export interface ScoreDistribution extends HistogramOptions {
  /** One a row; higher = more anomalous. */
  readonly scores: Float64Array;
  /** One a row. */
  readonly labels: NominalColumn;
  /** Titles of groups in place of the default ones, such as `Benign` for `normal`. */
  readonly titles?: Readonly<Partial<Record<string, string>>>;
  /** The score's name and unit: `Isolation score`, `Mean squared reconstruction error`. */
  readonly axisTitle: string;
}

/**
 * Histograms of a detector's scores, a panel for each category or kind of anomaly (see `labelGroups`): the share of *its* rows in each bin, so that 52 rows
 * show as well as 391,458; the threshold as a line through all, and the share that it flags.
 */
export function scoreDistributionFigure(
  { scores, labels, axisTitle, titles = {}, threshold, scale = "linear", bins }: ScoreDistribution,
  caption: Caption,
): Figure {
  const { edges, groups } = scoreHistogram(scores, labels, { threshold, scale, bins });
  const ends: [number, number] = [edges[0], edges[edges.length - 1]];
  const stack = panelStack(
    groups.map((group) =>
      histogramPanel(group, edges, (Object.hasOwn(titles, group.name) && titles[group.name]) || group.title),
    ),
    20,
    {
      title: scaleTitle(axisTitle, scale),
      ...(scale === "log" ? logarithmic(ends) : { range: ends }),
    },
  );
  const line =
    threshold === undefined || (scale === "log" && threshold <= 0)
      ? undefined
      : thresholdLine(threshold, scale);
  const { group } = anomalyWords(labels.categories);
  return createFigure(caption, `Scores by ${group}`, stack.data, {
    height: 190 + stack.height,
    margin: { r: 130 },
    showlegend: false,
    ...stack.axes,
    annotations: [
      ...stack.annotations,
      ...(line ? [line.label] : []),
      shareTitle(groups.length > 1 ? `Share of the ${group}'s rows` : "Share of the rows"),
    ],
    shapes: line ? [line.shape] : [],
  });
}

function histogramPanel(
  { rows, flagged, shares, colour }: HistogramGroup,
  edges: Float64Array,
  title: string,
): StackedPanel {
  return {
    height: 90,
    label:
      `<b>${title}</b><br>${formatRows(rows)}` +
      (flagged === undefined ? "" : `<br>${formatShare(flagged)} flagged`),
    y: { rangemode: "tozero", nticks: 3, tickformat: "~g" },
    traces: [
      {
        type: "scatter",
        mode: "lines",
        name: title,
        x: numbersOf(edges),
        y: [...numbersOf(shares), 0],
        customdata: [...edges.subarray(1), edges[edges.length - 1]].map(formatScore),
        line: { shape: "hv", color: colour, width: 1.5 },
        fill: "tozeroy",
        hovertemplate: `score %{x:.3~g} to %{customdata}<br>%{y:.3~g} of the rows`,
      },
    ],
  };
}

/** An axis with ticks at 1, 2, 5 within few decades, else at powers of ten, about a dozen at most. */
function logarithmic(ends: readonly [number, number]): Axis {
  const range: [number, number] = [Math.log10(ends[0]), Math.log10(ends[1])];
  const decades = range[1] - range[0];
  const ticks: Axis =
    decades < 2
      ? { dtick: "D2", tickformat: "~g" }
      : { dtick: Math.ceil(decades / 12), exponentformat: "power", tickfont: { size: 11 } };
  return { type: "log", range, ...ticks };
}

function shareTitle(text: string) {
  return {
    text,
    textangle: -90,
    font: { size: 14 },
    x: 0,
    xanchor: "right",
    xshift: -46,
    y: 0.5,
    yanchor: "middle",
  } as const;
}

function thresholdLine(threshold: number, scale: "linear" | "log") {
  const line = { color: "#222", width: 1.5, dash: "dash" } as const;
  return {
    shape: { x0: threshold, x1: threshold, line },
    label: {
      text: `threshold ${formatScore(threshold)} → flagged`,
      // Plotly wants an annotation's place on a logarithmic axis as its logarithm, but a shape's as it is.
      x: scaleOf(scale).toScale(threshold),
      xref: "x",
      xanchor: "center",
      y: 1,
      yanchor: "bottom",
    },
  } as const;
}
