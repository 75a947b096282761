import type { Column, Table } from "../data/table";
import { type TypicalValue, typicalText } from "../models/typical-values";
import type { Connection } from "../traffic/connection";
import type { AlertReason } from "./alert";
import { reasonWords } from "./wording";

/** Features that tell of one thing, each alone where it stands in no line. */
const themes = [
  "protocol_type service",
  "count dst_host_count",
  "srv_count dst_host_srv_count",
  "serror_rate srv_serror_rate dst_host_serror_rate dst_host_srv_serror_rate",
  "rerror_rate srv_rerror_rate dst_host_rerror_rate dst_host_srv_rerror_rate",
  "same_srv_rate diff_srv_rate dst_host_same_srv_rate dst_host_diff_srv_rate",
  "srv_diff_host_rate dst_host_srv_diff_host_rate",
].map((line) => line.split(" "));
const themeOf = new Map(themes.flatMap((names) => names.map((name) => [name, names[0]] as const)));

/**
 * The features that raised the scores of a row most. Each detector's positive contributions count as shares of their sum.
 * Features that tell the same, such as the four shares of half-open connections, are counted together, and the strongest
 * speaks for them: three reasons are three different things. A feature whose value reads as usual is passed over.
 *
 * @param features names, in the order of the contributions
 * @param contributions of every feature, by each detector that found the row anomalous
 * @param most at most so many reasons
 * @returns largest share first
 */
export function alertReasons(
  connection: Connection,
  table: Table,
  row: number,
  features: readonly string[],
  contributions: readonly Float64Array[],
  usual: ReadonlyMap<string, TypicalValue>,
  most = 3,
): AlertReason[] {
  const columns = new Map(table.features.map((column) => [column.name, column]));
  const numberOf = (name: string) => {
    const value = valueAt(columns.get(name), row);
    return typeof value === "number" ? value : 0;
  };
  const shares = sharesOf(contributions, features.length);
  const order = Array.from(features.keys()).sort((a, b) => shares[b] - shares[a]);
  const byTheme = new Map<string, { share: number; told?: Omit<AlertReason, "share"> }>();
  for (const i of order) {
    if (shares[i] <= 0) break;
    const feature = features[i];
    const value = valueAt(columns.get(feature), row);
    const name = feature === "flag" ? flagTheme(String(value)) : feature;
    const theme = themeOf.get(name) ?? name;
    const found = byTheme.get(theme) ?? { share: 0 };
    byTheme.set(theme, found);
    found.share += shares[i];
    if (found.told) continue;
    const text = reasonWords(feature, value, numberOf, usual, connection);
    if (text === undefined) continue;
    const usually = usual.get(feature);
    found.told = { feature, value: String(value), usual: usually ? typicalText(usually) : "", text };
  }
  const reasons: AlertReason[] = [];
  for (const { share, told } of byTheme.values())
    if (told)
      reasons.push({
        feature: told.feature,
        value: told.value,
        usual: told.usual,
        share: Number(share.toFixed(4)),
        text: told.text,
      });
  return reasons.sort((a, b) => b.share - a.share).slice(0, most);
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
  if (["S0", "S1", "S2", "S3", "SH"].includes(flag)) return "serror_rate";
  return flag === "REJ" || flag.startsWith("RST") ? "rerror_rate" : "flag";
}

/** The value of a column; rates have 32 bits, and are told as 0.98 rather than 0.9800000190734863. */
function valueAt(column: Column | undefined, row: number): number | string {
  if (!column) return 0;
  return column.kind === "nominal"
    ? column.categories[column.codes[row]]
    : Number(column.values[row].toPrecision(6));
}
