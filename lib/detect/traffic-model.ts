import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError, systemErrorCode } from "../common/errors";
import { Transaction, unwritable } from "../common/transaction";
import { libraryVersion } from "../common/version";
import { sha256OfFile } from "../data/checksum";
import type { AutoencoderOptions } from "../models/autoencoder/settings";
import type { DetectorKind } from "../models/detector";
import { loadModel, type Model, writeModel } from "../models/model";
import type { Usual } from "../models/usual";
import { connectionFeatures } from "../traffic/connection-features";
import type { TrafficWindowOptions } from "../traffic/windows";
import type { ScoreProfile } from "./score-profile";

/** The detectors of a traffic model, in the order in which alerts name them. */
export const detectorKinds = ["isolation-forest", "autoencoder"] as const satisfies readonly DetectorKind[];

/** All that is needed to judge connections: what a traffic model's folder holds. */
export interface TrafficModel {
  /** The folder's name. */
  readonly name: string;
  /** The detectors that were loaded. */
  readonly detectors: Readonly<Partial<Record<DetectorKind, Model>>>;
  readonly training: TrafficTraining;
}

/** What training found out about the traffic, beside the detectors. */
export interface TrafficTraining {
  /** The logs in the order in which they were read. */
  readonly logs: readonly { readonly name: string; readonly sha256: string }[];
  /** Connections read. */
  readonly connections: number;
  /** Connections that the detectors were fitted on, and later ones that gave the thresholds. */
  readonly fitted: number;
  readonly heldOut: number;
  /** Where the logs had labels: how many connections of each, as the logs spell them; only benign ones were used. */
  readonly labels?: Readonly<Record<string, number>>;
  readonly windows: Required<TrafficWindowOptions>;
  /** Share of usual connections that may be flagged, by all detectors together. */
  readonly falseAlarmRate: number;
  readonly seed: number;
  /** What each feature usually is. */
  readonly usual: Readonly<Record<string, Usual>>;
  /** How the scores of the held-out connections are distributed, and how many have unseen categories. */
  readonly profiles: Readonly<Record<DetectorKind, ScoreProfile>>;
  readonly unseenShare: number;
}

const formatVersion = 1;
const fileName = "traffic.json";

/** `traffic.json`. */
interface TrafficFile extends TrafficTraining {
  readonly formatVersion: number;
  readonly libraryVersion: string;
  readonly features: readonly string[];
  /** SHA-256 of the detectors' manifests, to notice a folder put together from two models. */
  readonly manifests: Readonly<Record<DetectorKind, string>>;
}

/** Writes a traffic model's folder, with all of its detectors: all of it, or nothing. @throws {InputError} if it can't be written */
export async function saveTrafficModel(folder: string, model: TrafficModel): Promise<void> {
  const transaction = new Transaction();
  try {
    await writeTrafficModel(await transaction.stage(folder), model);
    await transaction.commit();
  } finally {
    await transaction.rollback();
  }
}

/** Writes a traffic model into a new folder, for a transaction of the caller's. */
export async function writeTrafficModel(
  folder: string,
  { detectors, training }: TrafficModel,
): Promise<void> {
  const manifests: Partial<Record<DetectorKind, string>> = {};
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

/** What the model in a folder judges. A folder that is no model at all counts as `kdd`: loading it says what is wrong. */
export async function modelSubject(folder: string): Promise<ModelSubject> {
  const holds = (name: string) =>
    readFile(join(folder, name)).then(
      () => true,
      () => false,
    );
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

/**
 * Reads a traffic model's folder.
 *
 * @param options `detectors`: which to load. Default all.
 * @throws {InputError} if it is none, incomplete, damaged, of another version, or trained on KDD'99 records
 */
export async function loadTrafficModel(
  folder: string,
  options: Pick<AutoencoderOptions, "backend"> & { readonly detectors?: readonly DetectorKind[] } = {},
): Promise<TrafficModel> {
  if ((await modelSubject(folder)) === "kdd") {
    await loadModel(folder, options); // says what is wrong with a folder that is none
    throw kddModelRefusal(folder);
  }
  const file = await readTrafficFile(folder);
  const detectors: Partial<Record<DetectorKind, Model>> = {};
  for (const kind of options.detectors ?? detectorKinds) {
    detectors[kind] = await loadModel(join(folder, kind), options);
    if ((await sha256OfFile(join(folder, kind, "manifest.json"))) !== file.manifests[kind])
      throw new InputError(`the model folder ${folder} is damaged: its ${kind} is another model's`);
  }
  const { formatVersion: _, libraryVersion: __, features: ___, manifests: ____, ...training } = file;
  return { name: basename(resolve(folder)), detectors, training };
}

async function readTrafficFile(folder: string): Promise<TrafficFile> {
  const path = join(folder, fileName);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw new InputError(`the model folder ${folder} is incomplete: ${fileName} is missing`);
  }
  let file: Partial<TrafficFile> | null;
  try {
    file = JSON.parse(text);
  } catch {
    throw new InputError(`${path} is damaged: it is not JSON`);
  }
  if (file?.formatVersion !== formatVersion) {
    throw new InputError(
      `the model folder ${folder} has format version ${file?.formatVersion ?? "none"}; this program reads ${formatVersion}: train it again`,
    );
  }
  const features = connectionFeatures.map(({ name }) => name);
  if (file.features?.join() !== features.join())
    throw new InputError(`the model folder ${folder} was made for other features: train it again`);
  const { windows, usual, profiles, manifests } = file;
  const complete =
    windows &&
    usual &&
    features.every((name) => usual[name]) &&
    detectorKinds.every((kind) => profiles?.[kind] && manifests?.[kind]);
  if (!complete) throw new InputError(`${path} is damaged: it lacks a part`);
  return file as TrafficFile;
}
