import type { Data } from "plotly.js-dist";
import { categories, categoryOf, haveCategories } from "../data/kdd/attacks";
import type { Caption, Figure } from "./figure";
import { type Axis, createFigure, legendAbove, linesAxis } from "./layout";
import { categoryTitles } from "./palette";
import { panelStack } from "./panels";

/** Dots on lines, one a label, of which those of a category, if there are such, stand in one panel. */
export interface LabelDots {
  /** The labels with the greatest number come first in their category. */
  readonly order: Readonly<Record<string, number>>;
  /** Pixels of a line, and between two panels. */
  readonly line: number;
  readonly gap: number;
  /** What stands before a label's line, as markup. */
  readonly name: (label: string) => string;
  /** Below the name of a category, as markup. */
  readonly note?: (labels: readonly string[]) => string;
  /** A trace for each series, without `y`; the number of the line of a label in the panel is its position. */
  readonly traces: (labels: readonly string[], firstPanel: boolean) => Data[];
  readonly x: Axis;
}

/** The labels of each category, or all where there are none, those with the greatest number first. */
function byCategory(order: LabelDots["order"]): { heading: string; labels: string[] }[] {
  const sorted = Object.keys(order).sort((a, b) => order[b] - order[a] || a.localeCompare(b));
  if (!haveCategories(sorted)) return [{ heading: "", labels: sorted }];
  return categories
    .map((category) => ({
      heading: `<b>${categoryTitles[category]}</b>`,
      labels: sorted.filter((label) => categoryOf(label) === category),
    }))
    .filter(({ labels }) => labels.length > 0);
}

/** A figure of {@link LabelDots}, with the legend above the panels. */
export function labelDotsFigure(
  { order, line, gap, name, note = () => "", traces, x }: LabelDots,
  caption: Caption,
  title: string,
  margin: { r: number; b: number },
): Figure {
  const stack = panelStack(
    byCategory(order).map(({ heading, labels }, i) => ({
      height: line * labels.length,
      label: `${heading}${note(labels)}`,
      y: linesAxis(labels.map(name)),
      traces: traces(labels, i === 0),
    })),
    gap,
    x,
  );
  return createFigure(caption, title, stack.data, {
    height: 136 + margin.b + stack.height,
    margin,
    legend: legendAbove,
    ...stack.axes,
    annotations: stack.annotations,
  });
}
