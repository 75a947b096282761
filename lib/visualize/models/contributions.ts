import type { Data, Layout } from "plotly.js-dist";
import { escapeHtml } from "../../common/html";
import type { FeatureContribution } from "../../models/contributions";
import type { Caption, Figure } from "../figure";
import { createFigure, panelLabel, stackedDomains } from "../layout";
import { palette } from "../palette";

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
  { title = "What made the score", protocol }: Caption,
  shown = 7,
): Figure {
  const panels = rows.map(({ contributions }) => {
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
  });
  const bars = panels.reduce((sum, panel) => sum + panel.length, 0);
  const domains = stackedDomains(
    panels.map((panel) => panel.length),
    26 / (22 * bars + 26 * panels.length),
  );
  const axes: Partial<Layout> = {};
  const data = panels.map((panel, i): Data => {
    const number = i === 0 ? "" : String(i + 1);
    Object.assign(axes, {
      [`yaxis${number}`]: {
        domain: domains[i],
        range: [panel.length - 0.5, -0.5],
        tickvals: panel.map((_, bar) => bar),
        ticktext: panel.map(({ text }) => text),
        showgrid: false,
      },
    });
    return {
      type: "bar",
      orientation: "h",
      name: escapeHtml(rows[i].name),
      x: panel.map(({ contribution }) => Number(contribution.toPrecision(4))),
      y: panel.map((_, bar) => bar),
      customdata: panel.map(({ text }) => text),
      yaxis: `y${number}` as "y",
      marker: { color: panel.map(({ contribution }) => palette[contribution > 0 ? 1 : 0]) },
      hovertemplate: "%{customdata}<br>%{x:+.3f}",
    };
  });
  return createFigure({ title, protocol }, data, {
    height: 170 + 22 * bars + 26 * panels.length,
    margin: { r: 150, b: 70 },
    showlegend: false,
    ...axes,
    xaxis: {
      title: { text: escapeHtml(axisTitle) },
      anchor: panels.length > 1 ? (`y${panels.length}` as "y") : "y",
      zeroline: true,
      zerolinecolor: "#444",
    },
    annotations: rows.map(({ name, note }, i) =>
      panelLabel(`<b>${escapeHtml(name)}</b>${note ? `<br>${escapeHtml(note)}` : ""}`, domains[i]),
    ),
  });
}
