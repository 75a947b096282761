import type { Backend } from "../../models/tensorflow";
import type { ReadingCounts } from "../ordered-connections";
import type { Diagnostics } from "./diagnostics";
import type { TrainingData } from "./training-data";

/** `outputs/NAME/diagnostics.json`, which is also what training gives back. */
export interface TrainResult extends Diagnostics {
  readonly schemaVersion: 1;
  readonly libraryVersion: string;
  readonly model: string;
  readonly backend: Backend;
  readonly seed: number;
  readonly falseAlarmRate: number;
  /** What the thresholds promise of it: more where too few connections were held out. See `promisedRateOf`. */
  readonly promisedRate: number;
  readonly logs: TrainingData["logs"];
  readonly reading: ReadingCounts;
  /** Connections that the detectors were fitted on, and later ones that gave the thresholds. */
  readonly fitted: number;
  readonly heldOut: number;
  /** Where the logs have labels: how many connections each has; only benign ones were learned from. */
  readonly labels?: Readonly<Record<string, number>>;
}
