import { decimals } from "../../common/format";
import { type Column, type Table, valueAt } from "../../data/table";
import { type TypicalValue, typicalText } from "../../models/typical-values";
import type { Step } from "../../preprocess/preprocessor";
import type { Connection } from "../../traffic/connection";
import { FlagError, flagError } from "../../traffic/flag";
import type { AlertReason } from "../alerts/alert";
import { reasonWords } from "./wording";

const mostReasons = 3;

/** Features that tell of one thing, each alone where it stands in no line. */
const lines = [
  "protocol_type service",
  "count dst_host_count",
  "srv_count dst_host_srv_count",
  "serror_rate srv_serror_rate dst_host_serror_rate dst_host_srv_serror_rate",
  "rerror_rate srv_rerror_rate dst_host_rerror_rate dst_host_srv_rerror_rate",
  "same_srv_rate diff_srv_rate dst_host_same_srv_rate dst_host_diff_srv_rate",
  "srv_diff_host_rate dst_host_srv_diff_host_rate",
  "pair_interval_regularity pair_interval",
].map((line) => line.split(" "));
const themeOf = new Map(lines.flatMap((names) => names.map((name) => [name, names[0]] as const)));

/** The value of a numeric feature of the row. */
export type NumberOf = (feature: string) => number;

/** Features that tell of one thing: their share of what raised the scores, and their columns, the strongest first. */
interface Theme {
  readonly share: number;
  readonly columns: readonly Column[];
}

/**
 * The features that raised the scores of a row most. Each detector's positive contributions count as shares of their sum.
 * Features that tell the same, such as the four shares of half-open connections, are counted together, and the strongest
 * speaks for them: three reasons are three different things. A feature whose value reads as usual is passed over.
 *
 * @param contributions of each feature of the table, by every detector that found the row anomalous
 * @param novel what a model learned of the features whose values no training row had
 * @param numberOf numbers that words need. Default: those of the table
 * @returns largest share first
 */
export function alertReasons(
  connection: Connection,
  table: Table,
  row: number,
  contributions: readonly Float64Array[],
  usual: ReadonlyMap<string, TypicalValue>,
  novel: readonly Step[] = [],
  numberOf: NumberOf = numbersOf(table, row),
): AlertReason[] {
  const told = (column: Column): Omit<AlertReason, "share"> | undefined => {
    const { name: feature } = column;
    const value = toldAt(column, row);
    const step = novel.find((learned) => learned.feature === feature);
    const text = reasonWords(feature, value, numberOf, usual, connection, step);
    if (text === undefined) return undefined;
    const usually = usual.get(feature);
    return { feature, value: String(value), usual: usually ? typicalText(usually) : "", text };
  };
  const reasons: AlertReason[] = [];
  for (const { share, columns } of themesOf(table, row, sharesOf(contributions, table.features.length))) {
    if (reasons.length === mostReasons) break;
    for (const column of columns) {
      const found = told(column);
      if (!found) continue;
      const { text, ...more } = found;
      reasons.push({ ...more, share, text });
      break;
    }
  }
  return reasons;
}

/** What features did to the scores of a row by theme, the strongest first, and within one the strongest feature. */
function themesOf({ features }: Table, row: number, shares: Float64Array): Theme[] {
  const themes = new Map<string, Theme>();
  for (const i of Array.from(shares.keys()).sort((a, b) => shares[b] - shares[a])) {
    if (shares[i] <= 0) break;
    const column = features[i];
    const name = column.name === "flag" ? flagTheme(String(toldAt(column, row))) : column.name;
    const key = themeOf.get(name) ?? name;
    const { share, columns }: Theme = themes.get(key) ?? { share: 0, columns: [] };
    themes.set(key, { share: share + shares[i], columns: [...columns, column] });
  }
  return Array.from(themes.values(), (theme) => ({ ...theme, share: decimals(theme.share) })).sort(
    (a, b) => b.share - a.share,
  );
}

/** Those of a table. */
export function numbersOf(table: Table, row: number): NumberOf {
  return (name) => {
    const column = table.features.find((feature) => feature.name === name);
    return column?.kind === "numeric" ? (toldAt(column, row) as number) : 0;
  };
}

/** What each feature did to the scores, as shares that sum to 1. */
function sharesOf(contributions: readonly Float64Array[], features: number): Float64Array {
  const shares = new Float64Array(features);
  for (const values of contributions) {
    const raised = values.reduce((sum, value) => sum + Math.max(0, value), 0);
    if (raised === 0) continue;
    for (let i = 0; i < features; i++) shares[i] += Math.max(0, values[i]) / raised / contributions.length;
  }
  return shares;
}

/** How a connection ended belongs to the shares of those that ended so. */
function flagTheme(flag: string): string {
  const error = flagError(flag);
  if (error === FlagError.none) return "flag";
  return error === FlagError.syn ? "serror_rate" : "rerror_rate";
}

/** The value of a column; rates have 32 bits, and are told as 0.98 rather than 0.9800000190734863. */
function toldAt(column: Column, row: number): number | string {
  const value = valueAt(column, row);
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}
