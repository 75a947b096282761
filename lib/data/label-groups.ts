import { categories, categoryOf, haveCategories } from "./kdd/attacks";
import type { NominalColumn } from "./table";

/** What reports and figures put labels together in: KDD'99's categories, or the kinds of anomalies that a table names. */
export interface LabelGroups {
  /** In their order, `normal` first: categories, kinds, or `anomalous` for all kinds together. */
  readonly names: readonly string[];
  /** The place among the names of each label, in the order of the labels. */
  readonly places: readonly number[];
}

/** More kinds than that are shown together: nobody could tell them apart. */
const mostKinds = 12;

/**
 * The groups of some labels: KDD'99's categories where the labels are KDD'99's; otherwise each kind of anomaly, or all of them
 * as `anomalous` where there is one only or too many.
 *
 * @example
 * labelGroups(["neptune", "normal"]).names; // ["normal", "dos", "probe", "r2l", "u2r", "other"]
 * labelGroups(["Exploits", "Fuzzers", "normal"]).names; // ["normal", "Exploits", "Fuzzers"]
 * labelGroups(["1", "normal"]).names; // ["normal", "anomalous"]
 */
export function labelGroups(labels: readonly string[]): LabelGroups {
  const kinds = labels.filter((label) => label !== "normal");
  if (haveCategories(labels))
    return { names: categories, places: labels.map((label) => categories.indexOf(categoryOf(label))) };
  const together = kinds.length < 2 || kinds.length > mostKinds;
  const names = ["normal", ...(together ? ["anomalous"] : kinds)];
  const place = (label: string) => (together ? 1 : names.indexOf(label));
  return { names, places: labels.map((label) => (label === "normal" ? 0 : place(label))) };
}

/** What reports and figures call rows that are not normal. */
export interface AnomalyWords {
  readonly one: string;
  readonly many: string;
  readonly rows: string;
  /** One of the labels that they have. */
  readonly kind: string;
  /** One of the {@link LabelGroups}. */
  readonly group: string;
}

export const attackWords: AnomalyWords = {
  one: "attack",
  many: "attacks",
  rows: "attack rows",
  kind: "attack type",
  group: "category",
};

const otherWords: AnomalyWords = {
  one: "anomaly",
  many: "anomalies",
  rows: "anomalous rows",
  kind: "kind of anomaly",
  group: "kind",
};

/** The words for what labels tell of: attacks where they are KDD'99's. */
export function anomalyWords(labels: readonly string[]): AnomalyWords {
  return haveCategories(labels) ? attackWords : otherWords;
}

/** The rows of each label that has some. */
export function countLabels({ categories, codes }: NominalColumn): Record<string, number> {
  const counts = new Float64Array(categories.length);
  for (const code of codes) counts[code]++;
  return Object.fromEntries(
    categories.map((label, i): [string, number] => [label, counts[i]]).filter(([, n]) => n > 0),
  );
}
