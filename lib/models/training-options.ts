import type { OptionNames } from "../common/errors";
import type { PreprocessOptions } from "../preprocess/preprocessor";
import { autoencoderDefaults } from "./autoencoder/settings";
import { type FitOptions, fitOptions } from "./detector";
import type { DetectorSettings } from "./detectors";
import { forestDefaults } from "./isolation-forest/settings";

/** How detectors are trained, for the study and own traffic alike. */
export interface TrainingOptions extends FitOptions {
  /**
   * Share of normal rows that may be flagged, in expectation: see `chooseThreshold`. In (0, 1). Default 0.05, on own traffic
   * 0.01.
   */
  readonly falseAlarmRate?: number;
  /** Of all detectors, baselines included. Default: what suits each. */
  readonly preprocessing?: PreprocessOptions;
  /** Of each detector, by its name. */
  readonly settings?: DetectorSettings;
}

export const trainingOptions: OptionNames<TrainingOptions> = {
  ...{ falseAlarmRate: true, preprocessing: true, settings: true },
  ...fitOptions,
};

/** Those of training among the options of a whole run. */
export function trainingOptionsOf(options: TrainingOptions): TrainingOptions {
  const { falseAlarmRate, preprocessing, settings, seed, workers, onProgress, signal } = options;
  return { falseAlarmRate, preprocessing, settings, seed, workers, onProgress, signal };
}

/**
 * Other choices than the defaults, by name: options of whatever trains.
 *
 * @example
 * const study = await noveltyProtocol(train, test, { ...presets.published, seed: 1 });
 */
export const presets = {
  /** The forest as its paper and scikit-learn have it: 256 rows a tree, amounts as they are. */
  published: {
    preprocessing: { logarithm: [] },
    settings: { "isolation-forest": { trees: 100, sampleSize: 256 } },
  },
  /** Numbers as their ranks among the training values: best on KDD'99, no better on simulated traffic. */
  quantile: { preprocessing: { scaling: "quantile" }, settings: {} },
} as const satisfies Readonly<Record<string, Pick<TrainingOptions, "preprocessing" | "settings">>>;

/** What training does unless told otherwise; chosen on KDD'99's training file and simulated traffic. */
export const trainingDefaults = {
  seed: 1,
  falseAlarmRate: 0.05,
  /** Rows of a file, or connections of logs: more are refused before they take all memory. */
  maxRows: 10_000_000,
  settings: { "isolation-forest": forestDefaults, autoencoder: autoencoderDefaults },
} as const;
