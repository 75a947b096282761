import { breathe } from "../common/progress";
import { valuesAt } from "../common/values-at";
import { distinctRows } from "../data/distinct";
import { type LiteratureSubset, literatureSubset, literatureSubsets } from "../data/kdd/literature";
import { rowsWhere, splitRows } from "../data/split";
import { labels, type Rows, selectColumn, type Table } from "../data/table";
import { type Autoencoder, fitAutoencoder } from "../models/autoencoder/autoencoder";
import type { AutoencoderOptions } from "../models/autoencoder/settings";
import type { ScoreOptions } from "../models/detector";
import {
  fitIsolationForest,
  type IsolationForest,
  type IsolationForestOptions,
} from "../models/isolation-forest/isolation-forest";
import { scoreTable } from "../models/model";
import { chooseThreshold, type Threshold } from "../models/threshold";
import {
  fitPreprocessor,
  lazyTransform,
  type PreprocessOptions,
  type Preprocessor,
  transformInTurns,
  type UnseenCategory,
  unseenCategories,
} from "../preprocess/preprocessor";
import { baselineScores } from "./baselines";
import { evaluate, type Metrics } from "./metrics";
import { scoreDistinct } from "./score-distinct";

/**
 * Preprocessing and settings of each detector, chosen on the `holdout` part of the training file: see
 * `npm run compare`, which prints the comparison.
 */
export const defaults = {
  isolationForest: { encoding: "one-hot", logarithm: [], scaling: "none" },
  autoencoder: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
} as const satisfies Record<string, PreprocessOptions>;

export interface ProtocolOptions extends ScoreOptions {
  /** Fixes the split, the trees, the network and the drawn attacks. An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
  /** Share of usual traffic that may be flagged; sets the thresholds. In (0, 1). Default 0.05. */
  readonly falseAlarmRate?: number;
  readonly isolationForest?: Omit<IsolationForestOptions, "seed">;
  readonly autoencoder?: Omit<AutoencoderOptions, "seed">;
}

/** What a protocol knows a detector by: `isolation-forest`, `autoencoder`, `baseline:count`, … */
export type MetricsByDetector = Record<string, Metrics>;

/** A detector of the novelty protocol with all its scores. */
export interface NoveltyResult<D> {
  readonly detector: D;
  readonly preprocessor: Preprocessor;
  readonly threshold: Threshold;
  /** Scores of every row of the training file, those it was fitted on included. */
  readonly trainingScores: Float64Array;
  /** Scores of the test file. */
  readonly testScores?: Float64Array;
}

export interface NoveltyStudy {
  /** Normal rows that the detectors were fitted on. */
  readonly fitRows: Rows;
  /** The other normal rows, which gave the thresholds, and all attacks. */
  readonly holdoutRows: Rows;
  readonly isolationForest: NoveltyResult<IsolationForest>;
  readonly autoencoder: NoveltyResult<Autoencoder>;
  /** Scores of the baselines, by name. */
  readonly baselines: Readonly<
    Record<string, Pick<NoveltyResult<never>, "threshold" | "trainingScores" | "testScores">>
  >;
  readonly metrics: { readonly holdout: MetricsByDetector; readonly test?: MetricsByDetector };
  /** Categories of the test file that the training rows do not hold. */
  readonly unseen: readonly UnseenCategory[];
}

/**
 * The `novelty` protocol: fit on 80 % of the training file's normal rows, threshold from the other 20 %, scored on
 * those with all attacks of the file (`holdout`), and on a test file.
 */
export async function noveltyProtocol(
  train: Table,
  test: Table | undefined,
  options: ProtocolOptions = {},
): Promise<NoveltyStudy> {
  const { seed = 1, falseAlarmRate = 0.05, onProgress, signal, workers } = options;
  const work = { onProgress, signal, workers };
  const isNormal = (label: string) => label === "normal";
  const [fitRows, heldOutNormals] = splitRows(rowsWhere(train, isNormal), 0.8, seed);
  const attacks = rowsWhere(train, (label) => !isNormal(label));
  const holdoutRows = new Uint32Array(heldOutNormals.length + attacks.length);
  holdoutRows.set(heldOutNormals);
  holdoutRows.set(attacks, heldOutNormals.length);
  holdoutRows.sort();

  const study = async <D extends IsolationForest | Autoencoder>(
    preprocessing: PreprocessOptions,
    fit: (preprocessor: Preprocessor) => D | Promise<D>,
  ): Promise<NoveltyResult<D>> => {
    const preprocessor = fitPreprocessor(train, preprocessing, fitRows);
    const detector = await fit(preprocessor);
    const model = { detector, preprocessor };
    const trainingScores = await scoreDistinct(model, train, work);
    const testScores = test && (await scoreDistinct(model, test, work));
    return { ...model, trainingScores, testScores, threshold: thresholdFrom(trainingScores) };
  };
  const thresholdFrom = (scores: Float64Array) =>
    chooseThreshold(valuesAt(scores, heldOutNormals), falseAlarmRate);

  const isolationForest = await study(defaults.isolationForest, (preprocessor) =>
    fitIsolationForest(lazyTransform(preprocessor, train, fitRows), {
      ...options.isolationForest,
      onProgress,
      signal,
      seed,
    }),
  );
  const autoencoder = await study(defaults.autoencoder, async (preprocessor) =>
    fitAutoencoder(await transformInTurns(preprocessor, train, fitRows, signal), {
      ...options.autoencoder,
      workers,
      onProgress,
      signal,
      seed,
    }),
  );
  const baselines: Record<string, NoveltyStudy["baselines"][string]> = {};
  for await (const { name, trainingScores, testScores } of baselineScores(
    autoencoder.preprocessor,
    train,
    test,
    fitRows,
    { signal, workers },
  )) {
    baselines[`baseline:${name}`] = { trainingScores, testScores, threshold: thresholdFrom(trainingScores) };
    await breathe(signal);
  }

  const detectors = { "isolation-forest": isolationForest, autoencoder, ...baselines };
  const holdoutLabels = selectColumn(labels(train), holdoutRows);
  const holdoutDistinct = distinctRows(train, holdoutRows);
  const testDistinct = test && distinctRows(test);
  const knownLabels = new Set(labels(train).categories);
  const holdout: MetricsByDetector = {};
  const onTest: MetricsByDetector = {};
  for (const [name, { trainingScores, testScores, threshold }] of Object.entries(detectors)) {
    await breathe(signal);
    holdout[name] = evaluate({
      scores: valuesAt(trainingScores, holdoutRows),
      labels: holdoutLabels,
      distinct: holdoutDistinct,
      threshold: threshold.value,
    });
    if (test && testScores) {
      await breathe(signal);
      const judged = { scores: testScores, labels: labels(test), distinct: testDistinct, knownLabels };
      onTest[name] = evaluate({ ...judged, threshold: threshold.value });
    }
  }
  return {
    fitRows,
    holdoutRows,
    isolationForest,
    autoencoder,
    baselines,
    metrics: { holdout, ...(test && { test: onTest }) },
    unseen: test ? unseenCategories(autoencoder.preprocessor, test) : [],
  };
}

/**
 * The `mixed` protocol: an isolation forest fitted on everything, attacks included, and scored on the same rows. It is
 * the study a reader would try first, kept to show what goes wrong where attacks are the majority.
 */
export async function mixedProtocol(train: Table, options: ProtocolOptions = {}): Promise<MetricsByDetector> {
  const { seed = 1, onProgress, signal, workers } = options;
  const preprocessor = fitPreprocessor(train, defaults.isolationForest);
  const detector = await fitIsolationForest(lazyTransform(preprocessor, train), {
    ...options.isolationForest,
    onProgress,
    signal,
    seed,
  });
  const scores = await scoreDistinct({ detector, preprocessor }, train, { onProgress, signal, workers });
  return { "isolation-forest": evaluate({ scores, labels: labels(train), distinct: distinctRows(train) }) };
}

/** The `literature` protocol: on each subset of the papers, an isolation forest fitted and scored on the same rows. */
export async function literatureProtocol(
  train: Table,
  options: ProtocolOptions = {},
): Promise<Record<LiteratureSubset, MetricsByDetector>> {
  const { seed = 1, onProgress, signal, workers } = options;
  const results: Partial<Record<LiteratureSubset, MetricsByDetector>> = {};
  for (const subset of literatureSubsets) {
    const table = literatureSubset(train, subset, seed);
    // Nominal features as numbers, as in the papers.
    const preprocessor = fitPreprocessor(table, { encoding: "ordinal", logarithm: [], scaling: "none" });
    const detector = await fitIsolationForest(lazyTransform(preprocessor, table), {
      ...options.isolationForest,
      onProgress,
      signal,
      seed,
    });
    const scores = await scoreTable({ detector, preprocessor }, table, undefined, {
      onProgress,
      signal,
      workers,
    });
    results[subset] = { "isolation-forest": evaluate({ scores, labels: labels(table) }) };
  }
  return results as Record<LiteratureSubset, MetricsByDetector>;
}
