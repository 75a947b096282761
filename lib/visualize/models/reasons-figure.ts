import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { Reason } from "../../models/reasons";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";

/** Why one detector gave a row its score. */
export interface NamedReasons {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  /** Of `rowReasons`, largest first. */
  readonly reasons: readonly Reason[];
}

/** The reasons of detectors for the score of one row, side by side: the largest contributions, with value and usual. */
export function reasonsFigure(
  detectors: readonly NamedReasons[],
  { title = "Why this row?", protocol }: Caption,
  top = 8,
): Figure {
  const styles = modelStyles(detectors.map(({ name }) => name));
  const gap = 0.32; // for the words of the next panel
  const width = (1 - gap * (detectors.length - 1)) / detectors.length;
  const axes: Partial<Layout> = {};
  const data = detectors.map(({ reasons }, i): Data => {
    const number = i === 0 ? "" : String(i + 1);
    const shown = reasons.slice(0, top).reverse();
    const left = i * (width + gap);
    Object.assign(axes, {
      [`xaxis${number}`]: {
        domain: [left, left + width],
        anchor: `y${number}`,
        title: { text: `<b>${styles[i].title}</b><br>share of what raised the score` },
        tickformat: ".0%",
        rangemode: "tozero",
      },
      [`yaxis${number}`]: {
        anchor: `x${number}`,
        tickvals: shown.map((_, line) => line),
        ticktext: shown.map(
          ({ feature, value, usual }) =>
            `<b>${escapeHtml(feature)} = ${escapeHtml(value)}</b><br><span style="font-size:11px;color:#555">usually ${escapeHtml(usual)}</span>`,
        ),
        ticks: "",
      },
    });
    return {
      type: "bar",
      orientation: "h",
      x: shown.map(({ share }) => Number(share.toFixed(4))),
      y: shown.map((_, line) => line),
      xaxis: `x${number}` as "x",
      yaxis: `y${number}` as "y",
      marker: { color: styles[i].colour },
      hovertemplate: "%{x:.1%}<extra></extra>",
    };
  });
  return createFigure({ title, protocol }, data, {
    height: 190 + 40 * Math.min(top, Math.max(0, ...detectors.map(({ reasons }) => reasons.length))),
    showlegend: false,
    bargap: 0.35,
    ...axes,
  });
}
