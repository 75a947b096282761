import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { InputError, type OptionNames, requireOneOf, requireOptions } from "../common/errors";
import { checked, readJsonFile, shownValue } from "../common/json-file";
import type { FolderKind } from "../common/own-files";
import { isThere, MissingFile, sha256OfPlainFiles } from "../common/plain-file";
import { inTransaction } from "../common/transaction";
import { readResults } from "../common/unfinished";
import { unwritable, writeWhole } from "../common/unwritable";
import { libraryVersion } from "../common/version";
import { type Preprocessor, requireConsistent } from "../preprocess/preprocessor";
import { type Detector, type DetectorKind, type LoadOptions, loadOptions } from "./detector";
import { type DetectorName, detectorKind } from "./detectors";
import type { Manifest, Model } from "./model";
import { cardName, isOwnCard, modelCard } from "./model-card";
import { backends } from "./tensorflow";
import { mostThresholdScores, type Threshold } from "./threshold";

const formatVersion = 1;

/** Files of every model folder; the detector adds its own. */
const commonFiles = ["preprocessor.json", "threshold.json"] as const;

/** No file of a model folder is larger: `forest.bin` with as many nodes as it may have has 88 MB. */
const mostFileBytes = 2 ** 27;

/** Writes a model folder: all of it, or nothing. @throws {InputError} if it can't be written */
export async function saveModel(folder: string, model: Model): Promise<void> {
  const kind = modelFolderKind(detectorKind(model.detector.kind));
  await inTransaction({}, async (transaction) =>
    writeModel(await transaction.stageFolder(folder, kind), model),
  );
}

/** The folder of a model with one detector: its manifest says what is ours in it. */
export function modelFolderKind(kind: Pick<DetectorKind, "kind" | "title" | "files">): FolderKind {
  return {
    title: `${kind.title} model`,
    ownFiles: (folder) => modelFiles(folder, kind),
    givesWay: (path) => path === cardName,
  };
}

/** The files of a model that stands in a folder, as its manifest has them; undefined if there is none of the kind. */
export async function modelFiles(
  folder: string,
  { kind, files }: Pick<DetectorKind, "kind" | "files">,
): Promise<Set<string> | undefined> {
  try {
    const manifest = (await readJsonFile(join(folder, "manifest.json"))) as Manifest;
    if (manifest.kind !== kind) return undefined;
    // Whatever else a manifest lists, as a stranger's may, this program did not write.
    const written = [...commonFiles, ...files];
    const listed = written.filter((name) => Object.hasOwn(manifest.files, name));
    return new Set(["manifest.json", ...listed, ...((await isOwnCard(folder)) ? [cardName] : [])]);
  } catch {
    return undefined;
  }
}

/** Writes a model and its card into a new folder, for a transaction of the caller's. */
export async function writeModel(folder: string, model: Model): Promise<void> {
  const manifest = await writeModelFiles(folder, model);
  await writeWhole(join(folder, cardName), modelCard(manifest, model.preprocessor, model.threshold));
}

/** The same without a card. @returns the manifest as it was written */
export async function writeModelFiles(
  folder: string,
  { detector, preprocessor, threshold, training }: Model,
): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "preprocessor.json"), json(preprocessor));
    await writeFile(join(folder, "threshold.json"), json({ ...threshold, scores: [...threshold.scores] }));
    const kind = detectorKind(detector.kind);
    await detector.save(folder);
    const names = [...commonFiles, ...kind.files];
    const files: Record<string, string> = {};
    for (const name of names) files[name] = sha256(await readFile(join(folder, name)));
    const manifest: Manifest = {
      formatVersion,
      libraryVersion,
      kind: kind.kind as DetectorName,
      settings: detector.settings,
      features: preprocessor.steps.map((step) => step.feature),
      ...training,
      files,
    };
    const text = json(manifest);
    await writeFile(join(folder, "manifest.json"), text);
    return text;
  } catch (error) {
    throw unwritable(folder, error);
  }
}

export interface LoadModelOptions extends LoadOptions {
  /** Called with a sentence about what an interrupted command had left and was put right. */
  readonly onNotice?: (sentence: string) => void;
}

export const loadModelOptions: OptionNames<LoadModelOptions> = { onNotice: true, ...loadOptions };

/**
 * Reads a model folder, which may come from anybody: only plain files of the names above, of limited size, and only what
 * fits together. The checksums notice damage; nothing depends on them, since whoever changes a folder can make them anew.
 * Limits: 32 MB and a million values for a JSON file, 32,767 columns, 4,000,000 nodes of a forest, 100 layers and 64 MB of
 * weights for an autoencoder. Loading and scoring some rows take less than 300 MB then, whatever the folder holds.
 *
 * @throws {InputError} if it is not a model folder, incomplete, damaged, inconsistent in itself, or of another version
 * @example
 * await saveModel("models/forest", await fitModel(train, isolationForest));
 * const { anomalous, pValues } = await judge(await loadModel("models/forest"), test);
 */
export async function loadModel(folder: string, options: LoadModelOptions = {}): Promise<Model> {
  requireOptions(options, loadModelOptions);
  const { onNotice, ...own } = options;
  if (own.backend !== undefined) requireOneOf("backend", own.backend, backends);
  return readResults(folder, () => readModel(folder, own), onNotice);
}

async function readModel(folder: string, options: LoadOptions): Promise<Model> {
  const { preprocessorSchema } = require("./model-schema") as typeof import("./model-schema");
  const manifest = await readManifest(folder);
  const { kind, dataset, seed, metrics, files } = manifest;
  for (const [name, expected] of Object.entries(files)) {
    const found = await sha256OfPlainFiles([join(folder, name)], mostFileBytes).catch((error) => {
      if (!(error instanceof MissingFile)) throw error;
      throw new InputError(`the model folder ${folder} is incomplete: ${name} is missing`);
    });
    if (found !== expected)
      throw new InputError(`the model folder ${folder} is damaged: ${name} was changed`);
  }
  const path = join(folder, "preprocessor.json");
  const preprocessor = checked(preprocessorSchema, await readJsonFile(path), path);
  requireConsistent(preprocessor, path);
  const threshold = await readThreshold(join(folder, "threshold.json"));
  const detector = await detectorKind(kind).load(folder, preprocessor.columns, options);
  try {
    requireSameModel(folder, manifest, preprocessor, detector);
  } catch (error) {
    detector.dispose?.();
    throw error;
  }
  return {
    detector,
    preprocessor,
    threshold,
    training: { seed, ...(dataset && { dataset }), ...(metrics && { metrics }) },
  };
}

async function readThreshold(path: string): Promise<Threshold> {
  const { thresholdSchema } = require("./model-schema") as typeof import("./model-schema");
  const { scores, ...threshold } = checked(thresholdSchema, await readJsonFile(path), path);
  const kept = Math.min(threshold.rows, mostThresholdScores);
  if (scores.length !== kept)
    throw new InputError(
      `${path} is damaged: of ${threshold.rows} rows it must have ${kept} scores, got ${scores.length}`,
    );
  return { ...threshold, scores: Float64Array.from(scores) };
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, "manifest.json");
  const parsed = await readJsonFile(path).catch(async (error) => {
    if (!(error instanceof MissingFile)) throw error;
    if (!(await isThere(folder))) throw new InputError(`${folder} does not exist`);
    throw new InputError(`${folder} is not a model folder: it has no readable manifest.json`);
  });
  requireFormatVersion(folder, parsed, formatVersion);
  const { manifestSchema } = require("./model-schema") as typeof import("./model-schema");
  const manifest = checked(manifestSchema, parsed, path);
  const expected = [...commonFiles, ...detectorKind(manifest.kind).files].sort();
  if (expected.join() !== Object.keys(manifest.files).sort().join())
    throw new InputError(`${path} is damaged: its files must be ${expected.join(", ")}`);
  return manifest;
}

/** @throws {InputError} unless a parsed file says that it is of the version that this program reads */
export function requireFormatVersion(folder: string, parsed: unknown, version: number): void {
  const found =
    typeof parsed === "object" && parsed !== null && "formatVersion" in parsed ? parsed.formatVersion : null;
  if (found === version) return;
  throw new InputError(
    `the model folder ${folder} has format version ${found === null ? "none" : shownValue(found)}; this program reads ${version}: train it again`,
  );
}

/** @throws {InputError} if the manifest tells of another preprocessor or detector than the folder holds */
function requireSameModel(
  folder: string,
  { features, settings }: Manifest,
  { steps }: Preprocessor,
  detector: Detector,
): void {
  if (features.length !== steps.length || steps.some(({ feature }, i) => feature !== features[i]))
    throw new InputError(
      `the model folder ${folder} is damaged: manifest.json and preprocessor.json name other features`,
    );
  if (!isDeepStrictEqual(settings, detector.settings))
    throw new InputError(
      `the model folder ${folder} is damaged: manifest.json names other settings than its ${detector.kind} has`,
    );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
