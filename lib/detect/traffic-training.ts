import type { TrainedDetectorName } from "../models/detectors";
import type { TypicalValue } from "../models/typical-values";
import type { TrafficWindowOptions } from "../traffic/windows/windows";
import type { ScoreProfile } from "./score-profile";

/** What training found out about the traffic, beside the detectors. */
export interface TrafficTraining {
  /** The logs in the order in which they were read. */
  readonly logs: readonly { readonly name: string; readonly sha256: string }[];
  /** Connections read. */
  readonly connections: number;
  /** Connections that the detectors were fitted on, and later ones that gave the thresholds. */
  readonly fitted: number;
  readonly heldOut: number;
  /** Where the logs had labels: how many connections of each, as the logs spell them; only benign ones were used. */
  readonly labels?: Readonly<Record<string, number>>;
  readonly windows: Required<TrafficWindowOptions>;
  /** Share of usual connections that may be flagged, by all detectors together. */
  readonly falseAlarmRate: number;
  readonly seed: number;
  /** What each feature usually is. */
  readonly usual: Readonly<Record<string, TypicalValue>>;
  /** How the scores of the held-out connections are distributed, and how many have unseen categories. */
  readonly profiles: Readonly<Record<TrainedDetectorName, ScoreProfile>>;
  readonly unseenShare: number;
}

/** `traffic.json`. */
export interface TrafficFile extends TrafficTraining {
  readonly formatVersion: number;
  readonly libraryVersion: string;
  readonly features: readonly string[];
  /** SHA-256 of the detectors' manifests, to notice a folder put together from two models. */
  readonly manifests: Readonly<Record<TrainedDetectorName, string>>;
}
