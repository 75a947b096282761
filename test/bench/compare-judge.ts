// What the sections of comparison.md have in common: data, figures of one model, and tables of their means over seeds.
import { mean, sampleStandardDeviation } from "simple-statistics";
import {
  chooseThreshold,
  distinctRows,
  evaluate,
  type FittedModel,
  labels,
  pValues,
  type Rows,
  type Table,
} from "traffic-anomaly";
import { valuesAt } from "traffic-anomaly/dist/common/values-at";
import { equalRows } from "traffic-anomaly/dist/data/distinct";
import { selectColumn } from "traffic-anomaly/dist/data/table";
import { atReportedRates, reportedRates } from "traffic-anomaly/dist/evaluation/metrics";
import { ownScores, type PreprocessedDetector } from "traffic-anomaly/dist/models/model";
import { ascendingScores } from "traffic-anomaly/dist/models/threshold";
import { countNovelValues } from "traffic-anomaly/dist/preprocess/novelty";

/** A table of normal rows and attacks, and how the normal ones are held out. */
export interface Data {
  readonly name: string;
  readonly table: Table;
  readonly normals: Rows;
  readonly attacks: Rows;
  readonly holdOut: "random" | "last";
}

/** Scores of all rows of a table, but for what new values add, and how many of these each row has. */
export interface OwnScores {
  readonly own: Float64Array;
  readonly novel: ArrayLike<number>;
}

/** Rows that repeat are looked at once. */
export async function scoredRows(model: PreprocessedDetector, table: Table): Promise<OwnScores> {
  const { distinct, places } = equalRows(table);
  const { detector, preprocessor } = model;
  const [own] = await ownScores({ detectors: [detector], preprocessor }, table, distinct);
  return {
    own: valuesAt(own, places),
    novel: valuesAt(countNovelValues(model.preprocessor, table, distinct), places),
  };
}

/** A score from the detector's own, and how many new values the row has. */
export type Rule = (score: number, values: number) => number;

export function withRule({ own, novel }: OwnScores, rule: Rule): Float64Array {
  return own.map((score, row) => rule(score, novel[row]));
}

/** The scores that a fitted model gives. */
export async function scoresOf(model: FittedModel, table: Table): Promise<Float64Array> {
  return withRule(await scoredRows(model, table), model.detector.novelty?.score ?? ((score) => score));
}

/** −log p of the scores that rows have but for what new values add, among those of held-out rows. */
export function evidenceOf({ own }: OwnScores, heldOutRows: Rows): Float64Array {
  const scores = ascendingScores(valuesAt(own, heldOutRows));
  return pValues(own, { scores }).map((p) => -Math.log(p));
}

export const figures = "ROC AUC | deduplicated | F1 at 5 % | at 1 % | at 0.1 %";

/** {@link figures} of scores of all rows, on those held out and all attacks. */
export function judged({ table, attacks }: Data, heldOutRows: Rows, scores: Float64Array): number[] {
  const rows = Uint32Array.from([...heldOutRows, ...attacks]);
  const heldOut = valuesAt(scores, heldOutRows);
  const { rocAuc, deduplicated, atPromisedRate } = evaluate({
    scores: valuesAt(scores, rows),
    labels: selectColumn(labels(table), rows),
    distinct: distinctRows(table, rows),
    promised: atReportedRates((rate) => chooseThreshold(heldOut, Number(rate)).value),
  });
  return [
    rocAuc,
    deduplicated?.rocAuc ?? Number.NaN,
    ...reportedRates.map((rate) => atPromisedRate?.[rate].f1 ?? Number.NaN),
  ];
}

/** Figures of one seed, by what they are of. */
export type Row = readonly [name: string, figures: readonly number[]];

/** A table of means ± standard deviations over seeds, under the name of the data. */
export function spreadTable(name: string, head: string, seeds: readonly (readonly Row[])[]): string[] {
  const rows = seeds[0].map(([title], i) => {
    const cells = seeds[0][i][1].map((_, k) => {
      const values = seeds.map((found) => found[i][1][k]);
      return `${mean(values).toFixed(4)} ± ${sampleStandardDeviation(values).toFixed(4)}`;
    });
    return `| ${[title, ...cells].join(" | ")} |`;
  });
  const header = `| ${head} |`;
  const lines = ["", `${name}:`, "", header, `|${"---|".repeat(header.split("|").length - 2)}`, ...rows];
  console.log(lines.join("\n"));
  return lines;
}
