import { InputError, requireNumber } from "../common/errors";
import { type Rows, selectRows, type Table } from "../data/table";
import type { FitOptions } from "../models/detector";
import {
  type DetectorSettings,
  ofEachDetector,
  type TrainedDetectorName,
  trainedDetectors,
} from "../models/detectors";
import { type FittedModel, fitModel } from "../models/fit-model";
import { type TypicalValue, typicalValues } from "../models/typical-values";
import type { PreprocessOptions } from "../preprocess/preprocessor";
import { unseenRows } from "./drift";

/**
 * Where detectors of a user's own traffic differ from their defaults, which were chosen on KDD'99: usual traffic has many
 * kinds, of which 256 rows show few of the rare ones. `npm run reproduce` prints how both were chosen.
 */
export const trafficDefaults: Readonly<
  Partial<
    Record<
      TrainedDetectorName,
      { readonly preprocessing: Required<PreprocessOptions>; readonly settings: object }
    >
  >
> = {
  "isolation-forest": {
    preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "none" },
    settings: { sampleSize: 1024 },
  },
};

export interface TrafficFitOptions extends FitOptions {
  /**
   * Share of usual connections that may be flagged, by all detectors together. In (0, 1). Default 0.01. The detectors
   * share it equally, so that together they stay within it however much they agree (Bonferroni's bound).
   */
  readonly falseAlarmRate?: number;
  /** Of each detector, by its name. The forest's `sampleSize` is 1024 by default. */
  readonly settings?: DetectorSettings;
}

/** The models of a traffic model, and what is usual of each feature. */
export interface FittedTraffic {
  /** The earlier 80 % of the rows, which the detectors were fitted on, and the later 20 %, which gave the thresholds. */
  readonly fitRows: Rows;
  readonly heldOutRows: Rows;
  readonly models: Readonly<Record<TrainedDetectorName, FittedModel>>;
  readonly typicalValues: ReadonlyMap<string, TypicalValue>;
  /** Share of the held-out rows with a category that the others do not have. */
  readonly unseenShare: number;
}

/** Fewer connections teach nothing. */
const leastRows = 100;

/**
 * Fits a model of each detector on the earlier 80 % of the rows and takes their thresholds from the later 20 %: a split by
 * time, so that the budget holds for traffic to come rather than for more of the same minutes.
 *
 * @param rows of usual connections, in order of time
 * @throws {InputError} if there are too few rows or an option is out of range
 */
export async function fitTraffic(
  table: Table,
  rows: Rows,
  { settings, falseAlarmRate = 0.01, seed, workers, onProgress, signal }: TrafficFitOptions = {},
): Promise<FittedTraffic> {
  requireNumber("falseAlarmRate", falseAlarmRate, { min: 0, max: 1, minExcluded: true, maxExcluded: true });
  if (rows.length < leastRows)
    throw new InputError(`there are ${rows.length} usual connections to learn from; ${leastRows} are needed`);
  const models = await ofEachDetector((kind, name) => {
    const own = trafficDefaults[name];
    return fitModel(table, kind, {
      rows,
      holdOut: "last",
      falseAlarmRate: falseAlarmRate / trainedDetectors.length,
      preprocessing: own?.preprocessing,
      settings: { ...own?.settings, ...settings?.[name] },
      seed,
      workers,
      onProgress,
      signal,
    });
  });
  const [{ fitRows, heldOutRows, preprocessor }] = Object.values(models);
  return {
    fitRows,
    heldOutRows,
    models,
    typicalValues: typicalValues(table, fitRows),
    unseenShare: unseenRows(preprocessor, selectRows(table, heldOutRows)) / heldOutRows.length,
  };
}
