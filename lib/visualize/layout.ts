import type { Data, Layout } from "plotly.js-dist";
import { requireOptions } from "../common/errors";
import { linesOf } from "../common/format";
import { escapeHtml, unescapeHtml } from "../common/html";
import type { Caption, Figure } from "./figure";
import { guideColour, palette } from "./palette";

export type Axis = Partial<Layout["xaxis"]>;

/** Width of a page's figure and of a picture, in CSS pixels. */
export const figureWidth = 960;

/** Joins traces, layout and the template that all figures share. @param defaultTitle for a caption without a title */
export function createFigure(
  caption: Caption,
  defaultTitle: string,
  data: Data[],
  layout: Partial<Layout> & { height: number },
): Figure {
  requireOptions(caption, { protocol: true, title: true, remark: true });
  const { title, protocol, remark } = caption;
  const lines = linesOf(protocol, 125).map(escapeHtml);
  const words = `<span style="font-size:18px;color:#222"><b>${escapeHtml(title ?? defaultTitle)}</b></span>`;
  const heading = remark === undefined ? words : `<b>${escapeHtml(remark)}:</b> ${words}`;
  return {
    data: data as Figure["data"],
    layout: {
      ...layout,
      margin: { t: 66 + 17 * lines.length, ...layout.margin },
      title: { text: [heading, ...lines].join("<br>") },
      template: { data: traceDefaults, layout: template },
    },
  };
}

/** The words above a figure of {@link createFigure}, as text. */
export function captionOf({ layout }: Figure): { readonly title: string; readonly protocol: string } {
  const { text } = layout.title as { readonly text: string };
  const [title, ...protocol] = text.split("<br>").map((line) => unescapeHtml(line.replace(/<[^>]*>/g, "")));
  return { title, protocol: protocol.join(" ") };
}

/** A legend above the panels, for a figure so tall that its foot is out of sight. */
export const legendAbove = { x: 1, xanchor: "right", y: 1.005, yanchor: "bottom", yref: "paper" } as const;

/** Markup of a remark below an axis title. */
export function small(markup: string): string {
  return `<span style="font-size:13px;color:#555">${markup}</span>`;
}

/** The title of an axis of numbers; it says so where the axis is logarithmic. */
export function scaleTitle(words: string, scale: "linear" | "log" | "share") {
  return { text: escapeHtml(words) + (scale === "log" ? " (logarithmic)" : "") };
}

/** A vertical axis with a line for each of some things, from the top; `y` is the number of the line. */
export function linesAxis(names: readonly string[]): Axis {
  return { range: [names.length - 0.5, -0.5], tickvals: names.map((_, line) => line), ticktext: [...names] };
}

/** Sets the marks of one line apart, so that equal values do not hide each other. @param room in [0, 1] of the line */
export function dodge(position: number, count: number, room: number): number {
  return count === 1 ? 0 : room * (position / (count - 1) - 0.5);
}

/** A slider without marks: so many labels would overlap. The current one has a font of its own. */
export const bareSlider = { ticklen: 0, minorticklen: 0, font: { color: "rgba(0,0,0,0)" } } as const;

const axis: Axis = {
  automargin: true,
  showline: true,
  linecolor: "#444",
  ticks: "outside",
  tickcolor: "#444",
  gridcolor: "#e6e6e6",
  zeroline: false,
  title: { standoff: 12, font: { size: 14 } },
};

/** What a trace has unless it says otherwise, by its type. */
const traceDefaults = {
  bar: [{ marker: { line: { width: 0 } } }],
  heatmap: [{ colorbar: { thickness: 14, outlinewidth: 0 } }],
};

const template = {
  font: { family: "Helvetica, Arial, sans-serif", size: 13, color: "#222" },
  title: {
    font: { size: 13, color: "#555" },
    x: 0,
    xref: "container",
    xanchor: "left",
    y: 1,
    yref: "container",
    yanchor: "top",
    pad: { l: 24, t: 28 },
  },
  paper_bgcolor: "white",
  plot_bgcolor: "white",
  colorway: [...palette],
  margin: { l: 80, r: 40, b: 70 },
  xaxis: axis,
  yaxis: axis,
  legend: {
    orientation: "h",
    xref: "paper",
    x: 0,
    xanchor: "left",
    yref: "container",
    y: 0.012,
    yanchor: "bottom",
  },
  hoverlabel: { align: "left" },
  annotationdefaults: { showarrow: false, xref: "paper", yref: "paper" },
  // A vertical guide through all panels.
  shapedefaults: {
    type: "line",
    yref: "paper",
    y0: 0,
    y1: 1,
    line: { color: guideColour, width: 1, dash: "dot" },
  },
};
