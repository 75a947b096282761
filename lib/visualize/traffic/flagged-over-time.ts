import type { Data } from "plotly.js-dist";
import { formatCount, formatShare, significant } from "../../common/format";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { guideColour, modelStyles } from "../palette";
import { panelStack } from "../panels";

/** Connections of one stretch of time, and how many of them each detector flagged. */
export interface FlaggedStretch {
  /** When it starts, in seconds since 1970 or since the log's start. */
  readonly start: number;
  readonly connections: number;
  /** By detector, named as in `metrics.json`. */
  readonly flagged: Readonly<Record<string, number>>;
}

/** Seconds before 1980 count from a log's own start, not from 1970. */
const year1980 = 315_532_800;

/**
 * The share of connections that each detector flags over time, a line each, above the number of connections; a guide at
 * the share that usual traffic may have.
 */
export function flaggedOverTimeFigure(
  stretches: readonly FlaggedStretch[],
  expected: number,
  caption: Caption,
): Figure {
  const names = Object.keys(stretches[0]?.flagged ?? {});
  const styles = modelStyles(names);
  const isDate = (stretches[0]?.start ?? 0) >= year1980;
  const x = stretches.map(({ start }) => (isDate ? new Date(1000 * start).toISOString() : start));
  const lines = names.map((name, i) => ({ ...shareLine(stretches, name, styles[i]), x }));
  const rows: Data = {
    type: "bar",
    x,
    y: stretches.map(({ connections }) => connections),
    marker: { color: guideColour },
    showlegend: false,
    hovertemplate: "%{y:,} connections<extra></extra>",
  };
  const shareAxis = { title: { text: "Share flagged" }, tickformat: ".1~%", rangemode: "tozero" } as const;
  const rowAxis = { title: { text: "Connections" }, nticks: 3, tickformat: "~s" };
  const stack = panelStack(
    [
      { height: 224, y: shareAxis, traces: lines },
      { height: 70, y: rowAxis, traces: [rows] },
    ],
    26,
    {
      title: { text: isDate ? "Time (UTC)" : "Seconds since the log's start" },
      type: isDate ? "date" : "linear",
    },
  );
  return createFigure(caption, "Share flagged over time", stack.data, {
    height: 460,
    hovermode: "x",
    ...stack.axes,
    shapes: [{ xref: "paper", x0: 0, x1: 1, yref: "y", y0: expected, y1: expected, line: { dash: "dash" } }],
  });
}

/** The share of connections that a detector flags, without when. */
function shareLine(
  stretches: readonly FlaggedStretch[],
  name: string,
  { title, colour }: { readonly title: string; readonly colour: string },
): Data {
  const shares = stretches.map(({ flagged, connections }) => flagged[name] / connections);
  const counts = stretches.map(({ connections }) => formatCount(connections));
  return {
    type: "scatter",
    mode: "lines+markers",
    name: title,
    y: shares.map((share) => significant(share)),
    customdata: shares.map((share, at) => `${formatShare(share)} of ${counts[at]}`),
    line: { color: colour, width: 1.5 },
    marker: { size: 4 },
    hovertemplate: "%{customdata}",
  };
}
