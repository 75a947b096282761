import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { InputError, requireNumber, requireOptions } from "../common/errors";
import { sharedFolder } from "../common/own-files";
import type { ProgressUpdate } from "../common/progress";
import { projectPath, shortPath } from "../common/project";
import { inTransaction } from "../common/transaction";
import { writeJson, writeWhole } from "../common/unwritable";
import { libraryVersion } from "../common/version";
import { columnChoices } from "../data/columns/plan-columns";
import { inputName } from "../data/content";
import { duckdb } from "../data/duckdb";
import { datasetOf } from "../data/source";
import type { Table } from "../data/table";
import type { Metrics } from "../evaluation/metrics";
import { oneClassForest } from "../evaluation/one-class";
import { oneClassProtocols } from "../evaluation/one-class-protocols";
import {
  disposeDetectors,
  literatureProtocol,
  type MetricsByDetector,
  mixedProtocol,
  type NoveltyStudy,
  noveltyProtocol,
  type ProtocolOptions,
} from "../evaluation/protocols";
import { spread } from "../evaluation/spread";
import {
  backendOf,
  ofEach,
  prepareDetectors,
  type StudyDetectorName,
  studyDetectors,
  trainedDetectors,
} from "../models/detectors";
import { isolationForest } from "../models/isolation-forest/detector";
import type { Model } from "../models/model";
import { modelFolderKind, writeModel } from "../models/model-folder";
import { fewRowsNotice } from "../models/threshold";
import { trainingDefaults, trainingOptions, trainingOptionsOf } from "../models/training-options";
import { preprocessingNotices } from "../preprocess/notices";
import { reportPage, reportPlotlyFile } from "../visualize/report/report-page";
import { writePictures } from "../visualize/write-pictures";
import { type ColumnChoices, readStudyData, type StudyData, type StudyDataOptions, testName } from "./data";
import { studyFigures } from "./figures";
import { writePredictions } from "./predictions";
import { type StudyFindings, studyReport } from "./report";
import type { ProtocolMetrics, RunMetrics, RunRecord, RunResult } from "./results";
import { unlabelledFindings } from "./unlabelled";

export interface RunOptions
  extends ProtocolOptions,
    ColumnChoices,
    Pick<StudyDataOptions, "data" | "test" | "dataFolder" | "maxRows" | "onNotice"> {
  /** Default `models` in the project. */
  readonly modelsFolder?: string;
  /** Default `outputs` in the project. */
  readonly outputsFolder?: string;
  /** Studies with seeds seed, seed + 1, …; models and predictions are the first's. An integer ≥ 1. Default 1. */
  readonly repeats?: number;
  /** Write `predictions.csv` too. Default false. */
  readonly csv?: boolean;
  /** Leave bad rows out, and write them to `rejected.csv`. Default false: refuse the file. */
  readonly skipBadRows?: boolean;
  /** What the user typed, for `run.json`. */
  readonly command?: readonly string[];
}

/**
 * The whole study: reads the data, fits all models, evaluates them by all protocols and writes models,
 * predictions, metrics and pictures. Until all of it is done, earlier results stay as they were.
 *
 * @throws {InputError} on anything wrong with the data, an option or a folder; the signal's reason if it is aborted
 */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  requireOptions(options, {
    ...{ data: true, test: true, dataFolder: true, maxRows: true, modelsFolder: true, outputsFolder: true },
    ...{ repeats: true, csv: true, skipBadRows: true, command: true, onNotice: true },
    ...columnChoices,
    ...trainingOptions,
  });
  const { modelsFolder = projectPath("models"), outputsFolder = projectPath("outputs") } = options;
  const seeds = seedsOf(options);
  await prepareDetectors(options.settings, options.preprocessing);
  // What writes the results at the end: if it is missing, that is said now.
  duckdb();
  reportPlotlyFile();
  const started = new Date();
  const clock = new StageClock();
  const read = [options.data, options.test].filter((path) => path !== undefined);
  const inMemory = new Set<NoveltyStudy>();
  return inTransaction({ read, onNotice: options.onNotice }, async (transaction) => {
    const outputs = await transaction.stageFolder(outputsFolder, studyFolder);
    const models = await ofEach(studyDetectors, (kind) =>
      transaction.stageFolder(join(modelsFolder, kind.kind), modelFolderKind(kind)),
    );
    const data = await clock.time("load", () => loadData(options, outputs));
    if (!data.train.labels && seeds.length > 1)
      throw new InputError(
        `repeats needs figures to take the mean of, and ${inputName(data.trainSource.path)} has no labels`,
      );
    const { first, studies } = await runStudies(data, seeds, options, clock, inMemory);
    const notices = dataNotices(first, data);
    for (const sentence of notices) options.onNotice?.(sentence);
    const metrics = await runMetrics(first, studies, data, seeds, clock);
    const found = { study: first, data, metrics, notices };
    const results = await writeResults(found, { outputs, models }, started, clock, options);
    const paths = [
      ...Object.keys(models).map((name) => join(modelsFolder, name)),
      ...results.map((name) => join(outputsFolder, name)),
    ];
    return { metrics, paths: paths.map(shortPath) };
  }).finally(() => inMemory.forEach(disposeModels));
}

function seedsOf({ seed = trainingDefaults.seed, repeats = 1 }: RunOptions): number[] {
  requireNumber("repeats", repeats, { min: 1, integer: true });
  requireNumber("seed", seed, { min: 0, max: 0xffffffff - repeats + 1, integer: true });
  return Array.from({ length: repeats }, (_, i) => seed + i);
}

/** @param study that of the first seed */
async function runMetrics(
  study: NoveltyStudy,
  studies: readonly ProtocolMetrics[],
  data: StudyData,
  seeds: readonly number[],
  clock: StageClock,
): Promise<RunMetrics> {
  return {
    schemaVersion: 1,
    seed: seeds[0],
    backend: backendOf(study.models),
    dataset: datasetOf(data.trainSource),
    ...(data.testSource && { testDataset: datasetOf(data.testSource) }),
    protocols: studies[0],
    ...(!data.train.labels && { unlabelled: await unlabelledFindings(study, data) }),
    ...(seeds.length > 1 && { repeats: { seeds, protocols: spread(studies) } }),
    timings: clock.seconds,
  };
}

/** What a study writes into the folder of outputs, in which others may write too. */
const studyFolder = sharedFolder(
  "results of a study",
  (path) =>
    /^(report\.html|(metrics|run)\.json|predictions\.(parquet|csv)|rejected(-test)?\.csv)$/.test(path) ||
    /^plots\/(training-loss|roc|precision-recall|confusion|recall-by-attack|scores)-.*\.png$/.test(path),
);

async function loadData(options: RunOptions, outputs: string): Promise<StudyData> {
  const rejectedFiles = { train: join(outputs, "rejected.csv"), test: join(outputs, "rejected-test.csv") };
  const data = await readStudyData({ ...options, ...(options.skipBadRows && { rejectedFiles }) });
  const files = { "rejected.csv": data.trainSource, "rejected-test.csv": data.testSource };
  for (const [file, source] of Object.entries(files)) {
    const skipped = source?.skippedRows.length ?? 0;
    if (skipped > 0)
      options.onNotice?.(
        `${source?.path}: skipped ${skipped} bad rows, listed in ${file} beside the results`,
      );
  }
  return data;
}

/** All protocols for each seed; the models of the first seed are kept. @param inMemory models to free at the end */
async function runStudies(
  data: StudyData,
  seeds: readonly number[],
  options: RunOptions,
  clock: StageClock,
  inMemory: Set<NoveltyStudy>,
): Promise<{ first: NoveltyStudy; studies: ProtocolMetrics[] }> {
  const studies: ProtocolMetrics[] = [];
  let first: NoveltyStudy | undefined;
  for (const seed of seeds) {
    const onProgress = (update: ProgressUpdate) =>
      options.onProgress?.(
        seeds.length === 1 ? update : { ...update, stage: `seed ${seed}: ${update.stage}` },
      );
    const { train, test } = data;
    const own = { ...trainingOptionsOf(options), seed, onProgress };
    const novelty = await clock.time("novelty", () => noveltyProtocol(train, test, own));
    inMemory.add(novelty);
    studies.push(await otherProtocols(novelty, data, own, clock));
    if (first && inMemory.delete(novelty)) disposeModels(novelty);
    first ??= novelty;
  }
  if (!first) throw new RangeError("no study was run");
  return { first, studies };
}

/** What became of missing and infinite numbers, and whether too few rows were held out. */
function dataNotices({ models, fitRows }: NoveltyStudy, { train, test, testSource }: StudyData): string[] {
  const { preprocessor, threshold } = models["isolation-forest"];
  const fewRows = fewRowsNotice(threshold, 1, train.labels ? "normal rows" : "rows");
  const ofTest = test ? preprocessingNotices(preprocessor, test) : [];
  return [
    ...preprocessingNotices(preprocessor, train, fitRows),
    ...ofTest.map((sentence) => `${inputName(testSource?.path ?? "")}: ${sentence}`),
    ...(fewRows ? [fewRows] : []),
  ];
}

function disposeModels({ models }: NoveltyStudy): void {
  disposeDetectors(Object.values<Model>(models));
}

/** The figures of a novelty study, with those of the other protocols. */
async function otherProtocols(
  { metrics: { holdout, test } }: NoveltyStudy,
  data: StudyData,
  options: ProtocolOptions,
  clock: StageClock,
): Promise<ProtocolMetrics> {
  const { train, trainSource } = data;
  if (!train.labels) return { mixed: {}, novelty: {} };
  const mixed = await clock.time("mixed", () => mixedProtocol(train, options));
  // The subsets are defined on KDD'99's training files, the protocols of deep papers on the 10 % set.
  const isKdd = trainSource.name === "10-percent" || trainSource.name === "full";
  const literature = isKdd
    ? await clock.time("literature", async () => ({
        ...(await literatureProtocol(train, options)),
        ...(trainSource.name === "10-percent" && (await deepProtocols(train, options))),
      }))
    : undefined;
  const name = testName(data);
  return {
    mixed,
    novelty: { holdout, ...(name && test && { [name]: test }) },
    ...(literature && { literature }),
  };
}

/** The isolation forest by the protocols of deep papers; `run --protocol` tells what the other detectors reach. */
async function deepProtocols(
  train: Table,
  options: ProtocolOptions,
): Promise<Record<string, MetricsByDetector>> {
  const found: Record<string, MetricsByDetector> = {};
  for (const protocol of oneClassProtocols)
    found[protocol] = { [isolationForest.kind]: await oneClassForest(train, protocol, options) };
  return found;
}

/** Where the model of each detector goes. */
type ModelFolders = Readonly<Record<StudyDetectorName, string>>;

/** Writes the models, and what was found. @returns names of what is in the folder of outputs, of most interest first */
async function writeResults(
  found: Omit<StudyFindings, "record" | "figures">,
  { outputs, models }: { readonly outputs: string; readonly models: ModelFolders },
  started: Date,
  clock: StageClock,
  options: RunOptions,
): Promise<string[]> {
  const { study, data, metrics } = found;
  const names = { train: data.trainSource.name, test: testName(data), remark: data.remark };
  const figures = studyFigures(study, data.train, data.test, names);
  const hasPictures = await clock.time("figures", () =>
    writePictures(figures, join(outputs, "plots"), options),
  );
  const csv = options.csv ? join(outputs, "predictions.csv") : undefined;
  await clock.time("write", async () => {
    await writeModels(study, metrics, models);
    await writePredictions(study, data, join(outputs, "predictions.parquet"), csv);
  });
  options.signal?.throwIfAborted();
  await writeJson(join(outputs, "metrics.json"), metrics);
  const record = runRecord(metrics, study, data, started, options);
  await writeJson(join(outputs, "run.json"), record);
  await writeWhole(
    join(outputs, "report.html"),
    await reportPage(studyReport({ ...found, record, figures })),
  );
  const results = ["report.html", "metrics.json", "run.json", "predictions.parquet"];
  return [...results, ...(hasPictures ? ["plots"] : [])];
}

/** Writes each model with where it comes from and how well it ranks. */
async function writeModels(
  { models }: NoveltyStudy,
  { dataset, seed, protocols }: RunMetrics,
  folders: ModelFolders,
): Promise<void> {
  for (const { kind } of studyDetectors) {
    const figures = Object.entries(protocols.novelty).map(([part, by]) => [part, ranked(by[kind])]);
    const training = { seed, dataset, metrics: Object.fromEntries(figures) };
    await writeModel(folders[kind], { ...(models[kind] as Model), training });
  }
}

/** `run.json`: what was done, with what, on what, and how long it took. */
function runRecord(
  { seed, backend, timings, repeats }: RunMetrics,
  { models }: NoveltyStudy,
  { trainSource, testSource }: StudyData,
  started: Date,
  { command = [], falseAlarmRate = trainingDefaults.falseAlarmRate }: RunOptions,
): RunRecord {
  return {
    command,
    started: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    seed,
    seeds: repeats?.seeds ?? [seed],
    backend,
    settings: {
      falseAlarmRate,
      ...Object.fromEntries(
        trainedDetectors.map(({ kind }) => {
          const { preprocessor, detector } = models[kind];
          return [kind, { ...detector.settings, preprocessing: preprocessor.options }];
        }),
      ),
    },
    versions: {
      "traffic-anomaly": libraryVersion,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    },
    inputs: [trainSource, testSource].filter((source) => source !== undefined).map(datasetOf),
    timings,
    peakMemoryMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function ranked({ rocAuc, averagePrecision, f1, falseAlarmRate }: Metrics): Partial<Metrics> {
  return { rocAuc, averagePrecision, f1, falseAlarmRate };
}

/** Adds up the seconds spent in each stage. */
class StageClock {
  readonly seconds: Record<string, number> = {};

  async time<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (this.seconds[stage] ?? 0) + (performance.now() - start) / 1000;
      this.seconds[stage] = Math.round(seconds * 1000) / 1000;
    }
  }
}
