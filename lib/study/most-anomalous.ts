import { selectRows, type Table, valueAt } from "../data/table";
import type { Model } from "../models/model";
import { pValues } from "../models/p-values";
import { type Reason, rowReasons, shownReasons } from "../models/reasons";
import { verdicts } from "../models/threshold";

/** A row of a file that stands out, and why. */
export interface AnomalousRow {
  /** Its number in the file, from 1. */
  readonly row: number;
  readonly score: number;
  readonly pValue: number;
  readonly anomaly: boolean;
  /** Where rows have labels. */
  readonly label?: string;
  /** What raised the score most, with its share of that. */
  readonly reasons: readonly Reason[];
}

interface KeptRow {
  readonly row: number;
  readonly score: number;
  /** The row alone. */
  readonly table: Table;
}

/** So many rows of a file, and reasons for each. */
const mostRows = 20;
const mostReasons = 5;

/**
 * The rows with the highest scores of a file that comes block by block, the highest first; of rows that are equal in all
 * features only the first.
 */
export class MostAnomalous {
  readonly #rows: KeptRow[] = [];

  /** @param numbers of the table's rows in the file */
  add(table: Table, numbers: Uint32Array, scores: Float64Array): void {
    const kept = this.#rows;
    for (let i = 0; i < table.rows; i++) {
      const score = scores[i];
      if (kept.length === mostRows && score <= kept[mostRows - 1].score) continue;
      const found = { row: numbers[i], score, table: selectRows(table, Uint32Array.of(i)) };
      if (kept.some((other) => other.score === score && areEqual(other.table, found.table))) continue;
      const place = kept.findIndex((other) => other.score < score);
      kept.splice(place < 0 ? kept.length : place, 0, found);
      if (kept.length > mostRows) kept.pop();
    }
  }

  /** @param usualOf of `typicalTexts`, over rows that the model was fitted on; without it, what is usual is not told */
  explained(model: Model, usualOf: ReadonlyMap<string, string> = new Map()): AnomalousRow[] {
    const scores = Float64Array.from(this.#rows, ({ score }) => score);
    const [p, anomalous] = [pValues(scores, model.threshold), verdicts(scores, model.threshold)];
    return this.#rows.map(({ row, score, table }, i) => ({
      row,
      score,
      pValue: p[i],
      anomaly: anomalous[i] === 1,
      ...(table.labels && { label: table.labels.categories[table.labels.codes[0]] }),
      reasons: rowReasons(model, table, 0, usualOf)
        .filter(({ contribution }) => contribution > 0)
        .slice(0, mostReasons),
    }));
  }
}

/**
 * Of rows that are alike only the first, with the number of the others: a flood has thousands that differ in a number or two.
 * Rows are alike if they have the same label, and the same features with the same names as reasons.
 */
export function firstOfEachKind<Row extends AnomalousRow>(rows: readonly Row[]): (Row & { alike: number })[] {
  const kinds = new Map<string, Row & { alike: number }>();
  for (const row of rows) {
    const kind = kindOf(row);
    const first = kinds.get(kind);
    if (first) first.alike++;
    else kinds.set(kind, { ...row, alike: 0 });
  }
  return [...kinds.values()];
}

/** Rows that only numbers speak of are of a kind each. */
function kindOf({ row, label, reasons }: AnomalousRow): string {
  const told = reasons.slice(0, shownReasons).map(({ feature, value }) => ({ feature, name: nameIn(value) }));
  if (told.every(({ name }) => name === "")) return String(row);
  return JSON.stringify([label, told.map(({ feature, name }) => `${feature} ${name}`).sort()]);
}

function nameIn(value: string): string {
  return Number.isNaN(Number(value)) ? value : "";
}

/** Whether the only rows of two tables of the same features are equal. */
function areEqual(a: Table, b: Table): boolean {
  return a.features.every((feature, i) => Object.is(valueAt(feature, 0), valueAt(b.features[i], 0)));
}
