import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError } from "../common/errors";
import { checked, jsonLimits, readJsonFile } from "../common/json-file";
import type { FolderKind } from "../common/own-files";
import { isLink, isThere, MissingFile, sha256OfPlainFiles } from "../common/plain-file";
import { inTransaction } from "../common/transaction";
import { readResults } from "../common/unfinished";
import { unwritable } from "../common/unwritable";
import { libraryVersion } from "../common/version";
import { sha256OfFile } from "../data/checksum";
import type { Feature } from "../data/kdd/schema";
import { type TrainedDetectorName, trainedDetectors } from "../models/detectors";
import type { Model } from "../models/model";
import {
  type LoadModelOptions,
  loadModel,
  modelFiles,
  requireFormatVersion,
  writeModel,
} from "../models/model-folder";
import type { Step } from "../preprocess/preprocessor";
import { connectionFeatures } from "../traffic/connection-features";
import { kddServices } from "../traffic/service";
import type { TrafficFile, TrafficTraining } from "./traffic-training";

export type { TrafficTraining };

/** The detectors of a traffic model, in the order in which alerts name them. */
export const detectorKinds = trainedDetectors.map(({ kind }): TrainedDetectorName => kind);

/** All that is needed to judge connections: what a traffic model's folder holds. */
export interface TrafficModel {
  /** The folder's name. */
  readonly name: string;
  /** The detectors that were loaded. */
  readonly detectors: Readonly<Partial<Record<TrainedDetectorName, Model>>>;
  readonly training: TrafficTraining;
}

const formatVersion = 1;
const fileName = "traffic.json";

/** Writes a traffic model's folder, with all of its detectors: all of it, or nothing. @throws {InputError} if it can't be written */
export async function saveTrafficModel(folder: string, model: TrafficModel): Promise<void> {
  await inTransaction({}, async (transaction) =>
    writeTrafficModel(await transaction.stageFolder(folder, trafficModelFolder), model),
  );
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
    const own = new Set([fileName]);
    for (const detector of trainedDetectors)
      for (const name of (await modelFiles(join(folder, detector.kind), detector)) ?? [])
        own.add(`${detector.kind}/${name}`);
    return own;
  },
};

/** Writes a traffic model into a new folder, for a transaction of the caller's. */
export async function writeTrafficModel(
  folder: string,
  { detectors, training }: TrafficModel,
): Promise<void> {
  const manifests: Partial<Record<TrainedDetectorName, string>> = {};
  try {
    await mkdir(folder, { recursive: true });
    for (const kind of detectorKinds) {
      const model = detectors[kind];
      if (!model) throw new RangeError(`the traffic model lacks its ${kind}`);
      await writeModel(join(folder, kind), model);
      manifests[kind] = await sha256OfFile(join(folder, kind, "manifest.json"));
    }
    const features = connectionFeatures.map(({ name }) => name);
    const file = { formatVersion, libraryVersion, features, ...training, manifests };
    await writeFile(join(folder, fileName), `${JSON.stringify(file, null, 2)}\n`);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** What a model judges: connections (`traffic`), or records of KDD'99's columns (`kdd`). */
export type ModelSubject = "traffic" | "kdd";

/** What the model in a folder judges. A folder that is not a model at all counts as `kdd`: loading it says what is wrong. */
export async function modelSubject(folder: string): Promise<ModelSubject> {
  const holds = (name: string) => isThere(join(folder, name));
  if (await holds(fileName)) return "traffic";
  if (await holds("manifest.json")) return "kdd";
  // A traffic model that lost its traffic.json still has its detectors.
  return (await holds(join(detectorKinds[0], "manifest.json"))) ? "traffic" : "kdd";
}

/** The sentence that refuses a model of KDD'99 records for connections. */
export function kddModelRefusal(folder: string): InputError {
  return new InputError(
    `${folder} was trained on KDD'99 records, whose content features a conn.log does not have; ` +
      "train one on logs: traffic-anomaly train",
  );
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
 *   KDD'99 records
 */
export async function loadTrafficModel(
  folder: string,
  options: LoadTrafficModelOptions = {},
): Promise<TrafficModel> {
  return readResults(folder, () => readTrafficModel(folder, options), options.onNotice);
}

async function readTrafficModel(folder: string, options: LoadTrafficModelOptions): Promise<TrafficModel> {
  if ((await modelSubject(folder)) === "kdd") {
    await loadModel(folder, options); // says what is wrong with a folder that is none
    throw kddModelRefusal(folder);
  }
  const file = await readTrafficFile(folder);
  const detectors: Partial<Record<TrainedDetectorName, Model>> = {};
  for (const kind of options.detectors ?? detectorKinds)
    detectors[kind] = await loadDetector(folder, kind, file.manifests[kind], options);
  const { formatVersion: _, libraryVersion: __, features: ___, manifests: ____, ...training } = file;
  return { name: basename(resolve(folder)), detectors, training };
}

/** One of the detectors, which lie in folders of their own. */
async function loadDetector(
  folder: string,
  kind: TrainedDetectorName,
  manifest: string,
  options: LoadModelOptions,
): Promise<Model> {
  const own = join(folder, kind);
  if (await isLink(own))
    throw new InputError(`${own} is a link, which could lead anywhere: it is not followed`);
  const model = await loadModel(own, options);
  const isOther =
    model.detector.kind !== kind ||
    (await sha256OfPlainFiles([join(own, "manifest.json")], jsonLimits.bytes)) !== manifest;
  if (isOther) throw new InputError(`the model folder ${folder} is damaged: its ${kind} is another model's`);
  requireConnectionFeatures(model.preprocessor.steps, own);
  return model;
}

/** @throws {InputError} unless the steps are those of the features of connections, with names that these can have */
function requireConnectionFeatures(steps: readonly Step[], folder: string): void {
  const fits = (step: Step | undefined, { name, measure, values = kddServices }: Feature) =>
    step?.feature === name &&
    (step.kind === "number") === (measure !== "nominal") &&
    (step.kind === "number" || step.categories.every((category) => values.includes(category)));
  if (
    steps.length !== connectionFeatures.length ||
    !connectionFeatures.every((own, i) => fits(steps[i], own))
  )
    throw new InputError(`the model folder ${folder} was made for other features: train it again`);
}

async function readTrafficFile(folder: string): Promise<TrafficFile> {
  const path = join(folder, fileName);
  const parsed = await readJsonFile(path).catch((error) => {
    if (!(error instanceof MissingFile)) throw error;
    throw new InputError(`the model folder ${folder} is incomplete: ${fileName} is missing`);
  });
  requireFormatVersion(folder, parsed, formatVersion);
  const { trafficSchema } = require("./traffic-schema") as typeof import("./traffic-schema");
  const file = checked(trafficSchema, parsed, path);
  if (file.features.join() !== connectionFeatures.map(({ name }) => name).join())
    throw new InputError(`the model folder ${folder} was made for other features: train it again`);
  return file;
}
