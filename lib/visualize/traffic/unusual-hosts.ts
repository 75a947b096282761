import type { Data } from "plotly.js-dist";
import { formatCount } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { palette } from "../palette";

/** A host that started connections, and how many of them were flagged. */
export interface UnusualHost {
  readonly host: string;
  readonly connections: number;
  readonly flagged: number;
  /** Flagged connections beyond those that the false-alarm rate allows for: what hosts are ranked by. */
  readonly excess: number;
}

/** The most unusual hosts as bars: flagged connections beyond the expected ones, the largest on top. */
export function unusualHostsFigure(hosts: readonly UnusualHost[], caption: Caption, shown = 15): Figure {
  const bars = hosts.slice(0, shown).reverse();
  const data: Data[] = [
    {
      type: "bar",
      orientation: "h",
      x: bars.map(({ excess }) => excess),
      y: bars.map((_, bar) => bar),
      customdata: bars.map(
        ({ flagged, connections }) => `${formatCount(flagged)} of ${formatCount(connections)} flagged`,
      ),
      marker: { color: palette[1] },
      hovertemplate: "%{customdata}<extra></extra>",
    },
  ];
  return createFigure(caption, "Most unusual hosts", data, {
    height: 190 + 24 * bars.length,
    showlegend: false,
    xaxis: { title: { text: "Flagged connections beyond the expected" }, rangemode: "tozero" },
    yaxis: {
      tickvals: bars.map((_, bar) => bar),
      ticktext: bars.map(({ host }) => escapeHtml(host)),
      ticks: "",
    },
  });
}
