/** The fields of a connection log that are read; Zeek's names. */
export const fieldNames = {
  start: "ts",
  uid: "uid",
  sourceHost: "id.orig_h",
  sourcePort: "id.orig_p",
  destinationHost: "id.resp_h",
  destinationPort: "id.resp_p",
  protocol: "proto",
  state: "conn_state",
  application: "service",
  duration: "duration",
  sourceBytes: "orig_bytes",
  destinationBytes: "resp_bytes",
  sourcePackets: "orig_pkts",
  destinationPackets: "resp_pkts",
  missedBytes: "missed_bytes",
  history: "history",
  isSourceLocal: "local_orig",
  isDestinationLocal: "local_resp",
  communityId: "community_id",
  label: "label",
  detailedLabel: "detailedlabel",
} as const;

export const requiredFields: readonly string[] = [
  "ts",
  "uid",
  "id.orig_h",
  "id.orig_p",
  "id.resp_h",
  "id.resp_p",
  "proto",
  "conn_state",
];

/**
 * A name as it stands in `fieldNames`: of one whose dots were made underscores for a database (`id.orig_h` for
 * `id_orig_h`), and of IoT-23's `detailed-label`.
 */
export function zeekName(name: string): string {
  return name === "detailed-label" ? "detailedlabel" : name.replace(/^id_/, "id.");
}

/** Fields that only a connection log has. */
const ownFields = ["conn_state", "orig_bytes", "missed_bytes", "orig_pkts"];

export function areOfConnections(names: readonly string[]): boolean {
  return ownFields.some((name) => names.includes(name));
}

export function isOfConnections(record: Readonly<Record<string, unknown>>): boolean {
  return ownFields.some((name) => record[name] !== undefined);
}
