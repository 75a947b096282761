import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, systemErrorCode } from "../common/errors";
import { breathe } from "../common/progress";
import { Transaction, unwritable } from "../common/transaction";
import { libraryVersion } from "../common/version";
import type { Rows, Table } from "../data/table";
import { type Preprocessor, transform } from "../preprocess/preprocessor";
import { loadAutoencoder } from "./autoencoder/autoencoder";
import type { AutoencoderOptions } from "./autoencoder/settings";
import type { Detector, DetectorKind, ScoreOptions } from "./detector";
import { loadIsolationForest } from "./isolation-forest/isolation-forest";
import type { Threshold } from "./threshold";

/** All that is needed to judge new traffic: what a model folder holds. */
export interface Model {
  readonly detector: Detector;
  readonly preprocessor: Preprocessor;
  readonly threshold: Threshold;
  readonly training: TrainingRecord;
}

/** Where a model comes from. */
export interface TrainingRecord {
  readonly dataset: { readonly name: string; readonly sha256: string; readonly rows: number };
  readonly seed: number;
  /** Figures measured when it was trained, by protocol. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** `manifest.json` of a model folder. */
interface Manifest extends TrainingRecord {
  readonly formatVersion: number;
  readonly libraryVersion: string;
  readonly kind: DetectorKind;
  /** Names of the features that data to score must have. */
  readonly features: readonly string[];
  readonly settings: unknown;
  /** SHA-256 of each other file, to notice a folder that is incomplete or was changed. */
  readonly files: Readonly<Record<string, string>>;
}

const formatVersion = 1;

/** Files of every model folder; the detector adds its own. */
const commonFiles = ["preprocessor.json", "threshold.json"] as const;

/** Rows that are made into numbers and scored at a time, so that memory does not grow with the data. */
const blockRows = 32_768;

/**
 * Anomaly scores of rows of a table, one a row, higher = more anomalous. Rows are scored block by block; the result
 * does not depend on how a file is cut into tables.
 *
 * @param rows which rows, in this order; default all
 * @param memories where blocks are made: the same array, once empty, for all tables of a file. Default: new memory
 * @throws {InputError} if the table lacks a feature of the model
 */
export async function scoreTable(
  { detector, preprocessor }: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  rows?: Rows,
  { onProgress, signal, workers }: ScoreOptions = {},
  memories: Float32Array[] = [],
): Promise<Float64Array> {
  const total = rows ? rows.length : table.rows;
  const scores = new Float64Array(total);
  // Two blocks in turn: one is made while the workers score the other.
  const block = (start: number) => {
    const end = Math.min(start + blockRows, total);
    const part = rows
      ? rows.subarray(start, end)
      : Uint32Array.from({ length: end - start }, (_, i) => start + i);
    const turn = (start / blockRows) % 2;
    const made = transform(preprocessor, table, part, memories[turn]);
    if (made.data.length > (memories[turn]?.length ?? 0)) memories[turn] = made.data;
    return made;
  };
  let matrix = block(0);
  for (let start = 0; start < total; start += blockRows) {
    await breathe(signal);
    const scoring = detector.score(matrix, { signal, workers });
    if (start + blockRows < total) matrix = block(start + blockRows);
    scores.set(await scoring, start);
    onProgress?.({
      stage: `scoring with the ${detector.kind}`,
      done: Math.min(start + blockRows, total),
      total,
    });
  }
  return scores;
}

/** Writes a model folder: all of it, or nothing. @throws {InputError} if it can't be written */
export async function saveModel(folder: string, model: Model): Promise<void> {
  const transaction = new Transaction();
  try {
    await writeModel(await transaction.stage(folder), model);
    await transaction.commit();
  } finally {
    await transaction.rollback();
  }
}

/** Writes a model into a new folder, for a transaction of the caller's. */
export async function writeModel(
  folder: string,
  { detector, preprocessor, threshold, training }: Model,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "preprocessor.json"), json(preprocessor));
    await writeFile(join(folder, "threshold.json"), json(threshold));
    const names = [...commonFiles, ...(await detector.save(folder))];
    const files: Record<string, string> = {};
    for (const name of names) files[name] = sha256(await readFile(join(folder, name)));
    const manifest: Manifest = {
      formatVersion,
      libraryVersion,
      kind: detector.kind,
      settings: detector.settings,
      features: preprocessor.steps.map((step) => step.feature),
      ...training,
      files,
    };
    await writeFile(join(folder, "manifest.json"), json(manifest));
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/**
 * Reads a model folder.
 *
 * @throws {InputError} if it is no model folder, incomplete, changed, or of another version
 */
export async function loadModel(
  folder: string,
  options: Pick<AutoencoderOptions, "backend"> = {},
): Promise<Model> {
  const manifest = await readManifest(folder);
  for (const [name, expected] of Object.entries(manifest.files)) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (!bytes) throw new InputError(`the model folder ${folder} is incomplete: ${name} is missing`);
    if (sha256(bytes) !== expected)
      throw new InputError(`the model folder ${folder} is damaged: ${name} was changed`);
  }
  const read = async <T>(name: string) => JSON.parse(await readFile(join(folder, name), "utf8")) as T;
  const { dataset, seed, metrics } = manifest;
  const preprocessor = await read<Preprocessor>("preprocessor.json");
  return {
    detector:
      manifest.kind === "autoencoder"
        ? await loadAutoencoder(folder, preprocessor.columns, options)
        : await loadIsolationForest(folder, preprocessor.columns),
    preprocessor,
    threshold: await read<Threshold>("threshold.json"),
    training: { dataset, seed, metrics },
  };
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, "manifest.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw new InputError(`${folder} is not a model folder: it has no readable manifest.json`);
  }
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new InputError(`${path} is damaged: it is not JSON`);
  }
  if (manifest?.formatVersion !== formatVersion) {
    throw new InputError(
      `the model folder ${folder} has format version ${manifest?.formatVersion ?? "none"}; this program reads ${formatVersion}: train it again`,
    );
  }
  const { files } = manifest;
  if (
    !commonFiles.every((name) => files?.[name]) ||
    (manifest.kind !== "autoencoder" && manifest.kind !== "isolation-forest")
  ) {
    throw new InputError(`${path} is damaged: it lacks files or names an unknown kind of model`);
  }
  return manifest as Manifest;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
