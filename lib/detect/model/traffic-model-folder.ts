import { basename, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { InputError, requireOneOf, requireOptions } from "../../common/errors";
import { checked, jsonLimits, readJsonFile } from "../../common/json-file";
import type { FolderKind } from "../../common/own-files";
import { isLink, isThere, MissingFile, sha256OfPlainFiles } from "../../common/plain-file";
import { mendResults, readResults } from "../../common/unfinished";
import { writeJson, writeWhole } from "../../common/unwritable";
import { beginning, contentOf, sha256OfFile } from "../../data/content";
import { recogniseLayout } from "../../data/kdd/layout";
import { type Feature, kddFeatures } from "../../data/kdd/schema";
import { ofEachDetector, type TrainedDetectorName, trainedDetectors } from "../../models/detectors";
import type { Model } from "../../models/model";
import { cardName, isOwnCard } from "../../models/model-card";
import {
  type LoadModelOptions,
  loadModel,
  loadModelOptions,
  modelFiles,
  requireFormatVersion,
  writeModelFiles,
} from "../../models/model-folder";
import type { Step } from "../../preprocess/preprocessor";
import { connectionFeatures } from "../../traffic/connection-table";
import type { LogForm } from "../../traffic/logs/format";
import { formNamed, logForms } from "../../traffic/logs/formats";
import { findConnectionLogs } from "../../traffic/logs/log-files";
import { type ViewName, viewNames } from "../../traffic/views/view";
import { requireViewFeatures, type ViewFile, type ViewModel, viewsOf } from "../views/view-model";
import { trafficCard } from "./traffic-card";
import { modelNotices, type TrafficDetails, type TrafficModel } from "./traffic-model";

/** `traffic.json` as it is written. */
export interface TrafficFile extends TrafficDetails {
  readonly formatVersion: number;
  /** SHA-256 of the detectors' manifests, to notice a folder put together from two models. */
  readonly manifests: Readonly<Record<TrainedDetectorName, string>>;
  readonly views: Readonly<Partial<Record<ViewName, ViewFile>>>;
}

const formatVersion = 4;
const fileName = "traffic.json";

/** The folder in a model's of what judges a view by a detector. */
function partOf(view: ViewName, detector: TrainedDetectorName): string {
  return `${view}-${detector}`;
}

/** A traffic model's folder: its traffic.json says that it is ours, and its detectors' manifests what is in theirs. */
export const trafficModelFolder: FolderKind = {
  title: "traffic model",
  async ownFiles(folder) {
    try {
      const file = (await readJsonFile(join(folder, fileName))) as Partial<TrafficFile>;
      if (!Number.isInteger(file.formatVersion) || !file.manifests) return undefined;
    } catch {
      return undefined;
    }
    const own = new Set([fileName, ...((await isOwnCard(folder)) ? [cardName] : [])]);
    for (const detector of trainedDetectors)
      for (const part of [detector.kind, ...viewNames.map((view) => partOf(view, detector.kind))])
        for (const name of (await modelFiles(join(folder, part), detector)) ?? []) own.add(`${part}/${name}`);
    return own;
  },
  givesWay: (path) => path === cardName,
};

/** Writes a traffic model, with all of its detectors, into a new folder of a transaction. */
export async function writeTrafficModel(folder: string, model: TrafficModel): Promise<void> {
  const { detectors, logs, logForm, windows, local, usual, unseenShare, remembered } = model;
  const manifests = await writeDetectors(folder, detectors, (name) => name);
  const views: Partial<Record<ViewName, ViewFile>> = {};
  for (const [view, { detectors, ...own }] of viewsOf(model.views))
    views[view] = {
      ...own,
      manifests: await writeDetectors(folder, detectors, (name) => partOf(view, name)),
    };
  const details = { logs, logForm, windows, ...(local && { local }), usual, unseenShare };
  const file: TrafficFile = { formatVersion, ...details, manifests, remembered, views };
  await writeJson(join(folder, fileName), file);
  await writeWhole(join(folder, cardName), await trafficCard(model, modelNotices(model)));
}

/** @returns the SHA-256 of each one's manifest */
function writeDetectors(
  folder: string,
  detectors: TrafficModel["detectors"],
  partOf: (name: TrainedDetectorName) => string,
): Promise<TrafficFile["manifests"]> {
  return ofEachDetector(async (_, name) => {
    const part = join(folder, partOf(name));
    await writeModelFiles(part, detectors[name]!);
    return sha256OfFile(join(part, "manifest.json"));
  });
}

/** What a model judges: connections (`traffic`), or the rows of a table. */
export type ModelSubject = "traffic" | "table";

/** What the model in a folder judges. A folder that is not a model at all counts as `table`: loading it says what is wrong. */
export async function modelSubject(folder: string): Promise<ModelSubject> {
  const holds = (name: string) => isThere(join(folder, name));
  if (await holds(fileName)) return "traffic";
  if (await holds("manifest.json")) return "table";
  // A traffic model that lost its traffic.json still has its detectors.
  return (await holds(join(trainedDetectors[0].kind, "manifest.json"))) ? "traffic" : "table";
}

export interface LoadTrafficModelOptions extends LoadModelOptions {
  /** Which to load. Default all. */
  readonly detectors?: readonly TrainedDetectorName[];
}

/**
 * Reads a traffic model's folder.
 *
 * @param options `detectors`: which to load. Default all.
 * @throws {InputError} if it is none, incomplete, damaged, inconsistent in itself, of another version, or trained on
 *   the rows of a table
 */
export async function loadTrafficModel(
  folder: string,
  options: LoadTrafficModelOptions = {},
): Promise<TrafficModel> {
  requireOptions(options, { detectors: true, ...loadModelOptions });
  for (const name of options.detectors ?? [])
    requireOneOf(
      "detector",
      name,
      trainedDetectors.map(({ kind }) => kind),
    );
  return readResults(folder, () => readTrafficModel(folder, options), options.onNotice);
}

async function readTrafficModel(folder: string, options: LoadTrafficModelOptions): Promise<TrafficModel> {
  if ((await modelSubject(folder)) === "table") {
    const { backend, onNotice } = options;
    const { preprocessor } = await loadModel(folder, { backend, onNotice }); // says what is wrong with a folder that is none
    const isKdd = preprocessor.steps.every(({ feature }) => kddFeatures.some(({ name }) => name === feature));
    throw new InputError(
      `${folder} was trained on ${isKdd ? "KDD'99 records, whose content features" : "a table, whose columns"} a conn.log does not have; ` +
        "train one on logs: traffic-anomaly train",
    );
  }
  const { formatVersion: _, manifests, views, ...details } = await readTrafficFile(folder);
  const detectors = await loadDetectors(folder, (name) => name, manifests, options);
  for (const [name, { preprocessor }] of Object.entries(detectors))
    requireConnectionFeatures(preprocessor.steps, formNamed(details.logForm), join(folder, name));
  const viewModels: Partial<Record<ViewName, ViewModel>> = {};
  for (const [view, { manifests, ...own }] of viewsOf(views)) {
    const detectors = await loadDetectors(folder, (name) => partOf(view, name), manifests, options);
    for (const { preprocessor } of Object.values(detectors))
      requireViewFeatures(view, preprocessor.steps, folder);
    viewModels[view] = { detectors, ...own };
  }
  return { name: basename(resolve(folder)), detectors, views: viewModels, ...details };
}

/** Those that are asked for, of connections or of a view. */
async function loadDetectors(
  folder: string,
  partOf: (name: TrainedDetectorName) => string,
  manifests: TrafficFile["manifests"],
  options: LoadTrafficModelOptions,
): Promise<TrafficModel["detectors"]> {
  const detectors: Partial<Record<TrainedDetectorName, Model>> = {};
  const { detectors: wanted = trainedDetectors.map(({ kind }) => kind), ...own } = options;
  for (const name of wanted)
    detectors[name] = await loadDetector(folder, partOf(name), name, manifests[name], own);
  if (new Set(Object.values(detectors).map(({ threshold }) => threshold.rows)).size > 1)
    throw new InputError(
      `the model folder ${folder} is damaged: its detectors' thresholds are from different connections`,
    );
  return detectors;
}

/** One of the detectors, which lie in folders of their own. */
async function loadDetector(
  folder: string,
  part: string,
  kind: TrainedDetectorName,
  manifest: string,
  options: LoadModelOptions,
): Promise<Model> {
  const own = join(folder, part);
  if (await isLink(own))
    throw new InputError(`${own} is a link, which could lead anywhere: it is not followed`);
  const model = await loadModel(own, options);
  const isOther =
    model.detector.kind !== kind ||
    (await sha256OfPlainFiles([join(own, "manifest.json")], jsonLimits.bytes)) !== manifest;
  if (isOther) throw new InputError(`the model folder ${folder} is damaged: its ${part} is another model's`);
  return model;
}

/** @throws {InputError} unless the steps are those of the features of connections, with names that these can have */
function requireConnectionFeatures(steps: readonly Step[], { lacks }: LogForm, folder: string): void {
  const features = connectionFeatures.filter(({ name }) => !lacks.includes(name));
  const fits = (step: Step | undefined, { name, measure, values = [] }: Feature) =>
    step?.feature === name &&
    (step.kind === "number") === (measure !== "nominal") &&
    (step.kind === "number" || step.categories.every((category) => values.includes(category)));
  if (steps.length !== features.length || !features.every((own, i) => fits(steps[i], own)))
    throw new InputError(`the model folder ${folder} was made for other features: train it again`);
}

/** What the logs of a traffic.json were, before it is checked. */
function formOf(parsed: unknown): LogForm {
  const name = (parsed as Partial<TrafficFile> | null)?.logForm;
  return logForms.find((form) => form.name === name) ?? logForms[0];
}

async function readTrafficFile(folder: string): Promise<TrafficFile> {
  const path = join(folder, fileName);
  const parsed = await readJsonFile(path).catch((error) => {
    if (!(error instanceof MissingFile)) throw error;
    throw new InputError(`the model folder ${folder} is incomplete: ${fileName} is missing`);
  });
  requireFormatVersion(folder, parsed, formatVersion);
  const { trafficSchema } = require("./traffic-schema") as typeof import("./traffic-schema");
  const file = checked(trafficSchema(formOf(parsed)), parsed, path);
  if (!isDeepStrictEqual(file.remembered.windows.windows, file.windows))
    throw new InputError(
      `the model folder ${folder} is damaged: its windows are not those that it remembers`,
    );
  return file;
}

/**
 * What the model in a folder judges, if that is what the paths hold.
 *
 * @throws {InputError} if a model of a table is to score logs of connections, or the other way round
 */
export async function matchingSubject(
  paths: readonly string[],
  folder: string,
  onNotice?: (sentence: string) => void,
): Promise<ModelSubject> {
  await mendResults(folder, onNotice);
  const subject = await modelSubject(folder);
  if (subject === "table") {
    const isLog = paths.length > 1 || (await succeeds(findLogFiles(paths)));
    if (isLog) await loadTrafficModel(folder); // refuses it, with the reason
    return subject;
  }
  for (const path of paths) {
    if (path !== "-" && (await recogniseLayout(path)))
      throw new InputError(
        `${path} holds KDD'99 records, but ${folder} was trained on connections; score it with a model of traffic-anomaly run`,
      );
  }
  return subject;
}

/** A pipe may hold either: it is not read to find out. nfdump's CSV is a table as well. */
async function findLogFiles(paths: readonly string[]): Promise<void> {
  const [log] = await findConnectionLogs(paths);
  if (log.bytes === undefined) throw new InputError(`${log.path} is a pipe`);
  const first = await beginning(contentOf(log.path), 1);
  if (/^\ufeff?\w+,/.test(first.toString("utf8", 0, 100))) throw new InputError(`${log.path} is a table`);
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
