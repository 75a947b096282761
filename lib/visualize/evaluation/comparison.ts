import type { Data } from "plotly.js-dist";
import { decimals } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure, dodge, linesAxis } from "../layout";
import { modelStyles } from "../palette";
import { guideLine } from "../traces";

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
    const { title, colour, symbol } = styles[i];
    const shown = settings.flatMap(({ name: setting, figures }, line) => {
      const figure = figures[name];
      if (figure === undefined) return [];
      const { mean, standardDeviation } =
        typeof figure === "number" ? { mean: figure, standardDeviation: 0 } : figure;
      const others = names.filter((other) => other in figures);
      const y = line + dodge(others.indexOf(name), others.length, 0.6);
      return [{ setting, mean, deviation: decimals(standardDeviation, 5), y }];
    });
    const array = shown.map(({ deviation }) => deviation);
    return {
      type: "scatter",
      mode: "markers",
      name: title,
      x: shown.map(({ mean }) => decimals(mean, 5)),
      y: shown.map(({ y }) => decimals(y, 5)),
      text: shown.map(({ setting }) => escapeHtml(setting)),
      ...(array.some((deviation) => deviation > 0) && {
        error_x: { type: "data", array, visible: true, thickness: 1.5, width: 4, color: colour },
      }),
      marker: { color: colour, symbol, size: 9 },
      cliponaxis: false,
      hovertemplate: "%{text}<br>%{x:.4f}",
    };
  });
  const ends = [-0.5, settings.length - 0.5];
  if (guide) data.push(guideLine(escapeHtml(guide.words), [guide.value, guide.value], ends));
  return createFigure(caption, `${axisTitle} by setting`, data, {
    height: 200 + Math.max(38, 18 * names.length) * settings.length,
    margin: { b: 110 },
    showlegend: true,
    xaxis: { title: { text: escapeHtml(axisTitle) }, range: [...range] },
    yaxis: linesAxis(settings.map(({ name }) => escapeHtml(name))),
  });
}
