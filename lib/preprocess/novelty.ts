import { type Column, column, missingName, type Rows, type Table } from "../data/table";
import { isMissing } from "./missing";
import type { NumberStep, Preprocessor, Step } from "./preprocessor";

/**
 * How many features of each row have a value that no training row had: a name that was not seen, or a number outside of the
 * training range by more than a tenth of it, since the greatest of some rows is often exceeded a little by the next. A number
 * that was constant in training is new as soon as it differs, and one that no training row lacked as soon as it is missing.
 *
 * @param rows which rows, in this order; default all
 */
export function countNovelValues(
  { steps }: Pick<Preprocessor, "steps">,
  table: Table,
  rows?: Rows,
): Uint16Array {
  const counts = new Uint16Array(rows ? rows.length : table.rows);
  for (const step of steps) {
    const source = column(table, step.feature);
    const isNovel = noveltyTest(step, source);
    if (!isNovel) continue;
    // Nearly all numbers are in the range, and are passed over at once.
    const [low, high] = step.kind === "number" ? rangeWithMargin(step) : [Number.NaN, Number.NaN];
    const values = source.kind === "numeric" ? source.values : source.codes;
    for (let i = 0; i < counts.length; i++) {
      const row = rows ? rows[i] : i;
      if (!(values[row] >= low && values[row] <= high) && isNovel(row)) counts[i]++;
    }
  }
  return counts;
}

/** For a row of the table, finds the positions of the steps whose values no training row had. */
export function novelStepsOf(
  { steps }: Pick<Preprocessor, "steps">,
  table: Table,
): (row: number) => readonly number[] {
  const tests = steps.map((step) => noveltyTest(step, column(table, step.feature)));
  return (row) => Array.from(tests.keys()).filter((i) => tests[i]?.(row));
}

/**
 * What is new about a value that no training row had: `never seen in training`, `beyond anything in training (at most 511)`.
 *
 * @param inWords how to say a number
 */
export function noveltyText(
  step: Step,
  value: number | string,
  inWords: (number: number) => string = (number) => String(Number(number.toPrecision(6))),
): string {
  if (value === missingName || (typeof value === "number" && isMissing(value)))
    return "missing, never so in training";
  if (step.kind !== "number" || typeof value === "string") return "never seen in training";
  const [least, most] = step.range;
  if (least === most) return `always ${inWords(least)} in training`;
  return value > most
    ? `beyond anything in training (at most ${inWords(most)})`
    : `below anything in training (at least ${inWords(least)})`;
}

/** Tells whether a row's value is new; undefined where no row's is. */
function noveltyTest(step: Step, source: Column): ((row: number) => boolean) | undefined {
  if (step.kind === "number") {
    const [low, high] = rangeWithMargin(step);
    const { values } = source as Column & { kind: "numeric" };
    const isNewIfMissing = !step.missing?.column;
    return (row) => {
      const value = values[row];
      if (isMissing(value)) return isNewIfMissing;
      return value < low || value > high;
    };
  }
  const { codes, categories } = source as Column & { kind: "nominal" };
  const seen = new Set(step.categories);
  const isNew = Uint8Array.from(categories, (category) => (seen.has(category) ? 0 : 1));
  return isNew.includes(1) ? (row) => isNew[codes[row]] === 1 : undefined;
}

/** Numbers outside of this are new. */
function rangeWithMargin({ range: [least, most] }: NumberStep): [low: number, high: number] {
  const margin = (most - least) / 10;
  return [least - margin, most + margin];
}
