import { type OptionNames, requireOptions } from "../common/errors";
import { type PreprocessOptions, resolvePreprocessing } from "../preprocess/preprocessor";
import { autoencoder } from "./autoencoder/autoencoder";
import { ecod } from "./baselines/ecod/ecod";
import { localOutlierFactor } from "./baselines/local-outlier-factor/local-outlier-factor";
import { mahalanobis } from "./baselines/mahalanobis/mahalanobis";
import { nearestNeighbours } from "./baselines/nearest-neighbours/nearest-neighbours";
import { principalComponents } from "./baselines/principal-components/principal-components";
import { combined } from "./combined/combined";
import type { Detector, DetectorKind, OptionsOf } from "./detector";
import { isolationForest } from "./isolation-forest/detector";
import type { Backend } from "./tensorflow";

/** The detectors that commands train, in the order in which reports and alerts name them. */
export const trainedDetectors = [isolationForest, autoencoder] as const;

/** The detectors of a study: those, and both together. */
export const studyDetectors = [...trainedDetectors, combined] as const;

/** What the study compares them with. */
export const baselineDetectors = [principalComponents, mahalanobis, ecod] as const;

/** Every detector that a model folder may hold: another one is added here, or above, and nowhere else. */
export const detectors = [
  ...studyDetectors,
  ...baselineDetectors,
  nearestNeighbours,
  localOutlierFactor,
] as const;

/** What a detector is called in files, options and results. */
export type DetectorName = (typeof detectors)[number]["kind"];

/** What a detector is called that commands train. */
export type TrainedDetectorName = (typeof trainedDetectors)[number]["kind"];

/** What a detector of a study is called. */
export type StudyDetectorName = (typeof studyDetectors)[number]["kind"];

/** The options that each of the detectors has of its own, by its name. */
export type DetectorSettings = {
  readonly [Kind in (typeof trainedDetectors)[number] as Kind["kind"]]?: OptionsOf<Kind>;
};

export const detectorSettings = Object.fromEntries(
  trainedDetectors.map(({ kind }) => [kind, true]),
) as OptionNames<DetectorSettings>;

/** Something of each of the detectors that commands train, in their order. */
export function ofEachDetector<T>(
  make: (kind: DetectorKind, name: TrainedDetectorName) => T | Promise<T>,
): Promise<Readonly<Record<TrainedDetectorName, T>>> {
  return ofEach(trainedDetectors, make);
}

/** Something of each of some kinds of detectors, in their order. */
export async function ofEach<Name extends string, T>(
  kinds: readonly { readonly kind: Name }[],
  make: (kind: DetectorKind, name: Name) => T | Promise<T>,
): Promise<Readonly<Record<Name, T>>> {
  const made: Partial<Record<Name, T>> = {};
  for (const kind of kinds) made[kind.kind] = await make(kind as DetectorKind<Name>, kind.kind);
  return made as Record<Name, T>;
}

/** To call before the data is read. @throws {InputError} if an option is none, or this machine lacks what it asks for */
export async function prepareDetectors(
  settings: DetectorSettings = {},
  preprocessing: PreprocessOptions = {},
): Promise<void> {
  requireOptions(settings, detectorSettings);
  resolvePreprocessing(preprocessing);
  await ofEachDetector((kind, name) => kind.prepare?.(settings[name]));
}

/** What computes those of some detectors that leave the choice. */
export function backendOf(models: Readonly<Record<string, { readonly detector: Detector }>>): Backend {
  const chosen = Object.values(models).find(({ detector }) => detector.backend !== undefined);
  return chosen?.detector.backend ?? "kernel";
}

/**
 * What a detector, or a baseline of `metrics.json`, is called in a sentence. A name that is not in the list stays as it is.
 *
 * @example
 * detectorTitle("baseline:principal-components"); // "baseline: PCA"
 */
export function detectorTitle(name: string): string {
  const [baseline, own] = name.startsWith("baseline:") ? ["baseline: ", name.slice(9)] : ["", name];
  return baseline + (detectors.find(({ kind }) => kind === own)?.title ?? own);
}

/** A detector's name with underscores: `isolation_forest`. */
export type FieldName<Name extends string> = Name extends `${infer Start}-${infer Rest}`
  ? `${Start}_${FieldName<Rest>}`
  : Name;

/** A detector's name as columns of tables and fields of alerts have it, where a hyphen would need quotes. */
export function fieldName<Name extends string>(name: Name): FieldName<Name> {
  return name.replaceAll("-", "_") as FieldName<Name>;
}

/** The kind of detector that has a name. @throws {RangeError} if there is none */
export function detectorKind(name: string): DetectorKind {
  const found = (detectors as readonly DetectorKind[]).find(({ kind }) => kind === name);
  if (!found) throw new RangeError(`there is no detector ${name}`);
  return found;
}
