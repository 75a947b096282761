import type { Data } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { decimals } from "../format";
import { createFigure } from "../layout";
import { guideColour, modelStyles } from "../palette";

/** One line of a comparison: what was measured, and the figure of each detector there. */
export interface ComparedSetting {
  /** Such as `novelty / corrected`. */
  readonly name: string;
  /** By detector, named as in `metrics.json`; a mean is drawn with a bar of one standard deviation to either side. */
  readonly figures: Readonly<
    Record<string, number | { readonly mean: number; readonly standardDeviation: number }>
  >;
}

/** One axis for all settings. */
export interface ComparisonAxis {
  readonly title: string;
  /** Default: [0, 1]. */
  readonly range?: readonly [number, number];
  /** A value to compare with, such as chance, and the words for it. */
  readonly guide?: { readonly value: number; readonly words: string };
}

/** The same figure in several settings, as dots on one axis: a line a setting, a colour a detector. */
export function comparisonFigure(
  settings: readonly ComparedSetting[],
  { title: axisTitle, range = [0, 1], guide }: ComparisonAxis,
  caption: Caption,
): Figure {
  const names = [...new Set(settings.flatMap(({ figures }) => Object.keys(figures)))];
  const styles = modelStyles(names);
  const data = names.map((name, i): Data => {
    const shown = settings.flatMap(({ name: setting, figures }, line) => {
      const figure = figures[name];
      if (figure === undefined) return [];
      const [mean, deviation] =
        typeof figure === "number" ? [figure, 0] : [figure.mean, figure.standardDeviation];
      const others = names.filter((other) => other in figures);
      return [{ setting, mean, deviation, y: line + dodge(others.indexOf(name), others.length) }];
    });
    return {
      type: "scatter",
      mode: "markers",
      name: styles[i].title,
      x: shown.map(({ mean }) => decimals(mean, 5)),
      y: shown.map(({ y }) => decimals(y, 5)),
      text: shown.map(({ setting }) => escapeHtml(setting)),
      ...(shown.some(({ deviation }) => deviation > 0) && {
        error_x: {
          type: "data",
          array: shown.map(({ deviation }) => decimals(deviation, 5)),
          visible: true,
          thickness: 1.5,
          width: 4,
          color: styles[i].colour,
        },
      }),
      marker: { color: styles[i].colour, symbol: styles[i].symbol, size: 9 },
      cliponaxis: false,
      hovertemplate: "%{text}<br>%{x:.4f}",
    };
  });
  if (guide) {
    data.push({
      type: "scatter",
      mode: "lines",
      name: escapeHtml(guide.words),
      x: [guide.value, guide.value],
      y: [-0.5, settings.length - 0.5],
      line: { color: guideColour, width: 1, dash: "dot" },
      hoverinfo: "skip",
    });
  }
  return createFigure(caption, `${axisTitle} by setting`, data, {
    height: 200 + Math.max(38, 18 * names.length) * settings.length,
    margin: { b: 110 },
    showlegend: true,
    xaxis: { title: { text: escapeHtml(axisTitle) }, range: [...range] },
    yaxis: {
      range: [settings.length - 0.5, -0.5],
      tickvals: settings.map((_, line) => line),
      ticktext: settings.map(({ name }) => escapeHtml(name)),
    },
  });
}

/** Sets the dots of one line apart, so that equal figures do not hide each other. */
function dodge(position: number, count: number): number {
  return count === 1 ? 0 : 0.6 * (position / (count - 1) - 0.5);
}
