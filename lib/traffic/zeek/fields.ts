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

/** Those that every connection log has: the first, up to `conn_state`. */
export const requiredFields: readonly string[] = Object.values(fieldNames).slice(0, 8);

/**
 * A name as it stands in `fieldNames`: of one whose dots were made underscores for a database (`id.orig_h` for
 * `id_orig_h`), and of IoT-23's `detailed-label`.
 */
export function zeekName(name: string): string {
  return name === "detailed-label" ? "detailedlabel" : name.replace(/^id_/, "id.");
}

/** Fields that only a connection log has. */
const ownFields = ["conn_state", "orig_bytes", "missed_bytes", "orig_pkts"];

/** What tells Zeek's other logs that are often met: fields that each of their records has, if there are such. */
const fieldsOfOthers: Readonly<Record<string, readonly string[]>> = {
  dns: ["rejected", "query"],
  http: ["request_body_len", "status_code"],
  ssl: ["established", "cipher"],
  quic: ["client_initial_dcid"],
  files: ["seen_bytes"],
  x509: ["certificate.version", "certificate.subject"],
  ocsp: ["issuerNameHash"],
  ssh: ["auth_attempts", "cipher_alg"],
  smtp: ["mailfrom", "helo"],
  ftp: ["command"],
  dhcp: ["msg_types"],
  ntp: ["stratum"],
  kerberos: ["request_type"],
  ntlm: ["domainname"],
  dce_rpc: ["endpoint"],
  smb_files: ["action"],
  smb_mapping: ["share_type"],
  rdp: ["security_protocol"],
  ldap: ["message_id"],
  snmp: ["get_requests"],
  sip: ["call_id"],
  syslog: ["facility"],
  tunnel: ["tunnel_type"],
  software: ["software_type"],
  weird: ["notice"],
  notice: ["note"],
};

/** Which log has fields with such names, where it does not say so itself: `conn`, `dns`, …, or `unknown`. */
export function logOfFields(has: (name: string) => boolean): string {
  if (ownFields.some(has)) return "conn";
  const [log] = Object.entries(fieldsOfOthers).find(([, names]) => names.some(has)) ?? ["unknown"];
  return log;
}

/** The same of a record. */
export function logOfRecord(record: Readonly<Record<string, unknown>>): string {
  return logOfFields((name) => record[name] !== undefined);
}
