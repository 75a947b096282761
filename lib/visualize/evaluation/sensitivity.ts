import type { Data } from "plotly.js-dist";
import { mean } from "simple-statistics";
import { formatCount, significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure, scaleTitle } from "../layout";
import { guideColour, palette } from "../palette";
import { panelAxes, panelGrid } from "../panels";
import { extentOf } from "../traces";

/** How a figure of merit answers to one setting. */
export interface Sensitivity {
  /** The setting's name: `Trees`. */
  readonly axisTitle: string;
  /** The value used elsewhere, marked by a line. */
  readonly used?: number;
  readonly series: readonly SensitivitySeries[];
}

/** One line: at each value of the setting, the results of some seeds. */
export interface SensitivitySeries {
  readonly name: string;
  readonly points: readonly { readonly setting: number; readonly results: readonly number[] }[];
}

/**
 * Results against settings, a panel for each setting on a logarithmic axis: every seed as a dot, the means as a line.
 *
 * @param axisTitle what the results are: `ROC AUC`
 */
export function sensitivityFigure(
  panels: readonly Sensitivity[],
  axisTitle: string,
  caption: Caption,
): Figure {
  const results = panels.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.flatMap((p) => p.results)),
  );
  const [lowest, highest] = extentOf(results);
  const margin = 0.04 * (highest - lowest) || 0.01;
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const { data, axes } = panelGrid(
    panels.map(({ axisTitle: setting, series }, i) => {
      const values = [...new Set(series.flatMap(({ points }) => points.map((point) => point.setting)))];
      return {
        x: {
          type: "log",
          tickvals: values,
          ticktext: values.map(formatCount),
          title: scaleTitle(setting, "log"),
        },
        traces: series.flatMap((one) => seriesTraces(one, names.indexOf(one.name), i === 0)),
      };
    }),
    {
      gap: 0.06,
      y: {
        range: [lowest - margin, highest + margin],
        title: { text: escapeHtml(axisTitle) },
        tickformat: "~g",
      },
    },
  );
  return createFigure(caption, "Sensitivity to the settings", data, {
    height: 460,
    margin: { b: 120 },
    showlegend: true,
    ...axes,
    shapes: panels.flatMap(({ used }, i) => {
      const line = { color: guideColour, width: 2, dash: "dot" } as const;
      return used === undefined
        ? []
        : [{ layer: "below", xref: panelAxes(i).xaxis, x0: used, x1: used, line }];
    }),
  });
}

/** The means of one series as a line, and every seed as a dot. */
function seriesTraces({ name, points }: SensitivitySeries, which: number, inLegend: boolean): Data[] {
  const style = { color: palette[which % palette.length], dash: which === 0 ? "solid" : "dash" } as const;
  return [
    {
      type: "scatter",
      mode: "lines",
      name: `${escapeHtml(name)} (line: mean of the seeds)`,
      x: points.map((point) => point.setting),
      y: points.map((point) => significant(mean([...point.results]), 6)),
      line: { ...style, width: 2 },
      legendgroup: name,
      showlegend: inLegend,
      hovertemplate: "%{x}: mean %{y:.4f}",
    },
    {
      type: "scatter",
      mode: "markers",
      name: escapeHtml(name),
      x: points.flatMap((point) => point.results.map(() => point.setting)),
      y: points.flatMap((point) => point.results.map((result) => significant(result, 6))),
      marker: { color: style.color, size: 6, opacity: 0.6, symbol: which === 0 ? "circle" : "diamond" },
      legendgroup: name,
      showlegend: false,
      hovertemplate: "%{x}: %{y:.4f}",
    },
  ];
}
