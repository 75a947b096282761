import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, requireNumber, requireOptions } from "../../../common/errors";
import { square } from "../../../common/exact-math";
import { checked, readJsonFile } from "../../../common/json-file";
import { type WorkOptions, workOptions } from "../../../common/progress";
import {
  type LazyMatrix,
  type Matrix,
  requireFinite,
  selectMatrixRows,
  wholeMatrix,
} from "../../../preprocess/matrix";
import { type DetectorKind, requireRow, type ScoreOptions } from "../../detector";
import { scoreMatrix } from "../../kernel/score-matrix";
import { RowDetector } from "../../row-detector";
import { rateRange } from "../../threshold";
import { requireSavable, requireWidth } from "../component-files";
import { type Spectrum, spectrumOf } from "../spectrum";
import { scorer, squaredLength } from "./larger-distance";

/** All numbers in (0, 1); the defaults are the paper's, which leaves α to the user. */
export interface MahalanobisOptions {
  /** Share of the fitted rows, the farthest from their mean, that is left out of mean and correlations, γ. Default 0.005. */
  readonly trimmed?: number;
  /** Share of the variance that the major components hold together. Default 0.5. */
  readonly majorShare?: number;
  /** Variance, on standardised columns, below which a component is minor. Default 0.2. */
  readonly minorVariance?: number;
  /** Share of the fitted rows whose major or minor distance is beyond its threshold, α. Default 0.05. */
  readonly falseAlarmRate?: number;
}

/** The principal component classifier as a {@link DetectorKind}. */
export const mahalanobis: DetectorKind<"mahalanobis", MahalanobisOptions, Mahalanobis> = {
  kind: "mahalanobis",
  title: "Mahalanobis",
  scores: { title: "Distance over its threshold", scale: "log" },
  blindSpot: "It takes the usual for one cloud: what lies in a gap inside of it passes.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "standard" },
  files: ["distances.json"],
  fit: (matrix, { seed: _, workers: __, ...options } = {}) => fitMahalanobis(matrix, options),
  async load(folder, columns) {
    const { distancesSchema } = require("./schema") as typeof import("./schema");
    const path = join(folder, "distances.json");
    const { settings, mean, major, minor } = checked(distancesSchema, await readJsonFile(path), path);
    const width = columns.length;
    requireWidth(path, [mean, ...major, ...minor], width);
    if (major.length + minor.length > width)
      throw new InputError(
        `${path} is damaged: it has ${major.length + minor.length} components of ${width} columns`,
      );
    const exact = (part: readonly number[][]) => part.map((component) => Float64Array.from(component));
    return new Mahalanobis(columns, settings, Float64Array.from(mean), exact(major), exact(minor));
  },
};

/** A component with less of the variance than this is rounding, or a column that follows from others: it is no direction. */
const leastVariance = 1e-6;

/**
 * The principal component classifier (Shyu, Chen, Sarinnapakorn and Chang: A novel anomaly detection scheme based on
 * principal component classifier, ICDM 2003), which was made for KDD'99. Mahalanobis' distance Σ yₖ² / λₖ, where yₖ is a
 * row's position on the k-th component and λₖ the variance there, is told apart into that over the major components, which
 * hold half of the variance, and that over the minor ones, where rows hardly vary. A row is anomalous when either is
 * beyond its threshold. Cost: rows × columns², then columns³.
 *
 * @throws {InputError} if an option is out of range, the matrix has no rows or no column that varies, or the columns take
 *   too much memory; the reason of `signal` once it is aborted
 * @example
 * const fitted = await fitMahalanobis(normal);
 * const scores = await fitted.score(traffic); // higher = more anomalous, beyond 1 = anomalous to the paper
 */
export async function fitMahalanobis(
  given: Matrix | LazyMatrix,
  options: MahalanobisOptions & WorkOptions = {},
): Promise<Mahalanobis> {
  requireOptions(options, {
    ...{ trimmed: true, majorShare: true, minorVariance: true, falseAlarmRate: true },
    ...workOptions,
  });
  const { trimmed = 0.005, majorShare = 0.5, minorVariance = 0.2, falseAlarmRate = 0.05 } = options;
  const settings = { trimmed, majorShare, minorVariance, falseAlarmRate };
  for (const [name, value] of Object.entries(settings)) requireNumber(name, value, rateRange);
  const { onProgress, signal } = options;
  const work = { onProgress, signal };
  const matrix = await wholeMatrix(given, signal);
  requireFinite(matrix);
  if (matrix.rows === 0) throw new InputError("Mahalanobis' distance needs at least one row");

  // 1. Rows that are far from their mean would blur what is usual: they are left out.
  const distances = await distancesOf(
    matrix,
    components(await correlations(matrix, work), () => true),
    work,
  );
  const limit = quantile(distances, 1 - trimmed);
  const kept = Uint32Array.from(distances.keys()).filter((row) => distances[row] <= limit);

  // 2. The components of the others, major and minor.
  const spectrum = await correlations(selectMatrixRows(matrix, kept), work);
  const { mean, variances } = spectrum;
  const majors = countOfShare(variances, majorShare);
  const major = components(spectrum, (_, k) => k < majors);
  const minor = components(spectrum, (variance, k) => k >= majors && variance < minorVariance);
  if (major.vectors.length === 0) throw new InputError("Mahalanobis' distance needs a column that varies");

  // 3. Each distance in units of its threshold c. Together they flag α = α₁ + α₂ − α₁α₂ where α₁ = α₂.
  const own = 1 - Math.sqrt(1 - falseAlarmRate);
  for (const part of [major, minor]) {
    if (part.vectors.length === 0) continue;
    const threshold = quantile(await distancesOf(matrix, part, work), 1 - own);
    const unit = threshold > 0 ? 1 / Math.sqrt(threshold) : 1;
    for (const vector of part.vectors) for (let i = 0; i < vector.length; i++) vector[i] *= unit;
  }
  return new Mahalanobis(matrix.columns, settings, mean, major.vectors, minor.vectors);
}

/** Fitted components, made by {@link fitMahalanobis}. */
export class Mahalanobis extends RowDetector {
  readonly kind = "mahalanobis";

  constructor(
    readonly columns: readonly string[],
    /** The options as they were used. */
    readonly settings: Readonly<Required<MahalanobisOptions>>,
    readonly mean: Float64Array,
    /** One vector a component: its product with a row, less the mean, is the row's position in units of the threshold. */
    readonly major: readonly Float64Array[],
    readonly minor: readonly Float64Array[],
  ) {
    super();
  }

  /** The larger of major and minor distance, each in units of its threshold. */
  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const { mean, major, minor } = this;
    const work = {
      stage: "measuring Mahalanobis' distance",
      rowCost: mean.length * (major.length + minor.length + 1),
    };
    return scoreMatrix(scorer, { mean, major, minor }, matrix, work, options);
  }

  /**
   * How much each column adds to the row's score: the squares yₖ² are told apart into yₖ times what each column adds to yₖ.
   * They sum to the score, but for rounding; one that is negative made the row more usual.
   */
  explain(row: Float32Array): Float64Array {
    requireRow(this, row);
    const centred = this.mean.map((value, i) => row[i] - value);
    const isMajor = squaredLength(this.major, centred) >= squaredLength(this.minor, centred);
    const contributions = new Float64Array(centred.length);
    for (const component of isMajor ? this.major : this.minor) {
      const position = component.reduce((sum, value, i) => sum + value * centred[i], 0);
      for (let i = 0; i < centred.length; i++) contributions[i] += position * component[i] * centred[i];
    }
    return contributions;
  }

  /** @throws {InputError} if they are too large to be read again: more than 900,000 numbers */
  async save(folder: string): Promise<void> {
    const { settings, mean, major, minor } = this;
    requireSavable(major.length + minor.length, mean.length);
    const plain = (part: readonly Float64Array[]) => part.map((component) => [...component]);
    const content = { settings, mean: [...mean], major: plain(major), minor: plain(minor) };
    await writeFile(join(folder, "distances.json"), `${JSON.stringify(content)}\n`);
  }
}

/** Mean, and the spectrum of the correlations: of columns that are divided by their standard deviation. */
interface Correlations extends Spectrum {
  readonly deviation: Float64Array;
}

async function correlations(matrix: Matrix, work: WorkOptions): Promise<Correlations> {
  const width = matrix.columns.length;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  const { rows, data } = matrix;
  for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < width; i++) mean[i] += data[at++] / rows;
  for (let row = 0, at = 0; row < rows; row++)
    for (let i = 0; i < width; i++) deviation[i] += square(data[at++] - mean[i]) / rows;
  deviation.forEach((variance, i) => {
    deviation[i] = variance > 0 ? Math.sqrt(variance) : 1;
  });
  const standardised = new Float32Array(data.length);
  for (let row = 0, at = 0; row < rows; row++)
    for (let i = 0; i < width; i++, at++) standardised[at] = (data[at] - mean[i]) / deviation[i];
  return { ...(await spectrumOf({ ...matrix, data: standardised }, work)), mean, deviation };
}

/** Vectors whose products with a row, less the mean, are its positions in units of their standard deviation. */
interface Components {
  readonly mean: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/** The components that are wanted, of those in which rows vary at all. */
function components(
  { mean, deviation, variances, directions }: Correlations,
  isWanted: (variance: number, k: number) => boolean,
): Components {
  const vectors: Float64Array[] = [];
  directions.forEach((direction, k) => {
    if (variances[k] < leastVariance || !isWanted(variances[k], k)) return;
    vectors.push(direction.map((value, i) => value / deviation[i] / Math.sqrt(variances[k])));
  });
  return { mean, vectors };
}

/** How many of the largest variances hold a share of their sum. */
function countOfShare(variances: Float64Array, share: number): number {
  const total = variances.reduce((sum, variance) => sum + Math.max(0, variance), 0);
  let [count, sum] = [0, 0];
  while (count < variances.length && sum < share * total) sum += variances[count++];
  return count;
}

async function distancesOf(
  matrix: Matrix,
  { mean, vectors }: Components,
  { signal }: WorkOptions,
): Promise<Float64Array> {
  const work = { stage: "measuring Mahalanobis' distance", rowCost: mean.length * (vectors.length + 1) };
  return scoreMatrix(scorer, { mean, major: vectors, minor: [] }, matrix, work, { signal });
}

/** The smallest value that at least a share of the values are not above. */
function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
