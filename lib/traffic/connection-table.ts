import { type Feature, kddFeatures } from "../data/kdd/schema";
import type { Column, NominalColumn, Table } from "../data/table";
import type { Connection } from "./connection";
import { kddFlag } from "./flag";
import { ownService, ownServices } from "./own-service";
import { type TrafficWindows, windowFeatureNames } from "./windows/windows";

/** KDD'99's features 8 to 22, which no log of connections holds: from headers of packets and from the payload. */
export const contentFeatureNames = [
  "wrong_fragment",
  "urgent",
  "hot",
  "num_failed_logins",
  "logged_in",
  "num_compromised",
  "root_shell",
  "su_attempted",
  "num_root",
  "num_file_creations",
  "num_shells",
  "num_access_files",
  "num_outbound_cmds",
  "is_host_login",
  "is_guest_login",
] as const;

const protocols = ["icmp", "other", "tcp", "udp"];
const names: Readonly<Record<string, readonly string[]>> = { protocol_type: protocols, service: ownServices };

/**
 * The 26 of KDD'99's features that a log of connections gives, in KDD's order. A protocol that KDD has not is `other`;
 * services have the names of today, see `ownService`, instead of those of 1998.
 */
export const connectionFeatures: readonly Feature[] = kddFeatures
  .filter(({ name }) => !contentFeatureNames.some((content) => content === name))
  .map((feature) => ({ ...feature, ...(names[feature.name] && { values: names[feature.name] }) }));

/** How the features that no window needs are read off a connection. */
const ownFeatures: Readonly<Record<string, (connection: Connection) => number | string>> = {
  duration: ({ duration }) => duration,
  protocol_type: ({ protocol }) => (protocols.includes(protocol) ? protocol : "other"),
  service: ownService,
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
export function connectionTable(
  connections: readonly Connection[],
  windows: Pick<TrafficWindows, "update">,
): Table {
  const rows = connections.length;
  const values = new Float64Array(windowFeatureNames.length);
  const windowColumns = windowFeatureNames.map(() => new Float32Array(rows));
  for (let row = 0; row < rows; row++) {
    windows.update(connections[row], values);
    for (let i = 0; i < windowColumns.length; i++) windowColumns[i][row] = values[i];
  }
  const features = connectionFeatures.map(({ name, measure, values: names = [] }): Column => {
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
