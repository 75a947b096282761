import type { DetectorName } from "./detectors";
import type { TrainingRecord } from "./model";

/** `manifest.json` of a model folder. */
export interface Manifest extends TrainingRecord {
  readonly formatVersion: number;
  readonly libraryVersion: string;
  readonly kind: DetectorName;
  /** Names of the features that data to score must have. */
  readonly features: readonly string[];
  readonly settings: object;
  /** SHA-256 of each other file, to notice a folder that is incomplete or was changed. */
  readonly files: Readonly<Record<string, string>>;
}
