import type { Column, NominalColumn, Table } from "../data/table";
import type { Connection } from "./connection";
import { connectionFeatures } from "./connection-features";
import { kddFlag } from "./flag";
import { kddService, kddServices } from "./service";
import { type TrafficWindows, windowFeatureNames } from "./windows/windows";

const protocols = ["icmp", "other", "tcp", "udp"];

/** How the features that no window needs are read off a connection. */
const ownFeatures: Readonly<Record<string, (connection: Connection) => number | string>> = {
  duration: ({ duration }) => duration,
  protocol_type: ({ protocol }) => (protocols.includes(protocol) ? protocol : "other"),
  service: kddService,
  flag: kddFlag,
  src_bytes: ({ sourceBytes }) => sourceBytes,
  dst_bytes: ({ destinationBytes }) => destinationBytes,
  land: (connection) => (isLand(connection) ? 1 : 0),
};

/**
 * The features of connections as a table, with the columns of {@link connectionFeatures}. Dictionaries of names are
 * fixed, so that the tables of two pieces of a log agree.
 *
 * @param connections in order of time
 * @param windows remembers what came before, so that a log may come in pieces: however it is cut, the features are the same
 * @returns one row a connection; with labels, if every connection has one
 */
export function connectionTable(connections: readonly Connection[], windows: TrafficWindows): Table {
  const rows = connections.length;
  const values = new Float64Array(windowFeatureNames.length);
  const windowColumns = windowFeatureNames.map(() => new Float32Array(rows));
  for (let row = 0; row < rows; row++) {
    windows.update(connections[row], values);
    for (let i = 0; i < windowColumns.length; i++) windowColumns[i][row] = values[i];
  }
  const features = connectionFeatures.map(({ name, measure, values: names = kddServices }): Column => {
    const featureOf = ownFeatures[name];
    if (measure === "nominal") return nominalColumn(name, connections, featureOf as NameOf, names);
    if (!featureOf)
      return { kind: "numeric", name, measure, values: windowColumns[windowFeatureNames.indexOf(name)] };
    const numbers = measure === "amount" ? new Float64Array(rows) : new Float32Array(rows);
    for (let row = 0; row < rows; row++) numbers[row] = featureOf(connections[row]) as number;
    return { kind: "numeric", name, measure, values: numbers };
  });
  if (rows === 0 || connections.some(({ label }) => label === undefined)) return { rows, features };
  const labelOf = ({ label = "" }: Connection) => label;
  const categories = [...new Set(connections.map(labelOf))].sort();
  return { rows, features, labels: nominalColumn("label", connections, labelOf, categories) };
}

type NameOf = (connection: Connection) => string;

function nominalColumn(
  name: string,
  connections: readonly Connection[],
  nameOf: NameOf,
  categories: readonly string[],
): NominalColumn {
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = new (categories.length <= 255 ? Uint8Array : Uint16Array)(connections.length);
  for (let row = 0; row < codes.length; row++) codes[row] = codeOf.get(nameOf(connections[row])) ?? 0;
  return { kind: "nominal", name, codes, categories };
}

/** Same host and port on both sides; icmp has no ports, and there the same host is enough. */
export function isLand({
  protocol,
  sourceHost,
  destinationHost,
  sourcePort,
  destinationPort,
}: Connection): boolean {
  return sourceHost === destinationHost && (protocol === "icmp" || sourcePort === destinationPort);
}
