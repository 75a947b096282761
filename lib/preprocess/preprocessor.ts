import { InputError, requireOneOf, requireOptions } from "../common/errors";
import { log1p } from "../common/exact-math";
import { breather } from "../common/progress";
import { sharedBytes } from "../common/shared";
import { shown } from "../common/shown";
import {
  allRows,
  type Column,
  type Measure,
  measures,
  missingName,
  type NominalColumn,
  type NumericColumn,
  type Rows,
  requireRows,
  type Table,
} from "../data/table";
import { isHeavyTailed } from "./heavy-tailed";
import { type LazyMatrix, type Matrix, mostColumns } from "./matrix";
import { countMissing, isMissing, type MissingNumber, medianOf, replacementOf } from "./missing";
import { fitScale, rangeOf, type Scale, type Scaling, scaler, scalings } from "./scaling";

export const encodings = ["one-hot", "ordinal", "none"] as const;

export interface PreprocessOptions {
  /**
   * What becomes of a nominal feature: `one-hot`, a 0/1 column for each category; `ordinal`, its number in
   * alphabetical order (the Python original's label encoding); `none`, left out. Default `one-hot`.
   */
  readonly encoding?: (typeof encodings)[number];
  /**
   * Measures whose values x are replaced by log(1 + x) before scaling, or −log(1 − x) below 0. Default `["amount"]`. A number
   * whose column does not say what it measures is taken for an amount where its training values are heavy-tailed (see
   * {@link isHeavyTailed}), else for a count.
   */
  readonly logarithm?: readonly Measure[];
  /** Overrules that for columns by their names: `{ temperature: false, bytes: true }`. */
  readonly logarithmOf?: Readonly<Record<string, boolean>>;
  /**
   * `min-max`: training values to [0, 1]; `standard`: to mean 0 and standard deviation 1; `quantile`: to their rank in
   * [0, 1], as scikit-learn's QuantileTransformer with its 1,000 quantiles of all training values: the middle rank of equal
   * ones, but 0 and 1 for the least and the greatest; `none`. One-hot columns stay 0/1. Values outside of the training
   * range go beyond that of the column, but for `quantile`, where they are 0 or 1. Default `min-max`.
   */
  readonly scaling?: Scaling;
}

/** All options, defaults filled in. */
export type FullPreprocessOptions = Required<Omit<PreprocessOptions, "logarithmOf">> &
  Pick<PreprocessOptions, "logarithmOf">;

/** A fitted preprocessor: plain data, so that JSON saves and restores it exactly. */
export interface Preprocessor {
  readonly options: FullPreprocessOptions;
  readonly steps: readonly Step[];
  /** Names of the matrix columns it makes; one-hot columns are called `feature=category`. */
  readonly columns: readonly string[];
}

/** What becomes of one feature. Of numbers and ordinal numbers the {@link Scale} says what they become. */
export type Step = NumberStep | NominalStep;

export type NumberStep = {
  readonly kind: "number";
  readonly feature: string;
  readonly logarithm: boolean;
  /** The least and the greatest training value, as the table has them. */
  readonly range: readonly [least: number, most: number];
  /** What becomes of a missing number; left out where the column says what it measures and no training row lacked it. */
  readonly missing?: MissingNumber;
} & Scale;

export type NominalStep =
  | { readonly kind: "one-hot"; readonly feature: string; readonly categories: readonly string[] }
  | ({ readonly kind: "ordinal"; readonly feature: string; readonly categories: readonly string[] } & Scale);

/** A category that the training rows did not hold, with the number of rows that have it. */
export interface UnseenCategory {
  readonly feature: string;
  readonly category: string;
  readonly rows: number;
}

/**
 * Learns encoding and scaling from training rows, and from no others. A number that is missing (NaN, or infinite, which no
 * measured number is) becomes the median of the training values; where a training row lacks it, a 0/1 column
 * `feature=(missing)` says so. A numeric column without any training value is left out; see {@link preprocessingNotices}.
 *
 * @param table the data
 * @param options see there
 * @param rows the training rows; default all
 * @throws {InputError} on an option that it does not take, or if there are no such rows, no column is left, or the columns would be more than 32,767
 * @example
 * const preprocessor = fitPreprocessor(table, { scaling: "standard" }, trainingRows);
 * const matrix = transform(preprocessor, table);
 */
export function fitPreprocessor(table: Table, options: PreprocessOptions = {}, rows?: Rows): Preprocessor {
  const full = resolvePreprocessing(options);
  requireNumericColumns(table, full.logarithmOf);
  if (rows) requireRows(table, rows);
  if ((rows ? rows.length : table.rows) === 0)
    throw new InputError("preprocessing needs at least one training row");
  const memory = new Float64Array(rows ? rows.length : table.rows); // of one column after another
  const steps = table.features
    .map((source) => {
      if (source.kind === "numeric")
        return numberStep(source.name, source.measure, gather(source.values, rows, memory), full);
      return full.encoding === "none"
        ? undefined
        : nominalStep(source, gather(source.codes, rows, memory), full);
    })
    .filter((step) => step !== undefined);
  if (steps.length === 0)
    throw new InputError("no column of the training rows has a value that preprocessing can use");
  const columns = steps.flatMap(stepColumns);
  if (columns.length > mostColumns)
    throw new InputError(
      `the table makes ${columns.length} columns; a matrix has at most ${mostColumns}: leave out features with many names`,
    );
  return { options: full, steps, columns };
}

/** Fills in the defaults. @throws {InputError} on an option that is unknown, or none of what it may be */
export function resolvePreprocessing(options: PreprocessOptions): FullPreprocessOptions {
  requireOptions(options, { encoding: true, logarithm: true, logarithmOf: true, scaling: true });
  const { encoding = "one-hot", logarithm = ["amount"], logarithmOf, scaling = "min-max" } = options;
  requireOneOf("encoding", encoding, encodings);
  requireOneOf("scaling", scaling, scalings);
  if (!Array.isArray(logarithm)) throw new InputError(`logarithm must be a list of ${measures.join(", ")}`);
  for (const measure of logarithm) requireOneOf("logarithm", measure, measures);
  return { encoding, logarithm, ...(logarithmOf && { logarithmOf }), scaling };
}

/** Undefined if no training row has a value. @param all the training values, which are changed */
function numberStep(
  name: string,
  measure: Measure | undefined,
  all: Float64Array,
  options: FullPreprocessOptions,
): NumberStep | undefined {
  const isSomeMissing = countMissing(all) > 0;
  const values = isSomeMissing ? all.filter((value) => !isMissing(value)) : all;
  if (values.length === 0) return undefined;
  const range = rangeOf(values);
  const logarithm =
    ownValue(options.logarithmOf, name) ??
    options.logarithm.includes(measure ?? (isHeavyTailed(values) ? "amount" : "count"));
  const missing =
    isSomeMissing || measure === undefined
      ? { replacement: medianOf(values), column: isSomeMissing }
      : undefined;
  // + 0, since JSON does not keep −0.
  for (let i = 0; i < values.length; i++)
    values[i] = (logarithm ? signedLogarithm(values[i]) : values[i]) + 0;
  return {
    kind: "number",
    feature: name,
    logarithm,
    range,
    ...(missing && { missing }),
    ...fitScale(name, values, options.scaling),
  };
}

/** @param codes those of the training rows, which are changed */
function nominalStep(
  source: NominalColumn,
  codes: Float64Array,
  { encoding, scaling }: FullPreprocessOptions,
): NominalStep {
  const feature = source.name;
  const present = new Uint8Array(source.categories.length);
  for (let i = 0; i < codes.length; i++) present[codes[i]] = 1;
  const categories = source.categories.filter((_, code) => present[code]).sort();
  if (encoding === "one-hot") return { kind: "one-hot", feature, categories };
  const position = positions(categories, source);
  for (let i = 0; i < codes.length; i++) codes[i] = position[codes[i]];
  return { kind: "ordinal", feature, categories, ...fitScale(feature, codes, scaling) };
}

/** @throws {InputError} if a name is not that of a numeric column */
function requireNumericColumns({ features }: Table, byName: Readonly<Record<string, unknown>> = {}): void {
  for (const name of Object.keys(byName))
    if (!features.some((feature) => feature.name === name && feature.kind === "numeric"))
      throw new InputError(
        `the logarithm of ${shown(name)} is asked for or ruled out, but it is no numeric column of the data`,
      );
}

/** What an object has of its own by that name, whatever a name is. */
function ownValue<T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return object && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The matrix columns that a step makes, in order. */
export function stepColumns(step: Step): string[] {
  if (step.kind === "one-hot") return step.categories.map((category) => `${step.feature}=${category}`);
  const hasGaps = step.kind === "number" && step.missing?.column;
  return hasGaps ? [step.feature, `${step.feature}=${missingName}`] : [step.feature];
}

/** How many these are. */
function stepWidth(step: Step): number {
  if (step.kind === "one-hot") return step.categories.length;
  return step.kind === "number" && step.missing?.column ? 2 : 1;
}

/**
 * Checks that the parts of a preprocessor read from a file agree with each other.
 *
 * @param path the file
 * @throws {InputError} if they do not
 */
export function requireConsistent({ options, steps, columns }: Preprocessor, path: string): void {
  if (new Set(steps.map((step) => step.feature)).size < steps.length)
    throw new InputError(`${path} is damaged: two of its steps are of the same feature`);
  if (steps.some((step) => step.kind !== "number" && step.kind !== options.encoding))
    throw new InputError(`${path} is damaged: not all of its steps are of the encoding ${options.encoding}`);
  for (const step of steps) if (step.kind === "number") requireReplacement(step, path);
  const made = steps.reduce((count, step) => count + stepWidth(step), 0);
  if (made !== columns.length || steps.flatMap(stepColumns).some((name, i) => name !== columns[i]))
    throw new InputError(
      `${path} is damaged: its ${columns.length} columns are not the ${made} that its steps make`,
    );
}

/** @throws {InputError} if what stands for a missing number is outside of the training range */
function requireReplacement({ feature, range: [least, most], missing }: NumberStep, path: string): void {
  if (missing && (missing.replacement < least || missing.replacement > most))
    throw new InputError(
      `${path} is damaged: ${shown(feature)} has the range ${least} to ${most}, but ${missing.replacement} where it is missing`,
    );
}

/**
 * Turns rows of a table into numbers. An unseen category becomes zeros in all columns of its one-hot group, or
 * the ordinal number after the last; `unseenCategories` counts them.
 *
 * @param rows which rows, in this order; default all
 * @param memory where to put the numbers, if it is large enough; for work block by block. Default: new memory, which
 *   worker threads can share
 * @returns `rows × preprocessor.columns.length`
 * @throws {InputError} if the table lacks a feature, or one of the rows
 */
export function transform(
  preprocessor: Preprocessor,
  table: Table,
  rows?: Rows,
  memory?: Float32Array,
): Matrix {
  if (rows) requireRows(table, rows);
  const { steps, columns } = preprocessor;
  const count = rows ? rows.length : table.rows;
  const width = columns.length;
  const size = count * width;
  const data: Float32Array =
    memory && memory.length >= size
      ? memory.subarray(0, size).fill(0)
      : new Float32Array(sharedBytes(size * 4));
  const writers: Writer[] = [];
  let offset = 0;
  for (const step of steps) {
    writers.push(writer(step, sourceColumn(table, step), offset));
    offset += stepWidth(step);
  }
  // Block by block, so that the rows being written stay in the processor's cache for all columns.
  const block = 1024;
  for (let start = 0; start < count; start += block) {
    const end = Math.min(start + block, count);
    for (const write of writers) write(data, width, rows, start, end);
  }
  return { rows: count, columns, data };
}

/** Rows that are transformed between two breaths. */
const turnRows = 16_384;

/** {@link transform} of many rows, but others have their turn meanwhile. @throws the reason of `signal` once it is aborted */
export async function transformInTurns(
  preprocessor: Preprocessor,
  table: Table,
  rows: Rows = allRows(table),
  signal?: AbortSignal,
): Promise<Matrix> {
  const { columns } = preprocessor;
  const width = columns.length;
  const data: Float32Array = new Float32Array(sharedBytes(rows.length * width * 4));
  const breatheIfDue = breather(signal);
  for (let start = 0; start < rows.length; start += turnRows) {
    transform(preprocessor, table, rows.subarray(start, start + turnRows), data.subarray(start * width));
    await breatheIfDue();
  }
  return { rows: rows.length, columns, data };
}

/** The rows of a table as a matrix of which only the rows asked for are made. */
export function lazyTransform(preprocessor: Preprocessor, table: Table, rows?: Rows): LazyMatrix {
  return {
    rows: rows ? rows.length : table.rows,
    columns: preprocessor.columns,
    select: (wanted) => transform(preprocessor, table, rows ? wanted.map((i) => rows[i]) : wanted),
    whole: (signal) => transformInTurns(preprocessor, table, rows, signal),
  };
}

/** Categories of the rows that the preprocessor was not fitted on, most frequent first. */
export function unseenCategories(preprocessor: Preprocessor, table: Table, rows?: Rows): UnseenCategory[] {
  const unseen: UnseenCategory[] = [];
  for (const step of preprocessor.steps) {
    if (step.kind === "number") continue;
    const source = sourceColumn(table, step) as NominalColumn;
    const known = new Set(step.categories);
    const times = new Map<number, number>();
    for (const code of gather(source.codes, rows)) times.set(code, (times.get(code) ?? 0) + 1);
    for (const [code, count] of times) {
      const category = source.categories[code];
      if (!known.has(category)) unseen.push({ feature: step.feature, category, rows: count });
    }
  }
  return unseen.sort((a, b) => b.rows - a.rows);
}

type Writer = (data: Float32Array, width: number, rows: Rows | undefined, start: number, end: number) => void;

function writer(step: Step, source: Column, offset: number): Writer {
  if (step.kind === "number") return numberWriter(step, source as NumericColumn, offset);
  const { codes } = source as NominalColumn;
  if (step.kind === "one-hot") {
    const position = positions(step.categories, source as NominalColumn);
    return (data, width, rows, start, end) => {
      for (let i = start, at = start * width + offset; i < end; i++, at += width) {
        const category = position[codes[rows ? rows[i] : i]];
        if (category < step.categories.length) data[at + category] = 1;
      }
    };
  }
  const ordinal = step as Step & { kind: "ordinal" };
  const scaled = scaler(ordinal);
  const numbers = Float64Array.from(positions(ordinal.categories, source as NominalColumn), scaled);
  return (data, width, rows, start, end) => {
    for (let i = start, at = start * width + offset; i < end; i++, at += width)
      data[at] = numbers[codes[rows ? rows[i] : i]];
  };
}

function numberWriter(step: NumberStep, { values }: NumericColumn, offset: number): Writer {
  const { logarithm, missing } = step;
  const replacement = replacementOf(step);
  const scaled = scaler(step);
  return (data, width, rows, start, end) => {
    // In traffic most numbers are those of the row before.
    let [last, scaledLast] = [Number.NaN, 0];
    for (let i = start, at = start * width + offset; i < end; i++, at += width) {
      const value = values[rows ? rows[i] : i];
      if (value !== last) {
        const present = isMissing(value) ? replacement : value + 0;
        last = value;
        scaledLast = scaled(logarithm ? signedLogarithm(present) : present);
      }
      data[at] = scaledLast;
      if (missing?.column) data[at + 1] = isMissing(value) ? 1 : 0;
    }
  };
}

/** Logarithms of the numbers that most counts are. */
const ofSmallNumbers = Float64Array.from({ length: 1024 }, (_, n) => log1p(n));

/** log(1 + x), mirrored below 0: −log(1 − x). */
function signedLogarithm(value: number): number {
  if (value >= 0 && value < ofSmallNumbers.length && Number.isInteger(value)) return ofSmallNumbers[value];
  return value < 0 ? -log1p(-value) : log1p(value);
}

/** For each code of the column, the position of its category in the fitted list; the list's length if unseen. */
function positions(categories: readonly string[], source: NominalColumn): Uint32Array {
  const position = new Map(categories.map((category, i) => [category, i]));
  return Uint32Array.from(source.categories, (category) => position.get(category) ?? categories.length);
}

function sourceColumn(table: Table, step: Step): Column {
  const found = table.features.find((feature) => feature.name === step.feature);
  const name = shown(step.feature);
  if (!found) throw new InputError(`the data has no column ${name}, which the model was fitted on`);
  if ((found.kind === "numeric") !== (step.kind === "number")) {
    throw new InputError(`the column ${name} is ${found.kind} in the data, but not in the model`);
  }
  return found;
}

/** The values of some rows, or all. @param memory where to put them, if it is large enough */
function gather(values: ArrayLike<number>, rows: Rows | undefined, memory?: Float64Array): Float64Array {
  const count = rows ? rows.length : values.length;
  const found = memory && memory.length >= count ? memory.subarray(0, count) : new Float64Array(count);
  if (rows) for (let i = 0; i < count; i++) found[i] = values[rows[i]];
  else found.set(values);
  return found;
}
