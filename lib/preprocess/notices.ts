import { shown } from "../common/shown";
import { missingName, type NumericColumn, type Rows, type Table } from "../data/table";
import { isMissing } from "./missing";
import type { NumberStep, Preprocessor, Step } from "./preprocessor";

/** What becomes of a feature, in words. */
export interface FeaturePreprocessing {
  readonly feature: string;
  readonly becomes: string;
}

/**
 * What becomes of each feature, in words: `log(1 + x), from 0 to 1; where missing, 421`.
 *
 * @example
 * for (const { feature, becomes } of describePreprocessing(preprocessor)) console.log(`${feature}: ${becomes}`);
 */
export function describePreprocessing({ options, steps }: Preprocessor): FeaturePreprocessing[] {
  const scaled = scalingWords[options.scaling];
  return steps.map((step) => ({ feature: step.feature, becomes: stepWords(step, scaled) }));
}

const scalingWords = {
  "min-max": "from 0 to 1",
  standard: "with mean 0 and standard deviation 1",
  quantile: "as its rank from 0 to 1",
  none: "as it is",
} as const;

function stepWords(step: Step, scaled: string): string {
  if (step.kind === "one-hot")
    return step.categories.length === 1
      ? `always ${step.categories[0]}: 1`
      : `a 0/1 column for each of ${step.categories.length} names`;
  if (step.kind === "ordinal") return `its number among ${step.categories.length} names, ${scaled}`;
  const { range, logarithm, missing } = step;
  if (range[0] === range[1] && !missing?.column) return `always ${range[0]}: 0`;
  const number = `${logarithm ? "log(1 + x)" : "x"}, ${scaled}`;
  if (!missing?.column) return number;
  return `${number}; where missing, ${missing.replacement} and a 1 in the column ${step.feature}=${missingName}`;
}

/**
 * What a user should know of the numbers that rows lack, in sentences with their counts: columns without any value, missing
 * and infinite values, and values missing that no training row lacked.
 *
 * @param rows which rows of the table: those that are fitted, or those to score. Default all
 * @example
 * for (const sentence of preprocessingNotices(preprocessor, table)) console.warn(sentence);
 */
export function preprocessingNotices(preprocessor: Preprocessor, table: Table, rows?: Rows): string[] {
  const counter = new GapCounter();
  counter.add(table, rows);
  return gapNotices(preprocessor, counter);
}

/** Counts the numbers that a table lacks, block by block. */
export class GapCounter {
  rows = 0;
  readonly #gaps = new Map<string, Gaps>();

  add(table: Table, rows?: Rows): void {
    this.rows += rows ? rows.length : table.rows;
    for (const feature of table.features) {
      if (feature.kind !== "numeric") continue;
      const gaps = this.#gaps.get(feature.name) ?? { feature: feature.name, missing: 0, infinite: 0 };
      this.#gaps.set(feature.name, gaps);
      countGaps(gaps, feature.values, rows);
    }
  }

  get gaps(): readonly Readonly<Gaps>[] {
    return [...this.#gaps.values()];
  }
}

/** As {@link preprocessingNotices}, of tables that were counted. */
export function gapNotices({ steps }: Preprocessor, { rows: total, gaps: counts }: GapCounter): string[] {
  const stepOf = new Map(steps.map((step) => [step.feature, step]));
  const isFitted = ({ feature }: Gaps) => stepOf.get(feature)?.kind === "number";
  const isExpected = ({ feature }: Gaps) => (stepOf.get(feature) as NumberStep).missing?.column === true;
  const fitted = counts.filter((gaps) => isFitted(gaps) && gaps.missing > 0);
  const sentences: string[] = [];
  const tell = (found: readonly Gaps[], of: (gaps: Gaps) => number, before: string) => {
    const concerned = found.filter((gaps) => of(gaps) > 0);
    const each = concerned.map((gaps) => `${shown(gaps.feature)} in ${of(gaps)} of ${total} rows`);
    if (each.length > 0) sentences.push(`${before}: ${listed(each)}`);
  };
  const empty = counts.filter((gaps) => !isFitted(gaps) && gaps.missing === total);
  if (empty.length > 0)
    sentences.push(`left out, as no row has a value: ${listed(empty.map(({ feature }) => shown(feature)))}`);
  tell(counts, ({ infinite }) => infinite, "infinite numbers, which count as missing");
  tell(
    fitted.filter(isExpected),
    ({ missing }) => missing,
    "missing numbers, replaced by the median of training, with a column that says where",
  );
  tell(
    fitted.filter((gaps) => !isExpected(gaps)),
    ({ missing }) => missing,
    "missing numbers where training had all, which count as new values",
  );
  return sentences;
}

/** How many numbers a column lacks. */
interface Gaps {
  readonly feature: string;
  /** NaN or infinite. */
  missing: number;
  infinite: number;
}

function countGaps(gaps: Gaps, values: NumericColumn["values"], rows: Rows | undefined): void {
  const count = rows ? rows.length : values.length;
  for (let i = 0; i < count; i++) {
    const value = values[rows ? rows[i] : i];
    if (!isMissing(value)) continue;
    gaps.missing++;
    if (!Number.isNaN(value)) gaps.infinite++;
  }
}

/** The first few, and how many more. */
function listed(items: readonly string[], most = 10): string {
  const rest = items.length - most;
  return rest > 0 ? `${items.slice(0, most).join(", ")} and ${rest} more` : items.join(", ");
}
