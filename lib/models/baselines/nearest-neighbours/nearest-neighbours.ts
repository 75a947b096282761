import { InputError, requireNumber, requireOptions } from "../../../common/errors";
import { type WorkOptions, workOptions } from "../../../common/progress";
import { isLazy, type LazyMatrix, type Matrix, requireFinite } from "../../../preprocess/matrix";
import { type DetectorKind, requireRow, type ScoreOptions } from "../../detector";
import { scoreMatrix } from "../../kernel/score-matrix";
import { RowDetector } from "../../row-detector";
import { nearestRows, type Sample, sampleRows, squaredDifferences } from "../nearest-rows";
import { readSample, writeSample } from "../sample-files";
import { scorer } from "./distances";

export interface NearestNeighboursOptions {
  /** Which of the nearest rows gives the distance, k; an integer in [1, sampleSize]. Default 5, as in PyOD. */
  readonly neighbours?: number;
  /** Rows that are kept to measure distances to, an integer ≥ 1. Default 2,000, or all rows if fewer. */
  readonly sampleSize?: number;
  /** Draws the sample. An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
}

/** k nearest neighbours as a {@link DetectorKind}, on the autoencoder's numbers. */
export const nearestNeighbours: DetectorKind<
  "nearest-neighbours",
  NearestNeighboursOptions,
  NearestNeighbours
> = {
  kind: "nearest-neighbours",
  title: "nearest neighbours",
  scores: { title: "Distance to the k-th nearest row", scale: "log" },
  blindSpot:
    "It measures all distances alike: what is close to a dense crowd passes where other usual rows are far apart.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["neighbours.json", "sample.bin"],
  fit: async (matrix, { workers: _, ...options } = {}) => fitNearestNeighbours(matrix, options),
  async load(folder, columns) {
    const { settings, sample } = await readSample(folder, columns.length);
    return new NearestNeighbours(columns, settings, sample);
  },
};

/**
 * Distance to the k-th nearest row (Ramaswamy, Rastogi and Shim: Efficient algorithms for mining outliers from large data
 * sets, SIGMOD 2000) of a sample, since every row to score is compared with every row that is kept: k-NN scales to no
 * whole file. Cost of scoring: rows × sampleSize × columns.
 *
 * @throws {InputError} if an option is out of range or the matrix has no rows; the reason of `signal` once it is aborted
 * @example
 * const fitted = await fitNearestNeighbours(normal, { neighbours: 5, sampleSize: 2000 });
 * const scores = await fitted.score(traffic); // higher = more anomalous
 */
export async function fitNearestNeighbours(
  matrix: Matrix | LazyMatrix,
  options: NearestNeighboursOptions & WorkOptions = {},
): Promise<NearestNeighbours> {
  requireOptions(options, { neighbours: true, sampleSize: true, seed: true, ...workOptions });
  const { sampleSize = 2000, seed = 1, signal } = options;
  requireNumber("sampleSize", sampleSize, { min: 1, integer: true });
  signal?.throwIfAborted();
  if (!isLazy(matrix)) requireFinite(matrix);
  if (matrix.rows === 0) throw new InputError("nearest neighbours need at least one row");
  const sample = sampleRows(matrix, sampleSize, seed, "sample of nearest neighbours");
  const { neighbours = Math.min(5, sample.rows) } = options;
  requireNumber("neighbours", neighbours, { min: 1, max: sample.rows, integer: true });
  return new NearestNeighbours(matrix.columns, { neighbours, sampleSize: sample.rows, seed }, sample);
}

/** A sample to measure distances to; made by {@link fitNearestNeighbours}. */
export class NearestNeighbours extends RowDetector {
  readonly kind = "nearest-neighbours";

  constructor(
    readonly columns: readonly string[],
    readonly settings: Readonly<Required<NearestNeighboursOptions>>,
    readonly sample: Sample,
  ) {
    super();
  }

  /** Euclidean distance to the k-th nearest row of the sample. */
  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const { sample, settings } = this;
    const work = { stage: "finding nearest neighbours", rowCost: (sample.rows * sample.width) / 4 };
    return scoreMatrix(scorer, { sample, neighbours: settings.neighbours }, matrix, work, options);
  }

  /**
   * What each column adds to the distance d: its squared difference from the k-th nearest row, divided by d. They sum to
   * the score, but for rounding.
   */
  explain(row: Float32Array): Float64Array {
    requireRow(this, row);
    const { sample, settings } = this;
    const { nearest, squares } = nearestRows(sample, row, settings.neighbours);
    const distance = Math.sqrt(squares[settings.neighbours - 1]);
    const differences = squaredDifferences(sample, row, nearest[settings.neighbours - 1]);
    return distance === 0 ? differences : differences.map((square) => square / distance);
  }

  save(folder: string): Promise<void> {
    return writeSample(folder, this.settings, this.sample);
  }
}
