import type { OptionNames } from "../../common/errors";
import { type ScoreOptions, scoreOptions } from "../../models/detector";
import type { TrainedDetectorName } from "../../models/detectors";
import type { Backend } from "../../models/tensorflow";
import type { AlertFormat } from "../alerts/alert-lines";
import { type ReadingOptions, readingOptions } from "../ordered-connections";

export interface ScoreTrafficOptions extends ScoreOptions, ReadingOptions {
  /** Which detector to score with. Default all. */
  readonly detector?: TrainedDetectorName;
  /** The file to write. Default: the standard output. */
  readonly out?: string;
  /** Default: as the name of `out` ends, otherwise `json`. */
  readonly format?: AlertFormat;
  /** Write only this many alerts, those farthest beyond their thresholds, in this order. An integer ≥ 1. Default: all, in order of time. */
  readonly top?: number;
  /**
   * Alerts by this false discovery rate among all connections instead of the model's thresholds: see
   * `falseDiscoveryVerdicts`. The logs are read twice, so that they must be files. In (0, 1).
   */
  readonly falseDiscoveryRate?: number;
  /** A file that lists what not to alert on: see `readAllowList`. */
  readonly allow?: string;
  readonly backend?: Backend;
  /**
   * A file for the incidents, each a line of JSON: those that were closed, in this order, then those that are open when
   * the logs end. Default: none, and the result has the most risky ones.
   */
  readonly incidents?: string;
  /** A file for a report on what was found, one page that works offline. Default: none. */
  readonly report?: string;
  /** What the user typed, for the report. */
  readonly command?: readonly string[];
  /**
   * A file for every connection with its scores, p-values and verdicts, those that the list allows included: Parquet, CSV or JSON,
   * as its name ends. Default: none.
   */
  readonly all?: string;
  /**
   * A file that remembers what the windows know after the logs and which incidents are open, for the next: however
   * connections are cut into logs, the alerts are the same, but for those of connections that are late in theirs. Default:
   * none, and the windows go on from the end of training.
   */
  readonly state?: string;
}

export const scoreTrafficOptions: OptionNames<ScoreTrafficOptions> = {
  ...{ detector: true, out: true, format: true, top: true, falseDiscoveryRate: true, allow: true },
  ...{ backend: true, incidents: true, report: true, command: true, all: true, state: true },
  ...scoreOptions,
  ...readingOptions,
};
