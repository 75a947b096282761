import type { Rows, Table } from "../data/table";
import { explainRow, type FeatureContribution } from "./contributions";
import type { Model } from "./model";
import { typicalText, typicalValues } from "./typical-values";

/** What one feature did to the score of one row, beside what is usual. */
export interface Reason extends FeatureContribution {
  /** What is usual of the feature, see {@link typicalTexts}; empty where nobody knows. */
  readonly usual: string;
  /** Its share of what raised the score, in [0, 1]; 0 where the contribution is not positive. */
  readonly share: number;
}

/** What each feature usually is among the rows, in words: see {@link typicalText}. */
export function typicalTexts(table: Table, rows: Rows): ReadonlyMap<string, string> {
  return new Map(Array.from(typicalValues(table, rows), ([feature, value]) => [feature, typicalText(value)]));
}

/**
 * Why a row has its score: the contributions of `explainRow`, largest first, beside what is usual.
 *
 * @param row its number in the table
 * @param usualOf of {@link typicalTexts}, over rows that the detector was fitted on
 */
export function rowReasons(
  model: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  row: number,
  usualOf: ReadonlyMap<string, string>,
): Reason[] {
  const contributions = explainRow(model, table, row);
  const raised = contributions.reduce((sum, { contribution }) => sum + Math.max(0, contribution), 0);
  return contributions
    .map((found) => ({
      ...found,
      usual: usualOf.get(found.feature) ?? "",
      share: raised === 0 ? 0 : Math.max(0, found.contribution) / raised,
    }))
    .sort((a, b) => b.contribution - a.contribution);
}

/** So many reasons are told in a line. */
export const shownReasons = 3;

/**
 * The first reasons in a line: `dst_bytes = 0 (52 %; usually 421); service = irc (20 %; never seen in training; usually http
 * 64 %)`.
 */
export function reasonText(reasons: readonly Reason[], top = shownReasons): string {
  return reasons
    .slice(0, top)
    .map(
      ({ feature, value, usual, share, novelty }) =>
        `${feature} = ${value} (${Math.round(100 * share)} %${novelty ? `; ${novelty}` : ""}${usual && `; usually ${usual}`})`,
    )
    .join("; ");
}
