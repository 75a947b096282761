import type { Connection } from "../connection";

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

export type ContentFeature = (typeof contentFeatureNames)[number];

/** What happened inside a session; 0 where nothing is said. */
export type Content = Readonly<Partial<Record<ContentFeature, number>>>;

/** A connection of the simulator: it knows what it is, and what a log can't tell. */
export interface SimulatedConnection extends Connection {
  /** `normal`, or the type of the attack. */
  readonly label: string;
  readonly content: Content;
}

/** The connections that one activity makes, in order of time. */
export type Activity = Generator<SimulatedConnection, void, undefined>;
