import { InputError, requireNumber, requireOneOf, requireOptions } from "../common/errors";
import { datasetOf } from "../data/source";
import { splitRows } from "../data/split";
import { allRows, type Rows, requireRows, type Table } from "../data/table";
import { fitPreprocessor, lazyTransform, type PreprocessOptions } from "../preprocess/preprocessor";
import { type Detector, type DetectorKind, type FitOptions, fitOptions } from "./detector";
import { type Model, type PreprocessedDetector, scoreTable } from "./model";
import { chooseThreshold, rateRange } from "./threshold";
import { trainingDefaults } from "./training-options";

export interface FitDetectorOptions<Options extends object = object> extends FitOptions {
  /** Default all. */
  readonly rows?: Rows;
  /** Rows that are not fitted, for a detector that must know how it scores such. */
  readonly heldOutRows?: Rows;
  /** Default: what suits the detector. */
  readonly preprocessing?: PreprocessOptions;
  /** Options of the detector's own. */
  readonly settings?: Options;
}

export interface FitModelOptions<Options extends object = object>
  extends Omit<FitDetectorOptions<Options>, "heldOutRows"> {
  /**
   * Which rows are held out of fitting, to take the threshold from: a `random` fifth, the `last` fifth, which is the test where
   * rows are in order of time, or those named. Default `random`.
   */
  readonly holdOut?: "random" | "last" | Rows;
  /** Share of rows like those held out that may be flagged, in expectation; in (0, 1). Default 0.05. */
  readonly falseAlarmRate?: number;
}

/** A model with the rows that made it. */
export interface FittedModel<Fitted extends Detector = Detector> extends Model<Fitted> {
  readonly fitRows: Rows;
  readonly heldOutRows: Rows;
}

/**
 * Fits a model: holds a fifth of the rows out, fits the preprocessing and the detector on the others, and takes the threshold
 * from the scores of those held out. Give it rows that are normal, as far as that is known.
 *
 * @throws {InputError} on an option out of range, or too few rows; the reason of `signal` once it is aborted
 * @example
 * const normal = rowsWhere(table, (label) => label === "normal");
 * const model = await fitModel(table, isolationForest, { rows: normal, falseAlarmRate: 0.05, seed: 1 });
 * const { scores, anomalous } = await judge(model, table);
 * const linear = await fitModel(table, principalComponents, { rows: normal }); // as any other kind of detector
 */
export async function fitModel<Options extends object, Fitted extends Detector>(
  table: Table,
  kind: DetectorKind<string, Options, Fitted>,
  options: FitModelOptions<Options> = {},
): Promise<FittedModel<Fitted>> {
  requireOptions(options, {
    ...{ rows: true, preprocessing: true, settings: true, holdOut: true, falseAlarmRate: true },
    ...fitOptions,
  });
  const {
    rows = allRows(table),
    holdOut = "random",
    falseAlarmRate = trainingDefaults.falseAlarmRate,
    seed = trainingDefaults.seed,
    ...rest
  } = options;
  requireRows(table, rows);
  if (typeof holdOut === "string") requireOneOf("holdOut", holdOut, ["random", "last"]);
  else requireRows(table, holdOut);
  requireNumber("falseAlarmRate", falseAlarmRate, rateRange);
  const [fitRows, heldOutRows] = splitFor(holdOut, rows, seed);
  if (heldOutRows.length === 0)
    throw new InputError(`a model needs rows to fit and to hold out, got ${rows.length} in all`);
  const fitted = await fitDetector(table, kind, { ...rest, seed, rows: fitRows, heldOutRows });
  const { onProgress, signal, workers } = rest;
  try {
    const scores = await scoreTable(fitted, table, heldOutRows, { onProgress, signal, workers });
    const training = { seed, ...(table.source && { dataset: datasetOf(table.source) }) };
    const threshold = chooseThreshold(scores, falseAlarmRate);
    return { ...fitted, threshold, training, fitRows, heldOutRows };
  } catch (error) {
    fitted.detector.dispose?.();
    throw error;
  }
}

/**
 * Fits the preprocessing and the detector on rows: a model without a threshold, for protocols that have none.
 *
 * @throws {InputError} on an option out of range, or too few rows; the reason of `signal` once it is aborted
 */
export async function fitDetector<Options extends object, Fitted extends Detector>(
  table: Table,
  kind: DetectorKind<string, Options, Fitted>,
  {
    rows,
    heldOutRows,
    preprocessing = kind.preprocessing,
    settings,
    ...options
  }: FitDetectorOptions<Options> = {},
): Promise<PreprocessedDetector<Fitted>> {
  const preprocessor = fitPreprocessor(table, preprocessing, rows);
  const matrix = lazyTransform(preprocessor, table, rows);
  const heldOut = heldOutRows && lazyTransform(preprocessor, table, heldOutRows);
  const detector = await kind.fit(matrix, { ...settings, ...options } as Options & FitOptions, heldOut);
  return { detector, preprocessor };
}

/** The share of rows that is fitted. */
const fitShare = 0.8;

/** The rows to fit and those to hold out. */
function splitFor(holdOut: "random" | "last" | Rows, rows: Rows, seed: number): [Rows, Rows] {
  if (holdOut === "last") return splitInOrder(rows);
  if (holdOut === "random") return splitRows(rows, fitShare, seed);
  const heldOut = new Set(holdOut);
  return [rows.filter((row) => !heldOut.has(row)), holdOut];
}

/** The rows to fit and those to hold out, of rows in order of time. */
export function splitInOrder(rows: Rows): [Rows, Rows] {
  const size = Math.round(fitShare * rows.length);
  return [rows.slice(0, size), rows.slice(size)];
}
