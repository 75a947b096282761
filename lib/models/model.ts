import { requireOptions } from "../common/errors";
import { breathe } from "../common/progress";
import { range } from "../common/range";
import { valuesAt } from "../common/values-at";
import { knownEqualRows } from "../data/distinct";
import { type Rows, requireRows, type Table } from "../data/table";
import { countNovelValues } from "../preprocess/novelty";
import { type Preprocessor, transform } from "../preprocess/preprocessor";
import { type Detector, type ScoreOptions, scoreOptions } from "./detector";
import { type DetectorName, detectorTitle } from "./detectors";
import { falseDiscoveryVerdicts, pValues } from "./p-values";
import { type Threshold, verdicts } from "./threshold";

/** A detector with the preprocessing that makes its numbers: what it takes to score a table. */
export interface PreprocessedDetector<Fitted extends Detector = Detector> {
  readonly detector: Fitted;
  readonly preprocessor: Preprocessor;
}

/** All that is needed to judge new traffic: what a model folder holds. Made by `fitModel`, or `loadModel`. */
export interface Model<Fitted extends Detector = Detector> extends PreprocessedDetector<Fitted> {
  readonly threshold: Threshold;
  readonly training: TrainingRecord;
}

/** Where a model comes from. */
export interface TrainingRecord {
  readonly seed: number;
  readonly dataset?: { readonly name: string; readonly sha256: string; readonly rows: number };
  /** Figures measured when it was trained, by protocol. */
  readonly metrics?: Readonly<Record<string, unknown>>;
}

/** `manifest.json` of a model folder. */
export interface Manifest extends TrainingRecord {
  readonly formatVersion: number;
  readonly libraryVersion: string;
  readonly kind: DetectorName;
  /** Names of the features that data to score must have. */
  readonly features: readonly string[];
  readonly settings: object;
  /** SHA-256 of each other file, to notice a folder that is incomplete or was changed. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a model says of rows, one of each a row. */
export interface Judgement {
  /** Higher = more anomalous. */
  readonly scores: Float64Array;
  /** 1 where the score is greater than the threshold, or the false discovery rate allows it; else 0. */
  readonly anomalous: Uint8Array;
  /** See {@link pValues}. */
  readonly pValues: Float64Array;
}

export interface JudgeOptions extends ScoreOptions {
  /** Which rows, in this order. Default all. */
  readonly rows?: Rows;
  /** Verdicts by this false discovery rate among the rows instead of the threshold: see {@link falseDiscoveryVerdicts}. */
  readonly falseDiscoveryRate?: number;
}

/**
 * Scores, verdicts and p-values of rows of a table.
 *
 * @param memories see {@link scoreTable}
 * @throws {InputError} if the table lacks a feature of the model, a score is not a finite number, the rate is out of range,
 *   or an option is unknown
 */
export async function judge(
  model: Model,
  table: Table,
  options: JudgeOptions = {},
  memories?: Float32Array[],
): Promise<Judgement> {
  requireOptions(options, { rows: true, falseDiscoveryRate: true, ...scoreOptions });
  const { rows, falseDiscoveryRate, ...work } = options;
  const scores = await scoreTable(model, table, rows, work, memories);
  const found = pValues(scores, model.threshold);
  const anomalous =
    falseDiscoveryRate === undefined
      ? verdicts(scores, model.threshold)
      : falseDiscoveryVerdicts(found, falseDiscoveryRate);
  return { scores, anomalous, pValues: found };
}

/** Rows that are made into numbers and scored at a time, and as many numbers, so that memory does not grow with the data. */
const mostBlockRows = 32_768;
const mostBlockNumbers = 2 ** 24;

/**
 * Anomaly scores of rows of a table, one a row, higher = more anomalous: the detector's, and what values add that no
 * training row had (see `NoveltyRule`). Rows are scored block by block; the result does not depend on how a file is cut into
 * tables. Of a whole table whose equal rows were found before (see `distinctRows`) each is scored once.
 *
 * @param rows which rows, in this order; default all
 * @param memories where blocks are made: the same array, once empty, for all tables of a file. Default: new memory
 * @throws {InputError} if the table lacks a feature of the model, or a score is not a finite number
 */
export async function scoreTable(
  model: PreprocessedDetector,
  table: Table,
  rows?: Rows,
  options: ScoreOptions = {},
  memories?: Float32Array[],
): Promise<Float64Array> {
  requireOptions(options, scoreOptions);
  if (rows) requireRows(table, rows);
  const shared = { ...model, detectors: [model.detector] };
  return (await scoreByAll(shared, table, rows, options, memories))[0];
}

/** Detectors that take the same numbers. */
export interface SharedPreprocessing {
  readonly detectors: readonly Detector[];
  readonly preprocessor: Preprocessor;
}

/** {@link scoreTable} by each of several detectors: rows are made into numbers once. */
export async function scoreByAll(
  shared: SharedPreprocessing,
  table: Table,
  rows?: Rows,
  options?: ScoreOptions,
  memories?: Float32Array[],
): Promise<Float64Array[]> {
  const known = rows ? undefined : knownEqualRows(table);
  if (known) {
    const scores = await scoreByAll(shared, table, known.distinct, options, memories);
    return scores.map((own) => valuesAt(own, known.places));
  }
  const countsNovel = shared.detectors.some(({ novelty }) => novelty);
  const novel = new Uint16Array(countsNovel ? (rows?.length ?? table.rows) : 0);
  const scores = await ownScores(shared, table, rows, options, memories, novel);
  return scores.map((own, i) => withNovelty(shared.detectors[i], own, novel));
}

/**
 * {@link scoreByAll} without what new values add: the detectors' own scores.
 *
 * @param novel where to write how many new values each row has; empty: they are not counted
 */
export async function ownScores(
  { detectors, preprocessor }: SharedPreprocessing,
  table: Table,
  rows?: Rows,
  { onProgress, signal, workers }: ScoreOptions = {},
  memories: Float32Array[] = [],
  novel: Uint16Array = new Uint16Array(0),
): Promise<Float64Array[]> {
  const total = rows ? rows.length : table.rows;
  const scores = detectors.map(() => new Float64Array(total));
  const width = Math.max(1, preprocessor.columns.length);
  const blockRows = Math.min(mostBlockRows, Math.ceil(mostBlockNumbers / width));
  // Two blocks in turn: one is made while the workers score the other.
  const block = (start: number) => {
    const end = Math.min(start + blockRows, total);
    const part = rows ? rows.subarray(start, end) : range(start, end);
    const turn = (start / blockRows) % 2;
    const made = transform(preprocessor, table, part, memories[turn]);
    if (novel.length > 0) novel.set(countNovelValues(preprocessor, table, part), start);
    if (made.data.length > (memories[turn]?.length ?? 0)) memories[turn] = made.data;
    return made;
  };
  let next = block(0);
  for (let start = 0; start < total; start += blockRows) {
    await breathe(signal);
    const scoring = Promise.all(detectors.map((detector) => detector.score(next, { signal, workers })));
    if (start + blockRows < total) next = block(start + blockRows);
    for (const [i, own] of (await scoring).entries()) scores[i].set(own, start);
    onProgress?.({
      stage: `scoring with the ${detectors.map(({ kind }) => detectorTitle(kind)).join(" and the ")}`,
      done: Math.min(start + blockRows, total),
      total,
    });
  }
  return scores;
}

/** A detector's own scores with what new values add. @param novel how many each row has */
export function withNovelty(
  { novelty }: Pick<Detector, "novelty">,
  scores: Float64Array,
  novel: Uint16Array,
): Float64Array {
  return novelty ? scores.map((score, row) => novelty.score(score, novel[row])) : scores;
}
