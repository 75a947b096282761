import { valuesAt } from "../common/values-at";
import { anomalousRows, type Category, categoryOf } from "../data/kdd/attacks";
import type { NominalColumn } from "../data/table";
import { averagePrecision, rocAuc, scoreSteps } from "./curves";

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

/** Quality of the verdicts at one threshold. */
export interface VerdictMetrics {
  threshold: number;
  falseAlarmRate: number;
  precision: number;
  recall: number;
  f1: number;
  confusion: Confusion;
  recallByCategory: Partial<Record<Category, number>>;
  recallByAttack: Record<string, number>;
  /** Recall over rows whose attack type the training file does not hold; left out where there are none. */
  recallNovelAttacks?: number;
}

/** What a protocol reports of one detector. Fields that a protocol has no use for are left out. */
export interface Metrics extends RankingMetrics, Partial<VerdictMetrics> {
  /** The same ranking over distinct rows only. */
  deduplicated?: RankingMetrics;
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
  /** Labels that the training file holds; any other attack is novel. */
  readonly knownLabels?: ReadonlySet<string>;
}

/** Measures a detector's scores against the labels. @throws {RangeError} as {@link scoreSteps} does */
export function evaluate({ scores, labels, distinct, threshold, knownLabels }: Judged): Metrics {
  const anomalous = anomalousRows(labels);
  return {
    ...ranking(scores, anomalous),
    ...(threshold === undefined ? {} : verdictMetrics(scores, labels, threshold, knownLabels)),
    ...(distinct && {
      deduplicated: ranking(
        valuesAt(scores, distinct),
        Uint8Array.from(distinct, (row) => anomalous[row]),
      ),
    }),
  };
}

function ranking(scores: Float64Array, anomalous: Uint8Array): RankingMetrics {
  const steps = scoreSteps(scores, anomalous);
  return { rocAuc: rocAuc(steps), averagePrecision: averagePrecision(steps) };
}

/** Judges each row by `score > threshold` and counts. A ratio over no rows is 0. */
export function verdictMetrics(
  scores: Float64Array,
  labels: NominalColumn,
  threshold: number,
  knownLabels?: ReadonlySet<string>,
): VerdictMetrics {
  const rows = new Float64Array(labels.categories.length);
  const flagged = new Float64Array(labels.categories.length);
  for (let row = 0; row < scores.length; row++) {
    rows[labels.codes[row]]++;
    if (scores[row] > threshold) flagged[labels.codes[row]]++;
  }

  const share = (wanted: (label: string) => boolean) => {
    let all = 0;
    let found = 0;
    labels.categories.forEach((label, code) => {
      if (!wanted(label)) return;
      all += rows[code];
      found += flagged[code];
    });
    return { all, found, rate: all === 0 ? 0 : found / all };
  };
  const isAttack = (label: string) => label !== "normal";
  const attacks = share(isAttack);
  const normals = share((label) => !isAttack(label));
  const present = labels.categories.filter((label, code) => isAttack(label) && rows[code] > 0);
  const novel = present.filter((label) => knownLabels && !knownLabels.has(label));
  const confusion: Confusion = {
    truePositive: attacks.found,
    falsePositive: normals.found,
    trueNegative: normals.all - normals.found,
    falseNegative: attacks.all - attacks.found,
  };
  const alarms = attacks.found + normals.found;
  return {
    threshold,
    falseAlarmRate: normals.rate,
    precision: alarms === 0 ? 0 : attacks.found / alarms,
    recall: attacks.rate,
    f1: attacks.found === 0 ? 0 : (2 * attacks.found) / (alarms + attacks.all),
    confusion,
    recallByCategory: Object.fromEntries(
      (["dos", "probe", "r2l", "u2r", "other"] as const)
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
