import type { Data } from "plotly.js-dist";
import { significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { type LabelDots, labelDotsFigure } from "../label-dots";
import { scaleTitle } from "../layout";
import { palette } from "../palette";

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
  // The first number of each label, of whatever series.
  const order = Object.fromEntries(series.flatMap(({ values }) => Object.entries(values)).reverse());
  const lines: LabelDots = {
    order,
    line: 20,
    gap: 18,
    name: escapeHtml,
    traces: (labels, first) =>
      series.map((one, s) => ({
        ...dots(one, labels, scale),
        ...looks(s),
        showlegend: first && series.length > 1,
      })),
    x: {
      title: scaleTitle(axisTitle, scale),
      ...(scale === "log"
        ? { type: "log", dtick: 1, tickformat: ",", rangemode: "normal" }
        : { range: [-0.01, 1.01], dtick: 0.2 }),
    },
  };
  return labelDotsFigure(lines, caption, "Values by label", { r: 90, b: 64 });
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
