import type { Data, Layout } from "plotly.js-dist";
import { column, type Table } from "../data/table";
import type { Model } from "../models/model";
import { sourceFeature } from "../preprocess/matrix";
import { transform } from "../preprocess/preprocessor";
import type { Caption, Figure } from "./figure";
import { formatScore, plain } from "./format";
import { createFigure, panelLabel, stackedDomains } from "./layout";
import { palette } from "./palette";

/** What one feature of one row did to its score. */
export interface FeatureContribution {
  readonly feature: string;
  /** The row's value, as the data file has it. */
  readonly value: string;
  /** Positive = made the row more anomalous; the unit is the detector's. */
  readonly contribution: number;
}

/**
 * Why a row has its score: the contributions of the detector's columns (see `Detector.explain`), summed over the columns
 * that were made from the same feature, largest magnitude first. They sum to what the columns' contributions sum to.
 */
export function explainRow(
  { detector, preprocessor }: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  row: number,
): FeatureContribution[] {
  const { data } = transform(preprocessor, table, Uint32Array.of(row));
  const sums = new Map<string, number>();
  detector.explain(data).forEach((contribution, i) => {
    const feature = sourceFeature(detector.columns[i]);
    sums.set(feature, (sums.get(feature) ?? 0) + contribution);
  });
  return Array.from(sums, ([feature, contribution]) => ({
    feature,
    value: valueText(table, feature, row),
    contribution,
  })).sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

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
      text: `${plain(feature)} = ${plain(value)}`,
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
      name: plain(rows[i].name),
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
      title: { text: axisTitle },
      anchor: panels.length > 1 ? (`y${panels.length}` as "y") : "y",
      zeroline: true,
      zerolinecolor: "#444",
    },
    annotations: rows.map(({ name, note }, i) =>
      panelLabel(`<b>${plain(name)}</b>${note ? `<br>${plain(note)}` : ""}`, domains[i]),
    ),
  });
}

function valueText(table: Table, feature: string, row: number): string {
  const source = column(table, feature);
  if (source.kind === "nominal") return source.categories[source.codes[row]];
  const value = source.values[row];
  return Number.isInteger(value) ? String(value) : formatScore(value);
}
