import type { DetectorName } from "./detectors";

/** Where a model comes from. */
export interface TrainingRecord {
  readonly dataset: { readonly name: string; readonly sha256: string; readonly rows: number };
  readonly seed: number;
  /** Figures measured when it was trained, by protocol. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

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
