import { requireOptions } from "../common/errors";
import type { NumericColumn, Rows, Table } from "../data/table";
import { type TypicalValue, typicalValues } from "../models/typical-values";

/** A share of fewer connections than this tells of chance. */
const leastConnections = 3;

/** The shares among the window features, by the feature that counts the connections that they are shares of. */
const sharesOf: Readonly<Record<string, string>> = {
  count: "serror_rate rerror_rate same_srv_rate diff_srv_rate",
  srv_count: "srv_serror_rate srv_rerror_rate srv_diff_host_rate",
  dst_host_count:
    "dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate dst_host_serror_rate dst_host_rerror_rate",
  dst_host_srv_count: "dst_host_srv_diff_host_rate dst_host_srv_serror_rate dst_host_srv_rerror_rate",
};
const countOf = new Map(
  Object.entries(sharesOf).flatMap(([count, shares]) => shares.split(" ").map((share) => [share, count])),
);

/** Which rows of a table are settled, and how. */
export interface SettleOptions {
  /** Rows at the start that are of windows that knew nothing before: see `coldConnections`. Default 0. */
  readonly coldRows?: number;
  /** Rows before this are left as they are. Default 0. */
  readonly from?: number;
}

/**
 * A table of connections in which window features that rest on too few connections have their usual value, so that they speak
 * neither for nor against a connection: shares of one or two connections, of which all may fail by chance, and all features of
 * the host window where the windows know hardly anything yet.
 *
 * @param usual what each feature usually is, as a traffic model knows it
 */
export function settleFeatures(
  table: Table,
  usual: Readonly<Record<string, TypicalValue>>,
  options: SettleOptions = {},
): Table {
  requireOptions(options, { coldRows: true, from: true });
  const { coldRows = 0, from = 0 } = options;
  const features = table.features.map((feature) => {
    const typical = usual[feature.name];
    if (feature.kind !== "numeric" || typical?.kind !== "number") return feature;
    const isOfHostWindow = feature.name.startsWith("dst_host_");
    const settled = withoutThin(table, feature, typical.median, from);
    return isOfHostWindow && from < coldRows
      ? { ...settled, values: settled.values.slice().fill(typical.median, from, coldRows) }
      : settled;
  });
  return { ...table, features };
}

/** What each feature usually is among rows, where it rests on enough connections; if it nowhere does, what it is. */
export function usualFeatures(table: Table, rows: Rows): Readonly<Record<string, TypicalValue>> {
  const features = table.features.map((feature) =>
    feature.kind === "numeric" ? withoutThin(table, feature, Number.NaN) : feature,
  );
  const all = typicalValues(table, rows);
  const settled = Array.from(typicalValues({ ...table, features }, rows), ([name, value]) => {
    if (value.kind === "name") return [name, value] as const;
    const { kind, low, median, high } = value;
    return [name, Number.isNaN(median) ? all.get(name)! : { kind, low, median, high }] as const;
  });
  return Object.fromEntries(settled);
}

/** A column with another value in place of the shares of too few connections; the same where it holds no shares. */
function withoutThin(table: Table, feature: NumericColumn, replacement: number, from = 0): NumericColumn {
  const counts = table.features.find(({ name }) => name === countOf.get(feature.name));
  if (counts?.kind !== "numeric") return feature;
  const values = feature.values.slice();
  for (let row = from; row < values.length; row++)
    if (counts.values[row] < leastConnections) values[row] = replacement;
  return { ...feature, values };
}
