import type { Data } from "plotly.js-dist";
import type { Caption, Figure } from "../figure";
import { formatCount, formatShare } from "../format";
import { createFigure } from "../layout";
import { guideColour, modelStyles } from "../palette";

/** Connections of one stretch of time, and how many of them each detector flagged. */
export interface FlaggedStretch {
  /** Its begin, in seconds since 1970 or since the log's begin. */
  readonly start: number;
  readonly connections: number;
  /** By detector, named as in `metrics.json`. */
  readonly flagged: Readonly<Record<string, number>>;
}

/** Seconds before 1980 count from a log's own begin, not from 1970. */
const year1980 = 315_532_800;

/**
 * The share of connections that each detector flags over time, a line each, above the number of connections; a guide at
 * the share that usual traffic may have.
 */
export function flaggedOverTimeFigure(
  stretches: readonly FlaggedStretch[],
  expected: number,
  { title = "Share flagged over time", protocol }: Caption,
): Figure {
  const names = Object.keys(stretches[0]?.flagged ?? {});
  const styles = modelStyles(names);
  const isDate = (stretches[0]?.start ?? 0) >= year1980;
  const x = stretches.map(({ start }) => (isDate ? new Date(1000 * start).toISOString() : start));
  const lines = names.map((name, i): Data => {
    const shares = stretches.map(({ flagged, connections }) => flagged[name] / connections);
    return {
      type: "scatter",
      mode: "lines+markers",
      name: styles[i].title,
      x,
      y: shares.map((share) => Number(share.toPrecision(4))),
      customdata: shares.map(
        (share, at) => `${formatShare(share)} of ${formatCount(stretches[at].connections)}`,
      ),
      line: { color: styles[i].colour, width: 1.5 },
      marker: { size: 4 },
      hovertemplate: "%{customdata}",
    };
  });
  const rows: Data = {
    type: "bar",
    x,
    y: stretches.map(({ connections }) => connections),
    marker: { color: guideColour },
    yaxis: "y2",
    showlegend: false,
    hovertemplate: "%{y:,} connections<extra></extra>",
  };
  return createFigure({ title, protocol }, [...lines, rows], {
    height: 460,
    hovermode: "x",
    xaxis: {
      title: { text: isDate ? "Time (UTC)" : "Seconds since the log's begin" },
      type: isDate ? "date" : "linear",
      anchor: "y2",
    },
    yaxis: {
      title: { text: "Share flagged" },
      tickformat: ".1~%",
      rangemode: "tozero",
      domain: [0.3, 1],
    },
    yaxis2: { title: { text: "Connections" }, domain: [0, 0.22], nticks: 3, tickformat: "~s" },
    shapes: [
      {
        type: "line",
        xref: "paper",
        x0: 0,
        x1: 1,
        yref: "y",
        y0: expected,
        y1: expected,
        line: { color: guideColour, width: 1, dash: "dash" },
      },
    ],
  });
}
