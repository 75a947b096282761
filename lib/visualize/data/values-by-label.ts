import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import { categories, categoryOf } from "../../data/kdd/attacks";
import type { Caption, Figure } from "../figure";
import { createFigure, panelLabel, stackedDomains } from "../layout";
import { categoryTitles, palette } from "../palette";

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
  { title = "Values by label", protocol }: Caption,
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
  const lines = groups.reduce((sum, { labels }) => sum + labels.length, 0);
  const domains = stackedDomains(
    groups.map(({ labels }) => labels.length),
    18 / (20 * lines + 18 * groups.length),
  );
  const symbols = ["circle", "diamond-open", "square", "triangle-up-open"] as const;
  const axes: Partial<Layout> = {};
  const data = groups.flatMap(({ labels }, i): Data[] => {
    const number = i === 0 ? "" : String(i + 1);
    Object.assign(axes, {
      [`yaxis${number}`]: {
        domain: domains[i],
        range: [labels.length - 0.5, -0.5],
        tickvals: labels.map((_, line) => line),
        ticktext: labels.map(escapeHtml),
      },
    });
    return series.map(({ name, values }, s): Data => {
      const drawn = labels.filter(
        (label) => Object.hasOwn(values, label) && (scale === "share" || values[label] > 0),
      );
      return {
        type: "scatter",
        mode: "markers",
        name: escapeHtml(name),
        x: drawn.map((label) => Number(values[label].toPrecision(4 + (scale === "log" ? 4 : 0)))),
        y: drawn.map((label) => labels.indexOf(label)),
        text: drawn.map(escapeHtml),
        marker: {
          color: palette[s % palette.length],
          symbol: symbols[s % symbols.length],
          size: 9,
          line: { color: palette[s % palette.length], width: 2 },
        },
        yaxis: `y${number}` as "y",
        legendgroup: name,
        showlegend: i === 0 && series.length > 1,
        cliponaxis: false,
        hovertemplate: `%{text}<br>%{x:${scale === "log" ? "," : ".4f"}}`,
      };
    });
  });
  return createFigure({ title, protocol }, data, {
    height: 190 + 20 * lines + 18 * groups.length,
    margin: { r: 90, b: series.length > 1 ? 100 : 64 },
    ...axes,
    xaxis: {
      title: { text: escapeHtml(axisTitle) + (scale === "log" ? " (logarithmic)" : "") },
      ...(scale === "log"
        ? { type: "log", dtick: 1, tickformat: ",", rangemode: "normal" }
        : { range: [-0.01, 1.01], dtick: 0.2 }),
      anchor: groups.length > 1 ? (`y${groups.length}` as "y") : "y",
    },
    annotations: groups.map(({ category }, i) =>
      panelLabel(`<b>${categoryTitles[category]}</b>`, domains[i]),
    ),
  });
}
