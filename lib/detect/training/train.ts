import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { InputError, requireNumber, requireOptions } from "../../common/errors";
import { sharedFolder } from "../../common/own-files";
import { projectPath } from "../../common/project";
import { inTransaction } from "../../common/transaction";
import { writeJson, writeWhole } from "../../common/unwritable";
import { libraryVersion } from "../../common/version";
import { countLabels } from "../../data/label-groups";
import type { NominalColumn } from "../../data/table";
import { backendOf, ofEachDetector, prepareDetectors } from "../../models/detectors";
import type { TrainingRecord } from "../../models/model";
import { type TrainingOptions, trainingOptions } from "../../models/training-options";
import { reportPage, reportPlotlyFile } from "../../visualize/report/report-page";
import { writePictures } from "../../visualize/write-pictures";
import { fewRowsNotices, promisedRateOf } from "../model/traffic-model";
import { trafficModelFolder, writeTrafficModel } from "../model/traffic-model-folder";
import { gapsNotice, readingOptions } from "../ordered-connections";
import { trafficDefaults } from "./defaults";
import { type Diagnostics, diagnose } from "./diagnostics";
import { type FittedTraffic, fitTraffic } from "./fit";
import { trainingReport } from "./train-report";
import type { TrainResult } from "./train-result";
import {
  learnableRows,
  readTrainingData,
  type TrainingData,
  type TrainingDataOptions,
} from "./training-data";
import { trainingDoubts } from "./training-doubts";

/** The detectors share the false-alarm rate; where its default and others are not the study's, `trafficDefaults` says why. */
export interface TrainOptions extends TrainingOptions, TrainingDataOptions {
  /** The model's folder, such as `models/office`. */
  readonly out: string;
  /** Diagnostics go to a folder in it, named as the model. Default `outputs` in the project. */
  readonly outputsFolder?: string;
  /** What the user typed, for the report. */
  readonly command?: readonly string[];
}

/**
 * Learns what is usual from logs of connections: reads them in order of time, fits both detectors on the earlier ones, takes
 * thresholds from the later ones (see `splitByTime`), and writes a traffic model's folder and diagnostics. Where logs have labels,
 * only connections labelled benign or normal are learned from (see `truthOf`), and the others are judged.
 *
 * The table of features is held in memory: a few million connections.
 *
 * @throws {InputError} on anything wrong with a log, an option or a folder; the signal's reason if it is aborted
 */
export async function trainOnTraffic(paths: readonly string[], given: TrainOptions): Promise<TrainResult> {
  requireOptions(given, {
    ...{ out: true, outputsFolder: true, command: true },
    ...{ maxConnections: true, windows: true, local: true, ignoreLabels: true },
    ...trainingOptions,
    ...readingOptions,
  });
  const { falseAlarmRate = trafficDefaults.falseAlarmRate, seed = trafficDefaults.seed } = given;
  const options = { ...given, falseAlarmRate, seed };
  const { out, outputsFolder = projectPath("outputs"), onNotice } = options;
  requireNumber("falseAlarmRate", falseAlarmRate, { min: 0, max: 1, minExcluded: true, maxExcluded: true });
  const name = basename(resolve(out));
  if (resolve(out) === resolve(outputsFolder, name))
    throw new InputError(`${out} is where the diagnostics go: choose another folder for the model`);
  await prepareDetectors(options.settings, options.preprocessing);
  reportPlotlyFile(); // if it is missing, that is said now
  return inTransaction({ read: paths, onNotice }, async (transaction) => {
    const modelFolder = await transaction.stageFolder(out, trafficModelFolder);
    const outputs = await transaction.stageFolder(join(outputsFolder, name), diagnosticsFolder);
    const data = await readTrainingData(paths, options);
    for (const doubt of trainingDoubts(data, learnableRows(data))) onNotice?.(doubt);
    const fitted = await fitTraffic(name, data, options);
    try {
      const { diagnostics, figures } = await diagnose({ ...data, table: fitted.judged }, fitted, options);
      await writeTrafficModel(modelFolder, await withRecords(fitted, data, seed, diagnostics));
      await writePictures(figures, outputs, options);
      const result = trainResult(data, fitted, options, diagnostics);
      await writeJson(join(outputs, "diagnostics.json"), result);
      const report = trainingReport(fitted, result, figures, given.command ?? []);
      await writeWhole(join(outputs, "report.html"), await reportPage(report));
      options.signal?.throwIfAborted();
      for (const sentence of [...fewRowsNotices(fitted), gapsNotice(data.counts) ?? []].flat())
        onNotice?.(sentence);
      return result;
    } finally {
      for (const { detectors } of [fitted, ...Object.values(fitted.views)])
        for (const { detector } of Object.values(detectors)) detector.dispose?.();
    }
  });
}

const diagnosticsFolder = sharedFolder("diagnostics", (path) =>
  /^(diagnostics\.json|report\.html|((scores|training-loss)-[a-z-]+|flagged-over-time|unusual-hosts)\.png)$/.test(
    path,
  ),
);

function trainResult(
  { logs, counts, labels }: TrainingData,
  fitted: FittedTraffic,
  { seed, falseAlarmRate }: Required<Pick<TrainOptions, "seed" | "falseAlarmRate">>,
  diagnostics: Diagnostics,
): TrainResult {
  const { name, detectors } = fitted;
  const [{ fitRows, heldOutRows }] = Object.values(detectors);
  return {
    schemaVersion: 1,
    libraryVersion,
    model: name,
    backend: backendOf(detectors),
    ...{ seed, falseAlarmRate, promisedRate: promisedRateOf(fitted), logs, reading: counts },
    fitted: fitRows.length,
    heldOut: heldOutRows.length,
    ...(labels && { labels: countLabels(withNames(labels)) }),
    ...diagnostics,
  };
}

/** Labels with a name for those of connections that have none. */
function withNames(labels: NominalColumn): NominalColumn {
  return { ...labels, categories: labels.categories.map((label) => label || "(none)") };
}

/** The traffic model with a record in each of its models of where it comes from. */
async function withRecords(
  fitted: FittedTraffic,
  { logs, table: { rows } }: TrainingData,
  seed: number,
  { metrics }: Diagnostics,
): Promise<FittedTraffic> {
  const sums = createHash("sha256").update(logs.map(({ sha256 }) => sha256).join("\n"));
  const all = { name: `${logs.length} logs`, sha256: sums.digest("hex"), rows };
  const dataset = logs.length === 1 ? { ...logs[0], rows } : all;
  const record = (name: string): TrainingRecord => {
    if (!metrics) return { seed, dataset, metrics: {} };
    const { rocAuc, averagePrecision, falseAlarmRate } = metrics[name];
    return { seed, dataset, metrics: { heldOut: { rocAuc, averagePrecision, falseAlarmRate } } };
  };
  const detectors = await ofEachDetector((_, name) => ({
    ...fitted.detectors[name],
    training: record(name),
  }));
  return { ...fitted, detectors };
}
