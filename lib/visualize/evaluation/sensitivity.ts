import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { guideColour, palette } from "../palette";

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
  { title = "Sensitivity to the settings", protocol }: Caption,
): Figure {
  const gap = 0.06;
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const results = panels.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.flatMap((point) => point.results)),
  );
  const [lowest, highest] = [Math.min(...results), Math.max(...results)];
  const margin = 0.04 * (highest - lowest) || 0.01;
  const axes: Partial<Layout> = {};
  const names: string[] = [];
  const data = panels.flatMap(({ axisTitle: setting, series }, i): Data[] => {
    const number = i === 0 ? "" : String(i + 1);
    const left = i * (width + gap);
    const values = [...new Set(series.flatMap(({ points }) => points.map((point) => point.setting)))];
    Object.assign(axes, {
      [`xaxis${number}`]: {
        domain: [left, left + width],
        anchor: `y${number}`,
        type: "log",
        tickvals: values,
        ticktext: values.map((value) => value.toLocaleString("en-US")),
        title: { text: `${escapeHtml(setting)} (logarithmic)` },
      },
      [`yaxis${number}`]: {
        anchor: `x${number}`,
        range: [lowest - margin, highest + margin],
        title: { text: i === 0 ? escapeHtml(axisTitle) : "" },
        showticklabels: i === 0,
        tickformat: "~g",
      },
    });
    return series.flatMap(({ name, points }): Data[] => {
      if (!names.includes(name)) names.push(name);
      const which = names.indexOf(name);
      const place = { xaxis: `x${number}` as "x", yaxis: `y${number}` as "y" };
      const style = { color: palette[which % palette.length], dash: which === 0 ? "solid" : "dash" } as const;
      return [
        {
          type: "scatter",
          mode: "lines",
          name: `${escapeHtml(name)} (line: mean of the seeds)`,
          x: points.map((point) => point.setting),
          y: points.map((point) => rounded(meanOf(point.results))),
          ...place,
          line: { ...style, width: 2 },
          legendgroup: name,
          showlegend: i === 0,
          hovertemplate: "%{x}: mean %{y:.4f}",
        },
        {
          type: "scatter",
          mode: "markers",
          name: escapeHtml(name),
          x: points.flatMap((point) => point.results.map(() => point.setting)),
          y: points.flatMap((point) => point.results.map(rounded)),
          ...place,
          marker: { color: style.color, size: 6, opacity: 0.6, symbol: which === 0 ? "circle" : "diamond" },
          legendgroup: name,
          showlegend: false,
          hovertemplate: "%{x}: %{y:.4f}",
        },
      ];
    });
  });
  return createFigure({ title, protocol }, data, {
    height: 460,
    margin: { b: 120 },
    showlegend: true,
    ...axes,
    shapes: panels.flatMap(
      ({ used }, i): NonNullable<Layout["shapes"]> =>
        used === undefined
          ? []
          : [
              {
                type: "line",
                layer: "below",
                xref: `x${i === 0 ? "" : i + 1}` as "x",
                yref: "paper",
                x0: used,
                x1: used,
                y0: 0,
                y1: 1,
                line: { color: guideColour, width: 2, dash: "dot" },
              },
            ],
    ),
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
