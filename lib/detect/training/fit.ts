import { InputError } from "../../common/errors";
import { selectRows, type Table } from "../../data/table";
import { ofEachDetector, type TrainedDetectorName, trainedDetectors } from "../../models/detectors";
import { type FittedModel, fitModel } from "../../models/fit-model";
import type { TrainingOptions } from "../../models/training-options";
import { coldConnections } from "../../traffic/windows/warm-windows";
import { unseenRows } from "../drift";
import type { TrafficModel } from "../model/traffic-model";
import { settleFeatures, usualFeatures } from "../settle-features";
import { fitViews } from "../views/view-model";
import { trafficDefaults } from "./defaults";
import { splitByTime } from "./held-out";
import { learnableRows, type TrainingData } from "./training-data";

/** A traffic model with the rows that made it: all of its detectors were fitted on the same. */
export interface FittedTraffic extends TrafficModel {
  readonly detectors: Readonly<Record<TrainedDetectorName, FittedModel>>;
  /** The features of all connections as they are judged: see `settleFeatures`. */
  readonly judged: Table;
}

/** Fewer connections teach nothing. */
const leastRows = 100;

/**
 * Fits a model of each detector on the earlier connections and takes their thresholds from the later ones, see
 * {@link splitByTime}, so that the budget holds for traffic to come rather than for more of the same minutes. The detectors share
 * the false-alarm rate equally, so that together they stay within it however much they agree (Bonferroni's bound).
 *
 * They are fitted on features as the windows give them, so that they know the values that shares of few connections have, and
 * judge settled ones.
 *
 * @throws {InputError} if there are too few connections to learn from, or an option is out of range
 */
export async function fitTraffic(
  name: string,
  data: TrainingData,
  options: TrainingOptions & { readonly onNotice?: (sentence: string) => void } = {},
): Promise<FittedTraffic> {
  const { table, logs, form, windows, local, remembered, starts } = data;
  const { settings, preprocessing, falseAlarmRate = trafficDefaults.falseAlarmRate, ...work } = options;
  const { seed, workers, onProgress, signal } = work;
  const rows = learnableRows(data);
  if (rows.length < leastRows)
    throw new InputError(
      `there are ${rows.length} usual connections to learn from; ${leastRows} are needed: add logs of more time${data.labels ? ", or learn from all connections (--ignore-labels)" : ""}`,
    );
  const [fitRows, heldOut] = splitByTime(rows, starts);
  const usual = usualFeatures(table, fitRows);
  const coldRows = Math.min(coldConnections, heldOut[0]);
  const fittedTable = settleFeatures(table, usual, { from: heldOut[0] });
  const detectors = await ofEachDetector((kind, name) =>
    fitModel(fittedTable, kind, {
      rows,
      holdOut: heldOut,
      falseAlarmRate: falseAlarmRate / trainedDetectors.length,
      preprocessing,
      settings: settings?.[name],
      ...{ seed, workers, onProgress, signal },
    }),
  );
  const [{ heldOutRows, preprocessor }] = Object.values(detectors);
  const views = await fitViews(data.views, { ...options, falseAlarmRate }, options.onNotice);
  return {
    name,
    ...{ detectors, views },
    logs,
    logForm: form.name,
    windows,
    ...(local && { local }),
    ...{ remembered, usual },
    judged: settleFeatures(table, usual, { coldRows }),
    unseenShare: unseenRows(preprocessor, selectRows(table, heldOutRows)) / heldOutRows.length,
  };
}
