import type { WorkOptions } from "../common/progress";
import { column, missingName, type Rows, type Table, valueAt } from "../data/table";
import { novelStepsOf, noveltyText } from "../preprocess/novelty";
import { type Preprocessor, stepColumns, transform } from "../preprocess/preprocessor";
import type { Model } from "./model";

/** What one feature of one row did to its score. */
export interface FeatureContribution {
  readonly feature: string;
  /** The row's value, as the data file has it. */
  readonly value: string;
  /** Positive = made the row more anomalous; the unit is the detector's. */
  readonly contribution: number;
  /** What is new about the value, if no training row had it: `never seen in training`. */
  readonly novelty?: string;
}

/**
 * Why a row has its score: the contributions of the detector's columns (see `Detector.explain`), summed over the columns
 * that were made from the same feature; and what values add that no training row had (see `NoveltyRule`), the same for each
 * such feature. Largest magnitude first.
 */
export function explainRow(
  { detector, preprocessor }: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  row: number,
): FeatureContribution[] {
  const { data } = transform(preprocessor, table, Uint32Array.of(row));
  const novel = novelStepsOf(preprocessor, table)(row);
  const sums = byFeature(detector, preprocessor)(detector.explain(data), novel);
  return preprocessor.steps
    .map((step, i) => {
      const value = valueAt(column(table, step.feature), row);
      return {
        feature: step.feature,
        value: typeof value === "string" ? value : numberText(value),
        contribution: sums[i],
        ...(novel.includes(i) && { novelty: noveltyText(step, value) }),
      };
    })
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

/**
 * {@link explainRow}'s sums for many rows at once, which is faster: for each row one number a feature, in the order of
 * the preprocessor's steps; `rows × features`, row-major.
 */
export async function featureContributions(
  { detector, preprocessor }: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  rows: Rows,
  options?: WorkOptions,
): Promise<Float64Array> {
  const byColumn = await detector.explainRows(transform(preprocessor, table, rows), options);
  const width = detector.columns.length;
  const features = preprocessor.steps.length;
  const novelSteps = novelStepsOf(preprocessor, table);
  const summed = byFeature(detector, preprocessor);
  const sums = new Float64Array(rows.length * features);
  for (const [i, row] of rows.entries())
    sums.set(summed(byColumn.subarray(i * width, (i + 1) * width), novelSteps(row)), i * features);
  return sums;
}

/** Sums a row's contributions by feature, one a step, and adds what the steps do whose values no training row had. */
function byFeature({ novelty }: Pick<Model["detector"], "novelty">, { steps }: Pick<Preprocessor, "steps">) {
  const featureOf = steps.flatMap((step, i) => stepColumns(step).map(() => i));
  return (byColumn: Float64Array, novel: readonly number[]): Float64Array => {
    const sums = new Float64Array(steps.length);
    for (let i = 0; i < byColumn.length; i++) sums[featureOf[i]] += byColumn[i];
    if (!novelty || novel.length === 0) return sums;
    const total = byColumn.reduce((sum, contribution) => sum + contribution, 0);
    const each = novelty.contribution(total, novel.length) / novel.length;
    for (const i of novel) sums[i] += each;
    return sums;
  };
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return missingName;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
