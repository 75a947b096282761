import type { Data } from "plotly.js-dist";
import { significant } from "../../common/format";
import type { NominalColumn } from "../../data/table";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { type RowGroup, rowGroups } from "../palette";

/** How a file's rows spread over the categories, from its first row to its last. */
export interface PositionShares {
  /** The middle of each part of the file, as a row number. */
  readonly positions: readonly number[];
  /**
   * For each group with rows, in the order of `labelGroups`: its share of the rows of each part; the shares of a part sum
   * to 1.
   */
  readonly groups: readonly (Omit<RowGroup, "rows"> & { readonly shares: readonly number[] })[];
}

/**
 * Cuts a file into parts of equal length and counts the categories in each.
 *
 * @param labels one a row, in the order of the file
 * @param parts an integer ≥ 1; fewer where there are fewer rows
 */
export function categoriesByPosition(labels: NominalColumn, parts = 200): PositionShares {
  const rows = labels.codes.length;
  const count = Math.min(parts, rows);
  const starts = Array.from({ length: count + 1 }, (_, part) => Math.round((part * rows) / count));
  const groups = rowGroups(labels).map(({ rows, ...group }) => {
    const counts = new Array<number>(count).fill(0);
    let part = 0;
    for (const row of rows) {
      while (row >= starts[part + 1]) part++;
      counts[part]++;
    }
    return { ...group, shares: counts.map((held, part) => held / (starts[part + 1] - starts[part])) };
  });
  return { positions: starts.slice(1).map((end, part) => (starts[part] + end - 1) / 2), groups };
}

/** The categories along a file as stacked areas: a file in random order would show level bands. */
export function categoriesByPositionFigure(labels: NominalColumn, caption: Caption): Figure {
  const { positions, groups } = categoriesByPosition(labels);
  const width = labels.codes.length / Math.max(1, positions.length);
  const data = groups.map(
    ({ title, colour, shares }): Data => ({
      type: "bar",
      name: title,
      x: positions.map(Math.round),
      y: shares.map((share) => significant(share)),
      width,
      marker: { color: colour },
      hovertemplate: "about row %{x:,}<br>%{y:.1%} of the rows",
    }),
  );
  return createFigure(caption, "Categories along the file", data, {
    height: 380,
    margin: { b: 110 },
    barmode: "stack",
    bargap: 0,
    xaxis: { title: { text: "Row of the file" }, tickformat: ",", range: [0, labels.codes.length] },
    yaxis: { title: { text: "Share of the rows" }, range: [0, 1], tickformat: ".0%" },
  });
}
