import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError, requireNumber } from "../common/errors";
import { sharedFolder } from "../common/own-files";
import { projectPath } from "../common/project";
import { inTransaction } from "../common/transaction";
import { unwritable } from "../common/unwritable";
import { valuesAt } from "../common/values-at";
import { libraryVersion } from "../common/version";
import { allRows, type Rows } from "../data/table";
import { backendOf, ofEachDetector, prepareDetectors } from "../models/detectors";
import type { TrainingRecord } from "../models/model";
import type { Backend } from "../models/tensorflow";
import type { TrafficWindowOptions } from "../traffic/windows/windows";
import { writeFigures } from "../visualize/write-figures";
import {
  type Diagnostics,
  diagnose,
  diagnosticFigures,
  type ScoresByDetector,
  scoreTraining,
} from "./diagnostics";
import { type FittedTraffic, fitTraffic, type TrafficFitOptions } from "./fit";
import { truthOf } from "./labels";
import type { ReadingCounts } from "./ordered-connections";
import { scoreProfile } from "./score-profile";
import {
  type TrafficModel,
  type TrafficTraining,
  trafficModelFolder,
  writeTrafficModel,
} from "./traffic-model";
import { readTrainingData, type TrainingData, type TrainingDataOptions } from "./training-data";

export interface TrainOptions extends TrafficFitOptions, TrainingDataOptions {
  /** The model's folder, such as `models/office`. */
  readonly out: string;
  /** Diagnostics go to a folder in it, named as the model. Default `outputs` in the project. */
  readonly outputsFolder?: string;
  readonly windows?: TrafficWindowOptions;
}

/** `outputs/NAME/diagnostics.json`, which is also what training gives back. */
export interface TrainResult extends Diagnostics {
  readonly schemaVersion: 1;
  readonly libraryVersion: string;
  readonly model: string;
  readonly backend: Backend;
  readonly seed: number;
  readonly falseAlarmRate: number;
  readonly logs: TrainingData["logs"];
  readonly reading: ReadingCounts;
  readonly fitted: number;
  readonly heldOut: number;
  readonly labels?: Readonly<Record<string, number>>;
}

/**
 * Learns what is usual from logs of connections: reads them in order of time, fits both detectors on the earlier 80 %,
 * takes thresholds from the later 20 %, and writes a traffic model's folder and diagnostics. Where logs have labels,
 * only connections labelled benign or normal are learned from (see `truthOf`), and the others are judged.
 *
 * The table of features is held in memory: a few million connections.
 *
 * @throws {InputError} on anything wrong with a log, an option or a folder; the signal's reason if it is aborted
 */
export async function trainOnTraffic(paths: readonly string[], options: TrainOptions): Promise<TrainResult> {
  const { out, outputsFolder = projectPath("outputs"), falseAlarmRate = 0.01, signal, onNotice } = options;
  requireNumber("falseAlarmRate", falseAlarmRate, { min: 0, max: 1, minExcluded: true, maxExcluded: true });
  const name = basename(resolve(out));
  if (resolve(out) === resolve(outputsFolder, name))
    throw new InputError(`${out} is where the diagnostics go: choose another folder for the model`);
  await prepareDetectors(options.settings);
  const { timeWindow = 511, hostWindow = 255, timeBase = "start" } = options.windows ?? {};
  const windows = { timeWindow, hostWindow, timeBase };
  let fitted: FittedTraffic | undefined;
  return inTransaction({ read: paths, onNotice }, async (transaction) => {
    const modelFolder = await transaction.stageFolder(out, trafficModelFolder);
    const outputs = await transaction.stageFolder(join(outputsFolder, name), diagnosticsFolder);
    const data = await readTrainingData(paths, windows, options);
    const { rows, labels } = learnable(data);
    fitted = await fitTraffic(data.table, rows, options);
    const scores = await scoreTraining(data, fitted, options);
    const diagnostics = await diagnose(data, fitted, scores, falseAlarmRate, options);
    const figures = diagnosticFigures(data, fitted, scores, diagnostics, falseAlarmRate);
    const { seed = 1 } = options;
    const training: TrafficTraining = {
      logs: data.logs,
      connections: data.table.rows,
      fitted: fitted.fitRows.length,
      heldOut: fitted.heldOutRows.length,
      ...(labels && { labels }),
      windows,
      falseAlarmRate,
      seed,
      usual: Object.fromEntries(fitted.typicalValues),
      profiles: await profilesOf(scores, fitted.heldOutRows),
      unseenShare: fitted.unseenShare,
    };
    const result: TrainResult = {
      schemaVersion: 1,
      libraryVersion,
      model: name,
      backend: backendOf(fitted.models),
      seed,
      falseAlarmRate,
      logs: data.logs,
      reading: data.counts,
      fitted: training.fitted,
      heldOut: training.heldOut,
      ...(labels && { labels }),
      ...diagnostics,
    };
    await writeTrafficModel(modelFolder, await trafficModel(name, fitted, training, diagnostics));
    await writeFigures(figures, outputs, options);
    await writeFile(join(outputs, "diagnostics.json"), `${JSON.stringify(result, null, 2)}\n`).catch(
      (error) => {
        throw unwritable(outputs, error);
      },
    );
    signal?.throwIfAborted();
    return result;
  }).finally(() => {
    for (const { detector } of Object.values(fitted?.models ?? {})) detector.dispose?.();
  });
}

/** How the scores of the held-out connections are distributed. */
function profilesOf(scores: ScoresByDetector, heldOutRows: Rows): Promise<TrafficTraining["profiles"]> {
  return ofEachDetector((_, name) => scoreProfile(valuesAt(scores[name], heldOutRows)));
}

const diagnosticsFolder = sharedFolder("diagnostics", (path) =>
  /^(diagnostics\.json|plotly\.js|((scores|training-loss)-[a-z-]+|flagged-over-time|unusual-hosts)\.(html|png))$/.test(
    path,
  ),
);

/** The rows to learn from, and how many connections each label has. */
function learnable({ table, labels }: TrainingData): {
  rows: Rows;
  labels?: Record<string, number>;
} {
  if (!labels) return { rows: allRows(table) };
  const isNormal = labels.categories.map((label) => truthOf(label) === "normal");
  const counts = new Float64Array(labels.categories.length);
  for (const code of labels.codes) counts[code]++;
  if (!isNormal.includes(true))
    throw new InputError(
      `the logs are labelled, but no connection is labelled benign or normal, only ${labels.categories.filter(Boolean).slice(0, 5).join(", ")}`,
    );
  return {
    rows: allRows(table).filter((row) => isNormal[labels.codes[row]]),
    labels: Object.fromEntries(labels.categories.map((label, code) => [label || "(none)", counts[code]])),
  };
}

/** The models, each with where it comes from. */
async function trafficModel(
  name: string,
  { models }: FittedTraffic,
  training: TrafficTraining,
  { metrics }: Diagnostics,
): Promise<TrafficModel> {
  const { seed } = training;
  const dataset = datasetOf(training);
  return {
    name,
    detectors: await ofEachDetector((_, kind) => {
      const { rocAuc, averagePrecision } = metrics?.[kind] ?? {};
      const figures = metrics ? { heldOut: { rocAuc, averagePrecision } } : {};
      return { ...models[kind], training: { seed, dataset, metrics: figures } };
    }),
    training,
  };
}

/** The logs as one data set. */
function datasetOf({ logs, connections: rows }: TrafficTraining): NonNullable<TrainingRecord["dataset"]> {
  if (logs.length === 1) return { ...logs[0], rows };
  const sums = logs.map(({ sha256 }) => sha256).join("\n");
  return { name: `${logs.length} logs`, sha256: createHash("sha256").update(sums).digest("hex"), rows };
}
