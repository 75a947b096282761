import { InputError, type OptionNames } from "../common/errors";
import { type WorkOptions, workOptions } from "../common/progress";
import { shown } from "../common/shown";
import { type LazyMatrix, type Matrix, requireFinite, requireMatrix } from "../preprocess/matrix";
import type { FullPreprocessOptions } from "../preprocess/preprocessor";
import type { Backend } from "./tensorflow";

export interface ScoreOptions extends WorkOptions {
  /** Threads to share the rows among, where a detector uses threads. Default: as many as processors. */
  readonly workers?: number;
}

export const scoreOptions: OptionNames<ScoreOptions> = { workers: true, ...workOptions };

/**
 * A kind of anomaly detector: all that fitting, saving, loading and drawing need to know of it. `detectors.ts` lists them.
 */
export interface DetectorKind<
  Kind extends string = string,
  Options extends object = object,
  Fitted extends Detector = Detector,
> {
  /** Its name in files, options and results: `isolation-forest`. */
  readonly kind: Kind;
  /** Its name in a sentence: `isolation forest`. */
  readonly title: string;
  /** What its scores are, and the scale on which they are drawn. */
  readonly scores: { readonly title: string; readonly scale: "linear" | "log" };
  /** A sentence about what it cannot see. */
  readonly blindSpot: string;
  /** How rows become the numbers that suit it best. */
  readonly preprocessing: FullPreprocessOptions;
  /** The files that `save` writes. */
  readonly files: readonly string[];
  /** To call before work that ends in `fit`. @throws {InputError} if this machine lacks what the options ask for */
  prepare?(options?: Options): Promise<void>;
  /**
   * @param heldOut rows that it is not fitted on, for a detector that must know how it scores such. Default: the same rows
   * @throws {InputError} on an option out of range or too few rows; the reason of `signal` once it is aborted
   */
  fit(
    matrix: Matrix | LazyMatrix,
    options?: Options & FitOptions,
    heldOut?: Matrix | LazyMatrix,
  ): Promise<Fitted>;
  /**
   * Reads what `save` wrote, or somebody else.
   *
   * @param columns the columns that it was fitted on, which its own files do not hold
   * @throws {InputError} if a file is missing or damaged, or does not go with the columns
   */
  load(folder: string, columns: readonly string[], options?: LoadOptions): Promise<Fitted>;
}

/** What every detector is fitted with. */
export interface FitOptions extends ScoreOptions {
  /** Fixes every random choice. An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
}

export const fitOptions: OptionNames<FitOptions> = { seed: true, ...scoreOptions };

export interface LoadOptions {
  /** What computes a detector that leaves the choice. Default "kernel". */
  readonly backend?: Backend;
}

export const loadOptions: OptionNames<LoadOptions> = { backend: true };

/** What a kind of detector is once it is fitted. */
export type FittedBy<Kind> = Kind extends DetectorKind<string, object, infer Fitted> ? Fitted : never;

/** The options that a kind of detector has of its own. */
export type OptionsOf<Kind> =
  Kind extends DetectorKind<string, infer Options, Detector> ? Omit<Options, keyof FitOptions> : never;

/**
 * What a row's values add that no training row had, which a detector has learned nothing of: to a tree, whatever lies beyond
 * the training range is as usual as its end, and a column that was constant says nothing. Models count such values (see
 * `countNovelValues`); the detector's own scores are without them.
 */
export interface NoveltyRule {
  /** The score of a row with this many such values, given the detector's own. */
  readonly score: (score: number, values: number) => number;
  /** What they add to the row's contributions (see `Detector.explain`), given the sum of the detector's own. */
  readonly contribution: (sum: number, values: number) => number;
}

/** A fitted anomaly detector. */
export interface Detector {
  /** Of the {@link DetectorKind} that it is of. */
  readonly kind: string;
  /** The options that it was fitted with, defaults filled in. */
  readonly settings: object;
  /** Names of the matrix columns it was fitted on. A matrix to score must have just these. */
  readonly columns: readonly string[];
  /**
   * Anomaly scores, one a row; higher = more anomalous.
   * @throws {RangeError} if the matrix has other columns; {InputError} naming row and column of a value that is not finite
   */
  score(matrix: Matrix, options?: ScoreOptions): Promise<Float64Array>;
  /**
   * How much each column added to the score of one row; same order as `columns`, higher = more anomalous.
   * @throws {RangeError} if the row has another length; {InputError} if a value is not finite
   */
  explain(row: Float32Array): Float64Array;
  /**
   * The same for every row of a matrix at once, which is faster: `rows × columns`, row-major.
   * @throws {RangeError} if the matrix has other columns
   */
  explainRows(matrix: Matrix, options?: WorkOptions): Promise<Float64Array>;
  /** How values count that no training row had. Without it they count as any others. */
  readonly novelty?: NoveltyRule;
  /** Writes the detector's own files into an existing folder. */
  save(folder: string): Promise<void>;
  /** What computes it, where there is a choice. */
  readonly backend?: Backend;
  /** What it lost in each epoch of training, where it has epochs. */
  readonly history?: readonly { readonly loss: number; readonly validationLoss?: number }[];
  /** Frees what lies outside of the garbage collector's sight, where there is such. It is of no use then. */
  dispose?(): void;
}

/** @throws {RangeError} unless the matrix is one, with just the columns that the detector was fitted on */
export function requireColumns(detector: Pick<Detector, "columns">, matrix: Matrix): void {
  const { columns } = detector;
  requireMatrix(matrix);
  if (columns.length === matrix.columns.length && columns.every((name, i) => name === matrix.columns[i]))
    return;
  throw new RangeError(
    `the detector was fitted on ${columns.length} columns, the matrix has ${matrix.columns.length} or others`,
  );
}

/** @throws {RangeError} unless a row has as many values as the detector has columns; {InputError} if one is not finite */
export function requireRow({ columns }: Pick<Detector, "columns">, row: Float32Array): void {
  if (row.length !== columns.length)
    throw new RangeError(`the row must have ${columns.length} values, one a column, got ${row.length}`);
  requireFinite({ rows: 1, columns, data: row });
}

/**
 * Checks that every row has a score that can be compared with a threshold: NaN is greater than none, so that the row would
 * pass as usual without a word.
 *
 * @throws {InputError} naming the column that the first such row comes from
 */
export function requireFiniteScores(
  { kind }: Pick<Detector, "kind">,
  { columns, data }: Matrix,
  scores: Float64Array,
): void {
  let row = 0; // a loop takes a tenth of what findIndex does
  while (row < scores.length && Number.isFinite(scores[row])) row++;
  if (row === scores.length) return;
  const column = data
    .subarray(row * columns.length, (row + 1) * columns.length)
    .findIndex((value) => !Number.isFinite(value));
  const cause =
    column < 0
      ? "its numbers are too large for the model, or the model is damaged"
      : `its column ${shown(columns[column])} is ${data[row * columns.length + column]}`;
  throw new InputError(`the ${kind} gives row ${row} of the matrix the score ${scores[row]}: ${cause}`);
}
