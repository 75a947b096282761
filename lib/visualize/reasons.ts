import type { Rows, Table } from "../data/table";
import type { Model } from "../models/model";
import { explainRow, type FeatureContribution } from "./contributions";

/** What one feature did to the score of one row, beside what is usual. */
export interface Reason extends FeatureContribution {
  /** What is usual of the feature, see {@link usualValues}. */
  readonly usual: string;
  /** Its share of what raised the score, in [0, 1]; 0 where the contribution is not positive. */
  readonly share: number;
}

/**
 * What each feature usually is among the rows: of a number the median and the range of the middle 98 %, `3 (1 to 63)`,
 * or one number where these are equal; of a name the three most frequent with their shares, `http 64 %, smtp 10 %, …`.
 */
export function usualValues(table: Table, rows: Rows): ReadonlyMap<string, string> {
  return new Map(
    table.features.map((feature): [string, string] => {
      if (feature.kind === "nominal") {
        const counts = new Map<number, number>();
        for (const row of rows) counts.set(feature.codes[row], (counts.get(feature.codes[row]) ?? 0) + 1);
        const names = [...counts]
          .sort((a, b) => b[1] - a[1])
          .slice(0, 3)
          .map(([code, count]) => `${feature.categories[code]} ${Math.round((100 * count) / rows.length)} %`);
        return [feature.name, names.join(", ")];
      }
      const sorted = Float64Array.from(rows, (row) => feature.values[row]).sort();
      const quantile = (share: number) =>
        String(Number(sorted[Math.floor(share * (sorted.length - 1))].toPrecision(6)));
      const [low, median, high] = [0.01, 0.5, 0.99].map(quantile);
      return [feature.name, low === high ? median : `${median} (${low} to ${high})`];
    }),
  );
}

/**
 * Why a row has its score: the contributions of `explainRow`, largest first, beside what is usual.
 *
 * @param row its number in the table
 * @param usual of {@link usualValues}, over rows that the detector was fitted on
 */
export function rowReasons(
  model: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  row: number,
  usual: ReadonlyMap<string, string>,
): Reason[] {
  const contributions = explainRow(model, table, row);
  const raised = contributions.reduce((sum, { contribution }) => sum + Math.max(0, contribution), 0);
  return contributions
    .map((found) => ({
      ...found,
      usual: usual.get(found.feature) ?? "",
      share: raised === 0 ? 0 : Math.max(0, found.contribution) / raised,
    }))
    .sort((a, b) => b.contribution - a.contribution);
}

/** The first reasons in a line: `dst_bytes = 0 (52 %; usually 421), flag = S0 (20 %; usually SF 95 %)`. */
export function reasonText(reasons: readonly Reason[], top = 3): string {
  return reasons
    .slice(0, top)
    .map(
      ({ feature, value, usual, share }) =>
        `${feature} = ${value} (${Math.round(100 * share)} %; usually ${usual})`,
    )
    .join("; ");
}
