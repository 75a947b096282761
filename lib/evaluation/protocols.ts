import { requireOptions } from "../common/errors";
import { breathe } from "../common/progress";
import { valuesAt } from "../common/values-at";
import { distinctRows } from "../data/distinct";
import { type LiteratureSubset, literatureSubset, literatureSubsets } from "../data/kdd/literature";
import { rowsWhere } from "../data/split";
import { allRows, labels, type Rows, selectColumn, type Table } from "../data/table";
import { autoencoder } from "../models/autoencoder/autoencoder";
import type { Detector, DetectorKind, FittedBy } from "../models/detector";
import { detectorSettings, type studyDetectors, type TrainedDetectorName } from "../models/detectors";
import { type FittedModel, fitDetector, fitModel } from "../models/fit-model";
import { isolationForest } from "../models/isolation-forest/detector";
import { type Model, scoreTable } from "../models/model";
import { chooseThreshold } from "../models/threshold";
import { presets, type TrainingOptions, trainingDefaults, trainingOptions } from "../models/training-options";
import { type UnseenCategory, unseenCategories } from "../preprocess/preprocessor";
import { baselineScores } from "./baselines";
import { atReportedRates, evaluate, type Metrics } from "./metrics";
import { scoreDistinct } from "./score-distinct";
import { scoreTogether } from "./score-together";

export type ProtocolOptions = TrainingOptions;

/** What a protocol knows a detector by: `isolation-forest`, `autoencoder`, `baseline:count`, … */
export type MetricsByDetector = Record<string, Metrics>;

/** Scores of every row of a study. */
export interface StudyScores {
  /** Of the training file, the rows that were fitted on included. */
  readonly trainingScores: Float64Array;
  /** Of the test file. */
  readonly testScores?: Float64Array;
}

/** A model of the novelty protocol with all its scores. */
export type NoveltyResult<Fitted extends Detector = Detector> = FittedModel<Fitted> & StudyScores;

export interface NoveltyStudy {
  /** Normal rows that the detectors were fitted on; without labels, rows. */
  readonly fitRows: Rows;
  /** The other normal rows, which gave the thresholds, and all attacks; without labels, the other rows. */
  readonly holdoutRows: Rows;
  /** By detector. */
  readonly models: {
    readonly [Kind in (typeof studyDetectors)[number] as Kind["kind"]]: NoveltyResult<FittedBy<Kind>>;
  };
  /** By name: `baseline:ecod`, …; none without labels. */
  readonly baselines: Readonly<Record<string, StudyScores & Pick<Model, "threshold">>>;
  /** Nothing without labels. */
  readonly metrics: { readonly holdout: MetricsByDetector; readonly test?: MetricsByDetector };
  /** Categories of the test file that the training rows do not hold. */
  readonly unseen: readonly UnseenCategory[];
}

/**
 * The `novelty` protocol: fit on 80 % of the training file's normal rows, threshold from the other 20 %, scored on
 * those with all attacks of the file (`holdout`), and on a test file. Without labels all rows stand for the normal ones, and
 * nothing is measured.
 */
export async function noveltyProtocol(
  train: Table,
  test: Table | undefined,
  options: ProtocolOptions = {},
): Promise<NoveltyStudy> {
  const fitted: FittedModel[] = [];
  try {
    return await studyNovelty(train, test, resolveProtocol(options), fitted);
  } catch (error) {
    disposeDetectors(fitted);
    throw error;
  }
}

/** Frees what detectors hold outside of the garbage collector's sight. */
export function disposeDetectors(models: Iterable<Pick<Model, "detector">>): void {
  for (const { detector } of models) detector.dispose?.();
}

/** @param fitted is given each model once it is fitted */
async function studyNovelty(
  train: Table,
  test: Table | undefined,
  { seed, falseAlarmRate, settings, preprocessing, work }: ReturnType<typeof resolveProtocol>,
  fitted: FittedModel[],
): Promise<NoveltyStudy> {
  const rows = train.labels ? rowsWhere(train, (label) => label === "normal") : allRows(train);
  const fit = async <Options extends object, Fitted extends Detector>(
    kind: DetectorKind<TrainedDetectorName, Options, Fitted>,
  ) => {
    const own = settings?.[kind.kind] as Options | undefined;
    const model = await fitModel(train, kind, {
      ...{ ...work, seed, rows, falseAlarmRate, preprocessing },
      settings: own,
    });
    fitted.push(model);
    return model;
  };
  const forest = await fit(isolationForest);
  const network = await fit(autoencoder);
  const { fitRows, heldOutRows, preprocessor } = forest;
  const tables = test ? [train, test] : [train];
  const { both, scores } = await scoreTogether(forest, network, tables, heldOutRows, work);
  const ofStudy = ([trainingScores, testScores]: readonly Float64Array[]): StudyScores =>
    test ? { trainingScores, testScores } : { trainingScores };
  const threshold = chooseThreshold(valuesAt(scores.combined[0], heldOutRows), falseAlarmRate);
  const models = {
    "isolation-forest": { ...forest, ...ofStudy(scores["isolation-forest"]) },
    autoencoder: { ...network, ...ofStudy(scores.autoencoder) },
    combined: { ...forest, ...both, threshold, ...ofStudy(scores.combined) },
  };
  const unseen = test ? unseenCategories(preprocessor, test) : [];
  if (!train.labels)
    return { fitRows, holdoutRows: heldOutRows, models, baselines: {}, metrics: { holdout: {} }, unseen };
  const baselines: Record<string, NoveltyStudy["baselines"][string]> = {};
  for await (const { name, ...scores } of baselineScores(train, test, fitRows, { ...work, preprocessing })) {
    const threshold = chooseThreshold(valuesAt(scores.trainingScores, heldOutRows), falseAlarmRate);
    baselines[`baseline:${name}`] = { ...scores, threshold };
    await breathe(work.signal);
  }
  const holdoutRows = withAttacks(train, heldOutRows);
  const results = { ...models, ...baselines };
  const metrics = await measure(results, train, { heldOutRows, holdoutRows }, test, work.signal);
  return { fitRows, holdoutRows, models, baselines, metrics, unseen };
}

/** Fills in the defaults. @throws {InputError} on an option that is unknown */
export function resolveProtocol(options: ProtocolOptions) {
  requireOptions(options, trainingOptions);
  requireOptions(options.settings ?? {}, detectorSettings);
  const { seed = trainingDefaults.seed, falseAlarmRate = trainingDefaults.falseAlarmRate } = options;
  const { settings, preprocessing, workers, onProgress, signal } = options;
  return { seed, falseAlarmRate, settings, preprocessing, work: { workers, onProgress, signal } };
}

/** Some normal rows and all attacks, in the order of the file. */
function withAttacks(table: Table, normals: Rows): Rows {
  const attacks = rowsWhere(table, (label) => label !== "normal");
  const rows = new Uint32Array(normals.length + attacks.length);
  rows.set(normals);
  rows.set(attacks, normals.length);
  return rows.sort();
}

/** Measures models and baselines on the held-out part of the training file, and on the test file. */
async function measure(
  results: Readonly<Record<string, StudyScores & Pick<Model, "threshold">>>,
  train: Table,
  { heldOutRows, holdoutRows }: { readonly heldOutRows: Rows; readonly holdoutRows: Rows },
  test: Table | undefined,
  signal: AbortSignal | undefined,
): Promise<NoveltyStudy["metrics"]> {
  const heldOut = {
    labels: selectColumn(labels(train), holdoutRows),
    distinct: distinctRows(train, holdoutRows),
  };
  const tested = test && {
    labels: labels(test),
    distinct: distinctRows(test),
    knownLabels: new Set(labels(train).categories),
  };
  const holdout: MetricsByDetector = {};
  const onTest: MetricsByDetector = {};
  for (const [name, { trainingScores, testScores, threshold }] of Object.entries(results)) {
    await breathe(signal);
    const normals = valuesAt(trainingScores, heldOutRows);
    const thresholds = {
      threshold: threshold.value,
      promised: atReportedRates((rate) => chooseThreshold(normals, Number(rate)).value),
    };
    holdout[name] = evaluate({ ...heldOut, ...thresholds, scores: valuesAt(trainingScores, holdoutRows) });
    if (!tested || !testScores) continue;
    await breathe(signal);
    onTest[name] = evaluate({ ...tested, ...thresholds, scores: testScores });
  }
  return { holdout, ...(tested && { test: onTest }) };
}

/**
 * The `mixed` protocol: an isolation forest fitted on everything, attacks included, and scored on the same rows. It is
 * the study a reader would try first, with the forest as it was published, kept to show what goes wrong where attacks are the
 * majority.
 */
export async function mixedProtocol(train: Table, options: ProtocolOptions = {}): Promise<MetricsByDetector> {
  const { seed, settings, preprocessing = presets.published.preprocessing, work } = resolveProtocol(options);
  const { kind } = isolationForest;
  const model = await fitDetector(train, isolationForest, {
    ...{ ...work, seed, preprocessing },
    settings: { ...presets.published.settings[kind], ...settings?.[kind] },
  });
  const scores = await scoreDistinct(model, train, work);
  return { [kind]: evaluate({ scores, labels: labels(train), distinct: distinctRows(train) }) };
}

/**
 * The `literature` protocol: on each subset of the papers, the published isolation forest fitted and scored on the same rows.
 * Those of deep papers are apart (`oneClassProtocol`): they train networks on up to 198,000 rows, which takes longer than all
 * else of a study.
 */
export async function literatureProtocol(
  train: Table,
  options: ProtocolOptions = {},
): Promise<Record<LiteratureSubset, MetricsByDetector>> {
  const { seed, settings, work } = resolveProtocol(options);
  const { kind } = isolationForest;
  const results: Partial<Record<LiteratureSubset, MetricsByDetector>> = {};
  for (const subset of literatureSubsets) {
    const table = literatureSubset(train, subset, seed);
    // Nominal features as numbers, as in the papers.
    const preprocessing = { encoding: "ordinal", logarithm: [], scaling: "none" } as const;
    const model = await fitDetector(table, isolationForest, {
      ...{ ...work, seed, preprocessing },
      settings: { ...presets.published.settings[kind], ...settings?.[kind] },
    });
    const scores = await scoreTable(model, table, undefined, work);
    results[subset] = { [kind]: evaluate({ scores, labels: labels(table) }) };
  }
  return results as Record<LiteratureSubset, MetricsByDetector>;
}
