import { valuesAt } from "../common/values-at";
import { anomalousRows, type Category, categories, categoryOf, haveCategories } from "../data/kdd/attacks";
import type { NominalColumn } from "../data/table";
import { averagePrecision, rocAuc, type ScoreSteps, scoreSteps } from "./curves";

/** Rows by truth and verdict; positive = anomalous. */
export interface Confusion {
  truePositive: number;
  falsePositive: number;
  trueNegative: number;
  falseNegative: number;
}

/** Quality of a ranking; needs no threshold. */
export interface RankingMetrics {
  rocAuc: number;
  averagePrecision: number;
}

/** What verdicts are worth; a ratio over no rows is 0. */
export interface VerdictRates {
  falseAlarmRate: number;
  precision: number;
  recall: number;
  f1: number;
}

/** Quality of the verdicts at one threshold. */
export interface VerdictMetrics extends VerdictRates {
  threshold: number;
  confusion: Confusion;
  /** Empty where labels are not KDD'99's: see {@link haveCategories}. */
  recallByCategory: Partial<Record<Category, number>>;
  recallByAttack: Record<string, number>;
  /** Recall over rows whose attack type the training file does not hold; left out where there are none. */
  recallNovelAttacks?: number;
}

/** False-alarm rates at which verdicts are reported. */
export const reportedRates = [0.05, 0.01, 0.001] as const;

/** Something at each of {@link reportedRates}. */
export type AtReportedRates<T> = Record<`${(typeof reportedRates)[number]}`, T>;

/** What a protocol reports of one detector. Fields that a protocol has no use for are left out. */
export interface Metrics extends RankingMetrics, Partial<VerdictMetrics> {
  /** The same over distinct rows only: the first of each group of rows that are equal in all features and in the label. */
  deduplicated?: RankingMetrics & Partial<VerdictRates>;
  /** At thresholds that held-out rows promise to keep these false-alarm rates. */
  atPromisedRate?: AtReportedRates<VerdictRates>;
  /**
   * At thresholds that keep these rates on the very rows that are judged, as far as equal scores allow: what a ranking is
   * worth, whether its budget is kept or not. Nobody has such a threshold beforehand.
   */
  atTrueRate?: AtReportedRates<VerdictRates>;
}

/** Scores with what is known of their rows. */
export interface Judged {
  /** One a row; higher = more anomalous. */
  readonly scores: Float64Array;
  readonly labels: NominalColumn;
  /** Positions of the first of each group of equal rows (see `distinctRows`). */
  readonly distinct?: Uint32Array;
  /** A row is anomalous when its score is greater. */
  readonly threshold?: number;
  /** Thresholds that promise {@link reportedRates}. */
  readonly promised?: AtReportedRates<number>;
  /** Labels that the training file holds; any other attack is novel. */
  readonly knownLabels?: ReadonlySet<string>;
}

/** Measures a detector's scores against the labels. @throws {RangeError} as {@link scoreSteps} does */
export function evaluate({ scores, labels, distinct, threshold, promised, knownLabels }: Judged): Metrics {
  const anomalous = anomalousRows(labels);
  const steps = scoreSteps(scores, anomalous);
  const ofDistinct = distinct && {
    scores: valuesAt(scores, distinct),
    anomalous: Uint8Array.from(distinct, (row) => anomalous[row]),
  };
  const distinctSteps = ofDistinct && scoreSteps(ofDistinct.scores, ofDistinct.anomalous);
  return {
    ...ranking(steps),
    ...(threshold !== undefined && verdictMetrics(scores, labels, threshold, knownLabels)),
    ...(distinctSteps && {
      deduplicated: {
        ...ranking(distinctSteps),
        ...(threshold !== undefined && ratesAbove(distinctSteps, threshold)),
      },
    }),
    ...(promised && {
      atPromisedRate: atReportedRates((rate) => ratesAbove(steps, promised[rate])),
      atTrueRate: atReportedRates((rate) => ratesAtFalseAlarmRate(steps, Number(rate))),
    }),
  };
}

/** Something made for each of {@link reportedRates}. */
export function atReportedRates<T>(make: (rate: keyof AtReportedRates<T>) => T): AtReportedRates<T> {
  const names = reportedRates.map((rate) => `${rate}` as const);
  return Object.fromEntries(names.map((rate) => [rate, make(rate)])) as AtReportedRates<T>;
}

export function ranking(steps: ScoreSteps): RankingMetrics {
  return { rocAuc: rocAuc(steps), averagePrecision: averagePrecision(steps) };
}

/** What verdicts `score > threshold` are worth. */
export function ratesAbove(steps: ScoreSteps, threshold: number): VerdictRates {
  return ratesUntil(steps, (step) => steps.thresholds[step] <= threshold);
}

/** The same for verdicts `score ≥ lowest`. */
export function ratesFrom(steps: ScoreSteps, lowest: number): VerdictRates {
  return ratesUntil(steps, (step) => steps.thresholds[step] < lowest);
}

/** The same for the lowest threshold that flags at most a share of the normal rows. */
export function ratesAtFalseAlarmRate(steps: ScoreSteps, rate: number): VerdictRates {
  return ratesUntil(steps, (step) => steps.falsePositives[step] > rate * steps.negatives);
}

/** The same where the rows of the steps before the first one beyond are flagged. */
function ratesUntil(steps: ScoreSteps, isBeyond: (step: number) => boolean): VerdictRates {
  const { truePositives, falsePositives, positives, negatives } = steps;
  let count = 0;
  while (count < truePositives.length && !isBeyond(count)) count++;
  const [found, falseAlarms] = count === 0 ? [0, 0] : [truePositives[count - 1], falsePositives[count - 1]];
  return ratesOf(found, falseAlarms, positives, negatives);
}

/** Whether verdicts flag no row at all, so that there is neither precision nor F1 to speak of. */
export function flagsNothing({ recall, falseAlarmRate }: Partial<VerdictRates>): boolean {
  return recall === 0 && falseAlarmRate === 0;
}

function ratesOf(found: number, falseAlarms: number, attacks: number, normals: number): VerdictRates {
  const alarms = found + falseAlarms;
  return {
    falseAlarmRate: normals === 0 ? 0 : falseAlarms / normals,
    precision: alarms === 0 ? 0 : found / alarms,
    recall: attacks === 0 ? 0 : found / attacks,
    f1: found === 0 ? 0 : (2 * found) / (alarms + attacks),
  };
}

/** How many rows the labels that are wanted have, and how many of them are flagged. */
function flaggedShares(scores: Float64Array, { codes, categories }: NominalColumn, threshold: number) {
  const rows = new Float64Array(categories.length);
  const flagged = new Float64Array(categories.length);
  for (let row = 0; row < scores.length; row++) {
    rows[codes[row]]++;
    if (scores[row] > threshold) flagged[codes[row]]++;
  }
  return (wanted: (label: string) => boolean) => {
    let all = 0;
    let found = 0;
    categories.forEach((label, code) => {
      if (!wanted(label)) return;
      all += rows[code];
      found += flagged[code];
    });
    return { all, found, rate: all === 0 ? 0 : found / all };
  };
}

/** Judges each row by `score > threshold` and counts. A ratio over no rows is 0. */
export function verdictMetrics(
  scores: Float64Array,
  labels: NominalColumn,
  threshold: number,
  knownLabels?: ReadonlySet<string>,
): VerdictMetrics {
  const share = flaggedShares(scores, labels, threshold);
  const isAttack = (label: string) => label !== "normal";
  const attacks = share(isAttack);
  const normals = share((label) => !isAttack(label));
  const present = labels.categories.filter(
    (label) => isAttack(label) && share((other) => other === label).all > 0,
  );
  const novel = present.filter((label) => knownLabels && !knownLabels.has(label));
  const confusion: Confusion = {
    truePositive: attacks.found,
    falsePositive: normals.found,
    trueNegative: normals.all - normals.found,
    falseNegative: attacks.all - attacks.found,
  };
  return {
    threshold,
    ...ratesOf(attacks.found, normals.found, attacks.all, normals.all),
    confusion,
    recallByCategory: Object.fromEntries(
      (haveCategories(labels.categories) ? categories : [])
        .filter((category) => present.some((label) => categoryOf(label) === category))
        .map((category) => [
          category,
          share((label) => isAttack(label) && categoryOf(label) === category).rate,
        ]),
    ),
    recallByAttack: Object.fromEntries(
      present.map((label) => [label, share((other) => other === label).rate]),
    ),
    ...(novel.length > 0 && { recallNovelAttacks: share((label) => novel.includes(label)).rate }),
  };
}
