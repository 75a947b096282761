// scikit-learn's figures, with the scores that they belong to; curves.reference.py made them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Confusion } from "traffic-anomaly";

export interface Reference {
  readonly name: string;
  readonly scores: Float64Array;
  readonly anomalous: Uint8Array;
  readonly rocAuc: number;
  readonly averagePrecision: number;
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly falseAlarmRate: number;
  readonly confusion: Confusion;
  readonly roc?: PlainCurve;
  readonly precisionRecall?: PlainCurve;
}

interface PlainCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly thresholds: readonly number[];
}

type Saved = Omit<Reference, "scores" | "anomalous"> &
  ({ scores: number[]; anomalous: number[] } | { generated: { rows: number; levels: number } });

const saved: Saved[] = JSON.parse(readFileSync(join(__dirname, "curves.reference.json"), "utf8"));

export const references: readonly Reference[] = saved.map((figures) => ({
  ...figures,
  ...("generated" in figures
    ? generate(figures.generated.rows, figures.generated.levels)
    : { scores: Float64Array.from(figures.scores), anomalous: Uint8Array.from(figures.anomalous) }),
}));

/** The same generator as in curves.reference.py. */
function generate(rows: number, levels: number): Pick<Reference, "scores" | "anomalous"> {
  let state = 12345;
  const draw = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state;
  };
  const scores = new Float64Array(rows);
  const anomalous = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    anomalous[row] = Number((draw() >>> 16) % 3 === 0);
    scores[row] = Math.floor(((draw() >>> 8) / 2 ** 24) * levels) / levels + (anomalous[row] ? 0.5 : 0);
  }
  return { scores, anomalous };
}
