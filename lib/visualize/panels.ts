import type { Data, Layout } from "plotly.js-dist";
import type { Axis } from "./layout";

/** A part of a figure with axes of its own. */
export interface Panel {
  /** Traces without axes; they are given those of the panel. */
  readonly traces: readonly Data[];
  readonly x?: Axis;
  readonly y?: Axis;
}

/** A panel as high as its content. */
export interface StackedPanel extends Omit<Panel, "x"> {
  /** In pixels. */
  readonly height: number;
  /** Markup at the right of the panel, in the middle of its height. */
  readonly label?: string;
}

/** The names of a panel's axes, as traces and shapes give them. */
export function panelAxes(panel: number) {
  const number = panel === 0 ? "" : panel + 1;
  return { xaxis: `x${number}` as "x", yaxis: `y${number}` as "y" };
}

/**
 * Equal panels side by side, in lines of `across`.
 *
 * @param options.gap between two panels of a line, as a share of the figure's width
 * @param options.gapBelow between two lines, as a share of its height
 * @param options.y a vertical axis that all panels share; its words stand at the first panel of a line
 */
export function panelGrid(
  panels: readonly Panel[],
  {
    gap,
    across = panels.length,
    gapBelow = 0,
    y,
  }: { gap: number; across?: number; gapBelow?: number; y?: Axis },
): { data: Data[]; axes: Partial<Layout> } {
  const width = (1 - gap * (across - 1)) / across;
  const lines = Math.ceil(panels.length / Math.max(1, across));
  const heights = stackedDomains(new Array(lines).fill(1), gapBelow);
  const axes: Partial<Layout> = {};
  const data = panels.flatMap((panel, i) => {
    const { xaxis, yaxis } = panelAxes(i);
    const column = i % across;
    const left = column * (width + gap);
    const shared = y && {
      ...y,
      ...(i > 0 && { matches: "y" as const }),
      ...(column > 0 && { title: { text: "" }, showticklabels: false }),
    };
    const domain = heights[Math.floor(i / across)];
    Object.assign(axes, {
      [xaxis.replace("x", "xaxis")]: { domain: [left, left + width], anchor: yaxis, ...panel.x },
      [yaxis.replace("y", "yaxis")]: { domain, anchor: xaxis, ...shared, ...panel.y },
    });
    return panel.traces.map((trace): Data => ({ ...trace, xaxis, yaxis }));
  });
  return { data, axes };
}

/**
 * Panels below one another on one horizontal axis.
 *
 * @param gap between two panels, in pixels
 * @returns `height`: the pixels that the panels take
 */
export function panelStack(
  panels: readonly StackedPanel[],
  gap: number,
  x: Axis,
): { data: Data[]; axes: Partial<Layout>; annotations: ReturnType<typeof panelLabel>[]; height: number } {
  const height = panels.reduce((sum, panel) => sum + panel.height + gap, 0);
  const domains = stackedDomains(
    panels.map((panel) => panel.height),
    gap / height,
  );
  const last = panelAxes(Math.max(0, panels.length - 1));
  const axes: Partial<Layout> = { xaxis: { ...x, anchor: last.yaxis } };
  const data = panels.flatMap(({ traces, y }, i) => {
    const { yaxis } = panelAxes(i);
    Object.assign(axes, { [yaxis.replace("y", "yaxis")]: { domain: domains[i], ...y } });
    return traces.map((trace): Data => ({ ...trace, yaxis }));
  });
  const annotations = panels.flatMap(({ label }, i) =>
    label === undefined ? [] : [panelLabel(label, domains[i])],
  );
  return { data, axes, annotations, height };
}

/** What places in a panel refer to that are given as shares of its width and height. */
export function panelDomain(panel: number) {
  const { xaxis, yaxis } = panelAxes(panel);
  return { xref: `${xaxis} domain` as "x domain", yref: `${yaxis} domain` as "y domain" };
}

/** Words above a panel. */
export function panelHeading(markup: string, panel: number, align: "left" | "center") {
  return {
    ...panelDomain(panel),
    text: markup,
    x: align === "left" ? 0 : 0.5,
    xanchor: align,
    y: 1,
    yanchor: "bottom",
    yshift: 4,
  } as const;
}

/** Words at the right of a panel, in the middle of its height. */
export function panelLabel(markup: string, [bottom, top]: readonly [number, number]) {
  return {
    text: markup,
    x: 1,
    xanchor: "left",
    xshift: 14,
    y: (bottom + top) / 2,
    yanchor: "middle",
    align: "left",
  } as const;
}

/** The vertical extents of panels from the top, with heights in proportion to `weights`. */
function stackedDomains(weights: readonly number[], gap: number): [number, number][] {
  const unit = (1 - gap * (weights.length - 1)) / weights.reduce((sum, weight) => sum + weight, 0);
  let top = 1;
  return weights.map((weight) => {
    const bottom = Math.max(0, top - weight * unit);
    const domain: [number, number] = [bottom, top];
    top = bottom - gap;
    return domain;
  });
}
