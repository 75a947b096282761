import { linesOf } from "../../common/format";
import type { Figure } from "../figure";

export type Drawn = Pick<Figure, "data" | "layout">;
type Values = Record<string, unknown>;

/** On a narrow page: pixels of a line of the legend and of one of words, and characters in a line. */
const entryHeight = 26;
const lineHeight = 18;
const lineLength = 42;

/** Whether panels have no room side by side, nor words at their right. */
export function isNarrow(width: number): boolean {
  return width < 640;
}

/** The layout of a figure in a page that has its title in words of its own; on a narrow screen, one below another. */
export function pageLayout({ data, layout }: Drawn, width: number): Figure["layout"] {
  const { title: _, ...own } = structuredClone(layout) as Figure["layout"] & Values;
  const margin = own.margin as Record<string, number>;
  const top = legendIsAbove(own) ? 60 : 34;
  const untitled = { ...own, height: own.height - margin.t + top, margin: { ...margin, t: top } };
  return isNarrow(width) ? narrowLayout(data, untitled) : untitled;
}

function legendIsAbove({ legend }: Values): boolean {
  return (legend as Values | undefined)?.yref === "paper";
}

function narrowLayout(data: Drawn["data"], layout: Figure["layout"] & Values): Figure["layout"] {
  const entries = layout.showlegend === false ? 0 : data.filter(isInLegend).length;
  const axes = Object.keys(layout).filter((name) => /^[xy]axis/.test(name));
  for (const name of axes) {
    const axis = layout[name] as Values;
    const { text } = (axis.title ?? {}) as { text?: string };
    if (text && name.startsWith("x")) axis.title = { ...(axis.title as object), text: wrapped(text) };
    axis.tickfont = { size: 11, ...(axis.tickfont as object) };
  }
  const { t, b = 70 } = layout.margin as Record<string, number>;
  const isAbove = legendIsAbove(layout);
  const plotHeight = layout.height - t - b;
  const margin = {
    l: 56,
    r: 14,
    t: isAbove ? 2 * lineHeight + entryHeight * entries : t + lineHeight,
    b: 80 + (isAbove ? lineHeight : entryHeight * entries),
  };
  const lines = stackColumns(layout, axes);
  wordsAbovePanels(layout, axes);
  const height = plotHeight * (lines > 1 ? 0.75 * lines : 1) + margin.t + margin.b;
  const legend = { ...(layout.legend as object), ...(isAbove && { y: 1 + lineHeight / plotHeight }) };
  return { ...layout, margin, height, legend, dragmode: false };
}

function isInLegend({ showlegend, name }: Values): boolean {
  return showlegend !== false && name !== undefined;
}

/** Puts panels that stand side by side below one another. @returns how many */
function stackColumns(layout: Values, axes: readonly string[]): number {
  const names = axes.filter((name) => name.startsWith("x"));
  if (names.length < 2) return 1;
  const gap = 0.16;
  const share = (1 - gap * (names.length - 1)) / names.length;
  names.forEach((name, i) => {
    const top = 1 - i * (share + gap);
    const yName = name.replace("x", "y");
    const y = { ...(layout[yName] as Values), domain: [Math.max(0, top - share), top], showticklabels: true };
    layout[name] = { ...(layout[name] as Values), domain: [0, 1] };
    layout[yName] = y;
  });
  return names.length;
}

/** Puts the words at the right of panels above them, in one line. */
function wordsAbovePanels(layout: Values, axes: readonly string[]): void {
  const names = axes.filter((name) => name.startsWith("y"));
  const domains = names.map((name) => ((layout[name] as Values).domain ?? [0, 1]) as [number, number]);
  layout.annotations = ((layout.annotations ?? []) as Values[]).map((words) => {
    const { x, y, xanchor, yanchor, textangle } = words as Record<string, string | number>;
    if (textangle === -90) return { ...words, xshift: -38, font: { size: 12 } };
    if (y === 1 && yanchor === "bottom") return { ...words, yshift: lineHeight };
    const panel = domains.find(([bottom, top]) => bottom <= Number(y) && Number(y) <= top);
    if (x !== 1 || xanchor !== "left" || !panel) return words;
    const text = String(words.text).replace(/^<br>/, "").replaceAll("<br>", ", ");
    return { ...words, text, y: panel[1], xanchor: "right", xshift: 0, yanchor: "bottom" };
  });
}

/** Markup in lines that fit; what is small print falls into lines of its own without its style. */
function wrapped(markup: string): string {
  return markup
    .split("<br>")
    .flatMap((line) => linesOf(line.replace(/<\/?span[^>]*>/g, ""), lineLength))
    .join("<br>");
}
