import { decimals } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Reason } from "../../models/reasons";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { modelStyles } from "../palette";
import { panelGrid } from "../panels";

/** Why one detector gave a row its score. */
export interface NamedReasons {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  /** Of `rowReasons`, largest first. */
  readonly reasons: readonly Reason[];
}

/** Reasons that are shown of each detector. */
const top = 8;

/** The reasons of detectors for the score of one row, side by side: the largest contributions, with value and usual. */
export function reasonsFigure(detectors: readonly NamedReasons[], caption: Caption): Figure {
  const styles = modelStyles(detectors.map(({ name }) => name));
  const { data, axes } = panelGrid(
    detectors.map(({ reasons }, i) => {
      const shown = reasons.slice(0, top).reverse();
      return {
        x: {
          title: { text: `<b>${styles[i].title}</b><br>share of what raised the score` },
          tickformat: ".0%",
          rangemode: "tozero",
        },
        y: { tickvals: shown.map((_, line) => line), ticktext: shown.map(reasonMarkup), ticks: "" },
        traces: [
          {
            type: "bar",
            orientation: "h",
            x: shown.map(({ share }) => decimals(share)),
            y: shown.map((_, line) => line),
            marker: { color: styles[i].colour },
            hovertemplate: "%{x:.1%}<extra></extra>",
          },
        ],
      };
    }),
    { gap: 0.42 }, // room for the words of the next panel
  );
  return createFigure(caption, "Why this row?", data, {
    height: 190 + 40 * Math.min(top, Math.max(0, ...detectors.map(({ reasons }) => reasons.length))),
    showlegend: false,
    bargap: 0.35,
    ...axes,
  });
}

function reasonMarkup({ feature, value, usual, novelty }: Reason): string {
  const remark = escapeHtml(`${novelty ? `${novelty}; ` : ""}usually ${usual}`);
  const usually = `<span style="font-size:11px;color:#555">${remark}</span>`;
  return `<b>${escapeHtml(feature)} = ${escapeHtml(value)}</b><br>${usually}`;
}
