import { significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { FeatureContribution } from "../../models/contributions";
import type { Caption, Figure } from "../figure";
import { createFigure, linesAxis } from "../layout";
import { palette } from "../palette";
import { panelStack } from "../panels";

/** A row with its explanation. */
export interface ExplainedRow {
  readonly name: string;
  /** A few words below the name, such as the score. */
  readonly note?: string;
  /** Largest magnitude first. */
  readonly contributions: readonly FeatureContribution[];
}

/**
 * The contributions of some rows' features as bars, a panel for each row: the features of largest magnitude, and all
 * others as one sum.
 *
 * @param axisTitle the contributions' meaning and unit
 * @param shown features of each row
 */
export function contributionFigure(
  rows: readonly ExplainedRow[],
  axisTitle: string,
  caption: Caption,
  shown = 7,
): Figure {
  const stack = panelStack(
    rows.map(({ name, note, contributions }) => {
      const bars = barsOf(contributions, shown);
      return {
        height: 22 * bars.length,
        label: `<b>${escapeHtml(name)}</b>${note ? `<br>${escapeHtml(note)}` : ""}`,
        y: { ...linesAxis(bars.map(({ text }) => text)), showgrid: false },
        traces: [
          {
            type: "bar",
            orientation: "h",
            name: escapeHtml(name),
            x: bars.map(({ contribution }) => significant(contribution)),
            y: bars.map((_, bar) => bar),
            customdata: bars.map(({ text }) => text),
            marker: { color: bars.map(({ contribution }) => palette[contribution > 0 ? 1 : 0]) },
            hovertemplate: "%{customdata}<br>%{x:+.3f}",
          },
        ],
      };
    }),
    26,
    { title: { text: escapeHtml(axisTitle) }, zeroline: true, zerolinecolor: "#444" },
  );
  return createFigure(caption, "What made the score", stack.data, {
    height: 170 + stack.height,
    margin: { r: 150, b: 70 },
    showlegend: false,
    ...stack.axes,
    annotations: stack.annotations,
  });
}

/** The features of largest magnitude, and all others as one sum. */
function barsOf(contributions: readonly FeatureContribution[], shown: number) {
  const rest = contributions.slice(shown);
  const bars = contributions.slice(0, shown).map(({ feature, value, contribution }) => ({
    text: `${escapeHtml(feature)} = ${escapeHtml(value)}`,
    contribution,
  }));
  if (rest.length > 0) {
    const sum = rest.reduce((total, { contribution }) => total + contribution, 0);
    bars.push({ text: `<i>${rest.length} other${rest.length === 1 ? "" : "s"}</i>`, contribution: sum });
  }
  return bars;
}
