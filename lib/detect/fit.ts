import { InputError, requireNumber } from "../common/errors";
import { type Rows, selectRows, type Table } from "../data/table";
import { type Autoencoder, fitAutoencoder } from "../models/autoencoder/autoencoder";
import type { AutoencoderOptions } from "../models/autoencoder/settings";
import type { ScoreOptions } from "../models/detector";
import {
  fitIsolationForest,
  type IsolationForest,
  type IsolationForestOptions,
} from "../models/isolation-forest/isolation-forest";
import { scoreTable } from "../models/model";
import { chooseThreshold, type Threshold } from "../models/threshold";
import { type Usual, usual } from "../models/usual";
import {
  fitPreprocessor,
  lazyTransform,
  type PreprocessOptions,
  type Preprocessor,
  transformInTurns,
} from "../preprocess/preprocessor";
import { unseenRows } from "./drift";
import { type ScoreProfile, scoreProfile } from "./score-profile";
import { detectorKinds } from "./traffic-model";

/** Preprocessing of a user's own traffic: see test/bench/own-traffic.ts, which prints how it was chosen. */
export const trafficPreprocessing = {
  "isolation-forest": { encoding: "one-hot", logarithm: ["amount"], scaling: "none" },
  autoencoder: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
} as const satisfies Record<string, PreprocessOptions>;

export interface TrafficFitOptions extends ScoreOptions {
  /** Fixes the trees and the network. An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
  /**
   * Share of usual connections that may be flagged, by all detectors together. In (0, 1). Default 0.01. The detectors
   * share it equally, so that together they stay within it however much they agree (Bonferroni's bound).
   */
  readonly falseAlarmRate?: number;
  /** `sampleSize` is 1024 by default: usual traffic has many kinds, and 256 rows show few of the rare ones. */
  readonly isolationForest?: Omit<IsolationForestOptions, "seed">;
  readonly autoencoder?: Omit<AutoencoderOptions, "seed">;
}

/** A detector with what goes with it. */
export interface FittedDetector<D> {
  readonly detector: D;
  readonly preprocessor: Preprocessor;
  readonly threshold: Threshold;
  readonly profile: ScoreProfile;
}

/** The detectors, and what is usual. */
export interface FittedTraffic {
  /** The earlier 80 % of the rows, which the detectors were fitted on, and the later 20 %, which gave the thresholds. */
  readonly fitRows: Rows;
  readonly heldOutRows: Rows;
  readonly "isolation-forest": FittedDetector<IsolationForest>;
  readonly autoencoder: FittedDetector<Autoencoder>;
  readonly usual: ReadonlyMap<string, Usual>;
  /** Share of the held-out rows with a category that the others do not have. */
  readonly unseenShare: number;
}

/** Fewer connections teach nothing. */
const leastRows = 100;

/**
 * Fits both detectors on the earlier 80 % of the rows and takes their thresholds from the later 20 %: a split by time, so
 * that the budget holds for traffic to come rather than for more of the same minutes.
 *
 * @param rows of usual connections, in order of time
 * @throws {InputError} if there are too few rows or an option is out of range
 */
export async function fitDetectors(
  table: Table,
  rows: Rows,
  options: TrafficFitOptions = {},
): Promise<FittedTraffic> {
  const { seed = 1, falseAlarmRate = 0.01, onProgress, signal, workers } = options;
  requireNumber("falseAlarmRate", falseAlarmRate, { min: 0, max: 1, minExcluded: true, maxExcluded: true });
  if (rows.length < leastRows)
    throw new InputError(`there are ${rows.length} usual connections to learn from; ${leastRows} are needed`);
  const size = Math.round(0.8 * rows.length);
  const [fitRows, heldOutRows] = [rows.slice(0, size), rows.slice(size)];
  const complete = async <D extends IsolationForest | Autoencoder>(
    preprocessor: Preprocessor,
    detector: D,
  ): Promise<FittedDetector<D>> => {
    const scores = await scoreTable({ detector, preprocessor }, table, heldOutRows, {
      onProgress,
      signal,
      workers,
    });
    const threshold = chooseThreshold(scores, falseAlarmRate / detectorKinds.length);
    return { detector, preprocessor, threshold, profile: scoreProfile(scores) };
  };

  const forForest = fitPreprocessor(table, trafficPreprocessing["isolation-forest"], fitRows);
  const forest = await fitIsolationForest(lazyTransform(forForest, table, fitRows), {
    sampleSize: 1024,
    ...options.isolationForest,
    onProgress,
    signal,
    seed,
  });
  const forNetwork = fitPreprocessor(table, trafficPreprocessing.autoencoder, fitRows);
  const network = await fitAutoencoder(await transformInTurns(forNetwork, table, fitRows, signal), {
    ...options.autoencoder,
    workers,
    onProgress,
    signal,
    seed,
  });
  return {
    fitRows,
    heldOutRows,
    "isolation-forest": await complete(forForest, forest),
    autoencoder: await complete(forNetwork, network),
    usual: usual(table, fitRows),
    unseenShare: unseenRows(forNetwork, selectRows(table, heldOutRows)) / heldOutRows.length,
  };
}
