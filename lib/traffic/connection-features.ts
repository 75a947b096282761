import { type Feature, kddFeatures } from "../data/kdd/schema";

/** What no log of connections holds: content features come from the payload, these two from headers of packets. */
const notInLogs = new Set(
  (
    "wrong_fragment urgent hot num_failed_logins logged_in num_compromised root_shell su_attempted num_root " +
    "num_file_creations num_shells num_access_files num_outbound_cmds is_host_login is_guest_login"
  ).split(" "),
);

/** The 26 of KDD'99's features that a log of connections gives, in KDD's order. A protocol that KDD has not is `other`. */
export const connectionFeatures: readonly Feature[] = kddFeatures
  .filter(({ name }) => !notInLogs.has(name))
  .map((feature) =>
    feature.name === "protocol_type" ? { ...feature, values: ["icmp", "other", "tcp", "udp"] } : feature,
  );
