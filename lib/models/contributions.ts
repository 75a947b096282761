import type { WorkOptions } from "../common/progress";
import { column, type Rows, type Table } from "../data/table";
import { sourceFeature } from "../preprocess/matrix";
import { transform } from "../preprocess/preprocessor";
import type { Model } from "./model";

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
  const features = preprocessor.steps.map((step) => step.feature);
  const featureOf = preprocessor.steps.flatMap((step, i) =>
    step.kind === "one-hot" ? step.categories.map(() => i) : [i],
  );
  const sums = new Float64Array(rows.length * features.length);
  for (let i = 0; i < rows.length; i++) {
    for (let column = 0; column < width; column++)
      sums[i * features.length + featureOf[column]] += byColumn[i * width + column];
  }
  return sums;
}

function valueText(table: Table, feature: string, row: number): string {
  const source = column(table, feature);
  if (source.kind === "nominal") return source.categories[source.codes[row]];
  const value = source.values[row];
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
