import type { Data } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import { categories, categoryOf } from "../../data/kdd/attacks";
import type { Caption, Figure } from "../figure";
import { significant } from "../format";
import { createFigure, legendAbove } from "../layout";
import { categoryTitles, palette } from "../palette";
import { panelStack } from "../panels";

/** One number for each label, such as its rows in one file. A label that is left out has no dot. */
export interface LabelValues {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

/** The axis of the numbers. */
export interface ValueAxis {
  readonly title: string;
  /** `log`: counts over decades, 0 is not drawn; `share`: from 0 to 1. Default: `log`. */
  readonly scale?: "log" | "share";
}

/**
 * A dot for each label and series, one line a label, grouped by category; the labels with the greatest first number
 * come first.
 */
export function valuesByLabelFigure(
  series: readonly LabelValues[],
  { title: axisTitle, scale = "log" }: ValueAxis,
  caption: Caption,
): Figure {
  const first = (label: string) =>
    series.find(({ values }) => Object.hasOwn(values, label))?.values[label] ?? 0;
  const all = [...new Set(series.flatMap(({ values }) => Object.keys(values)))];
  const groups = categories
    .map((category) => ({
      category,
      labels: all
        .filter((label) => categoryOf(label) === category)
        .sort((a, b) => first(b) - first(a) || a.localeCompare(b)),
    }))
    .filter(({ labels }) => labels.length > 0);
  const stack = panelStack(
    groups.map(({ category, labels }, i) => ({
      height: 20 * labels.length,
      label: `<b>${categoryTitles[category]}</b>`,
      y: {
        range: [labels.length - 0.5, -0.5],
        tickvals: labels.map((_, line) => line),
        ticktext: labels.map(escapeHtml),
      },
      traces: series.map((one, s) => ({
        ...dots(one, labels, scale),
        ...looks(s),
        showlegend: i === 0 && series.length > 1,
      })),
    })),
    18,
    {
      title: { text: escapeHtml(axisTitle) + (scale === "log" ? " (logarithmic)" : "") },
      ...(scale === "log"
        ? { type: "log", dtick: 1, tickformat: ",", rangemode: "normal" }
        : { range: [-0.01, 1.01], dtick: 0.2 }),
    },
  );
  return createFigure(caption, "Values by label", stack.data, {
    height: 190 + stack.height,
    margin: { r: 90, b: 64 },
    legend: legendAbove,
    ...stack.axes,
    annotations: stack.annotations,
  });
}

/** The dots of one series in one panel. */
function dots({ name, values }: LabelValues, labels: readonly string[], scale: "log" | "share") {
  const drawn = labels.filter(
    (label) => Object.hasOwn(values, label) && (scale === "share" || values[label] > 0),
  );
  return {
    type: "scatter",
    mode: "markers",
    name: escapeHtml(name),
    x: drawn.map((label) => significant(values[label], scale === "log" ? 8 : 4)),
    y: drawn.map((label) => labels.indexOf(label)),
    text: drawn.map(escapeHtml),
    legendgroup: name,
    cliponaxis: false,
    hovertemplate: `%{text}<br>%{x:${scale === "log" ? "," : ".4f"}}`,
  } satisfies Data;
}

function looks(series: number) {
  const symbols = ["circle", "diamond-open", "square", "triangle-up-open"] as const;
  const color = palette[series % palette.length];
  return {
    marker: { color, symbol: symbols[series % symbols.length], size: 9, line: { color, width: 2 } },
  } satisfies Data;
}
