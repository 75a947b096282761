import type { Connection } from "../connection";
import type { contentFeatureNames } from "../connection-table";

/** What happened inside a session; 0 where nothing is said. */
export type Content = Readonly<Partial<Record<(typeof contentFeatureNames)[number], number>>>;

/** A connection of the simulator: it knows what it is, and what a log can't tell. */
export interface SimulatedConnection extends Connection {
  /** `normal`, or the type of the attack. */
  readonly label: string;
  readonly state: string;
  readonly content: Content;
}

/** The connections that one activity makes, in order of time. */
export type Activity = Generator<SimulatedConnection, void, undefined>;
