import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError, requireNumber } from "../common/errors";
import { sharedFolder } from "../common/own-files";
import { projectPath } from "../common/project";
import { inTransaction } from "../common/transaction";
import { unwritable } from "../common/unwritable";
import { libraryVersion } from "../common/version";
import { allRows, type Rows } from "../data/table";
import type { Backend } from "../models/tensorflow";
import type { TrafficWindowOptions } from "../traffic/windows/windows";
import { writeFigures } from "../visualize/write-figures";
import { type Diagnostics, diagnose } from "./diagnostics";
import { type FittedTraffic, fitDetectors, type TrafficFitOptions } from "./fit";
import { truthOf } from "./labels";
import type { ReadingCounts } from "./ordered-connections";
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
  const {
    out,
    outputsFolder = projectPath("outputs"),
    seed = 1,
    falseAlarmRate = 0.01,
    signal,
    onNotice,
  } = options;
  requireNumber("falseAlarmRate", falseAlarmRate, { min: 0, max: 1, minExcluded: true, maxExcluded: true });
  const name = basename(resolve(out));
  if (resolve(out) === resolve(outputsFolder, name))
    throw new InputError(`${out} is where the diagnostics go: choose another folder for the model`);
  const { timeWindow = 511, hostWindow = 255, timeBase = "start" } = options.windows ?? {};
  const windows = { timeWindow, hostWindow, timeBase };
  let network: { dispose(): void } | undefined;
  return inTransaction({ read: paths, onNotice }, async (transaction) => {
    const modelFolder = await transaction.stageFolder(out, trafficModelFolder);
    const outputs = await transaction.stageFolder(join(outputsFolder, name), diagnosticsFolder);
    const data = await readTrainingData(paths, windows, options);
    const { rows, labels } = learnable(data);
    const fitted = await fitDetectors(data.table, rows, options);
    network = fitted.autoencoder.detector;
    const { diagnostics, figures } = await diagnose(data, fitted, falseAlarmRate, options);
    const result: TrainResult = {
      schemaVersion: 1,
      libraryVersion,
      model: name,
      backend: fitted.autoencoder.detector.backend,
      seed,
      falseAlarmRate,
      logs: data.logs,
      reading: data.counts,
      fitted: fitted.fitRows.length,
      heldOut: fitted.heldOutRows.length,
      ...(labels && { labels }),
      ...diagnostics,
    };
    const training: TrafficTraining = {
      logs: data.logs,
      connections: data.table.rows,
      fitted: fitted.fitRows.length,
      heldOut: fitted.heldOutRows.length,
      ...(labels && { labels }),
      windows,
      falseAlarmRate,
      seed,
      usual: Object.fromEntries(fitted.usual),
      profiles: {
        "isolation-forest": fitted["isolation-forest"].profile,
        autoencoder: fitted.autoencoder.profile,
      },
      unseenShare: fitted.unseenShare,
    };
    await writeTrafficModel(modelFolder, trafficModel(name, fitted, training, diagnostics));
    await writeFigures(figures, outputs, options);
    await writeFile(join(outputs, "diagnostics.json"), `${JSON.stringify(result, null, 2)}\n`).catch(
      (error) => {
        throw unwritable(outputs, error);
      },
    );
    signal?.throwIfAborted();
    return result;
  }).finally(() => network?.dispose());
}

const diagnosticsFolder = sharedFolder("diagnostics", (path) =>
  /^(diagnostics\.json|plotly\.js|(isolation-score|reconstruction-error|flagged-over-time|unusual-hosts|training-loss)\.(html|png))$/.test(
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

function trafficModel(
  name: string,
  fitted: FittedTraffic,
  training: TrafficTraining,
  { metrics }: Diagnostics,
): TrafficModel {
  const { logs, seed, connections } = training;
  const [only] = logs;
  const dataset =
    logs.length === 1
      ? { ...only, rows: connections }
      : {
          name: `${logs.length} logs`,
          sha256: createHash("sha256")
            .update(logs.map(({ sha256 }) => sha256).join("\n"))
            .digest("hex"),
          rows: connections,
        };
  const model = (kind: "isolation-forest" | "autoencoder") => {
    const { detector, preprocessor, threshold } = fitted[kind];
    const { rocAuc, averagePrecision } = metrics?.[kind] ?? {};
    const figures = metrics ? { heldOut: { rocAuc, averagePrecision } } : {};
    return { detector, preprocessor, threshold, training: { dataset, seed, metrics: figures } };
  };
  return {
    name,
    detectors: { "isolation-forest": model("isolation-forest"), autoencoder: model("autoencoder") },
    training,
  };
}
