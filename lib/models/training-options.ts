import { autoencoderDefaults } from "./autoencoder/settings";
import type { FitOptions } from "./detector";
import type { DetectorSettings } from "./detectors";
import { forestDefaults } from "./isolation-forest/isolation-forest";

/** How detectors are trained, for the study and own traffic alike. */
export interface TrainingOptions extends FitOptions {
  /**
   * Share of normal rows that may be flagged, in expectation: see `chooseThreshold`. In (0, 1). Default 0.05, on own traffic
   * 0.01.
   */
  readonly falseAlarmRate?: number;
  /** Of each detector, by its name. */
  readonly settings?: DetectorSettings;
}

/** What training does unless told otherwise; chosen on KDD'99's training file. */
export const trainingDefaults = {
  seed: 1,
  falseAlarmRate: 0.05,
  /** Rows of a file, or connections of logs: more are refused before they take all memory. */
  maxRows: 10_000_000,
  settings: { "isolation-forest": forestDefaults, autoencoder: autoencoderDefaults },
} as const;
