import { InputError, requireNumber, requireOptions } from "../../../common/errors";
import { breather, type WorkOptions, workOptions } from "../../../common/progress";
import { isLazy, type LazyMatrix, type Matrix, requireFinite } from "../../../preprocess/matrix";
import { type DetectorKind, requireRow, type ScoreOptions } from "../../detector";
import { scoreMatrix } from "../../kernel/score-matrix";
import { RowDetector } from "../../row-detector";
import { nearestRows, type Sample, sampleRows, squaredDifferences } from "../nearest-rows";
import { readSample, writeSample } from "../sample-files";
import { type Densities, densityOf, leastReach, scorer } from "./densities";

export interface LocalOutlierFactorOptions {
  /** Neighbours whose density a row is compared with, MinPts in the paper; an integer in [1, sampleSize). Default 20. */
  readonly neighbours?: number;
  /** Rows that are kept to compare with, an integer ≥ 2. Default 2,000, or all rows if fewer. */
  readonly sampleSize?: number;
  /** Draws the sample. An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
}

/** The local outlier factor as a {@link DetectorKind}, on the autoencoder's numbers. */
export const localOutlierFactor: DetectorKind<
  "local-outlier-factor",
  LocalOutlierFactorOptions,
  LocalOutlierFactor
> = {
  kind: "local-outlier-factor",
  title: "LOF",
  scores: { title: "Local outlier factor", scale: "log" },
  blindSpot: "A few odd rows among those that it learned from vouch for an attack that is near them.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["neighbours.json", "sample.bin"],
  fit: async (matrix, { workers: _, ...options } = {}) => fitLocalOutlierFactor(matrix, options),
  async load(folder, columns) {
    const { settings, sample } = await readSample(folder, columns.length);
    if (settings.neighbours >= settings.sampleSize)
      throw new InputError(
        `${folder} is damaged: a row of ${settings.sampleSize} has no ${settings.neighbours} neighbours`,
      );
    return new LocalOutlierFactor(
      columns,
      settings,
      sample,
      await densitiesOf(sample, settings.neighbours, {}),
    );
  },
};

/**
 * Local outlier factor (Breunig, Kriegel, Ng and Sander: LOF: identifying density-based local outliers, SIGMOD 2000) on a
 * sample: how much less dense it is around a row than around its neighbours, so that a row may be as far from others in a
 * sparse region as it could not be in a dense one. As scikit-learn's with `novelty=True`. Cost of fitting: sampleSize² ×
 * columns; of scoring: rows × sampleSize × columns.
 *
 * @throws {InputError} if an option is out of range or there are fewer than two rows; the reason of `signal` once it is aborted
 * @example
 * const fitted = await fitLocalOutlierFactor(normal, { neighbours: 20, sampleSize: 2000 });
 * const scores = await fitted.score(traffic); // near 1 = as its neighbours are, higher = more anomalous
 */
export async function fitLocalOutlierFactor(
  matrix: Matrix | LazyMatrix,
  options: LocalOutlierFactorOptions & WorkOptions = {},
): Promise<LocalOutlierFactor> {
  requireOptions(options, { neighbours: true, sampleSize: true, seed: true, ...workOptions });
  const { sampleSize = 2000, seed = 1, onProgress, signal } = options;
  requireNumber("sampleSize", sampleSize, { min: 2, integer: true });
  signal?.throwIfAborted();
  if (!isLazy(matrix)) requireFinite(matrix);
  if (matrix.rows < 2)
    throw new InputError(`the local outlier factor needs at least two rows, got ${matrix.rows}`);
  const sample = sampleRows(matrix, sampleSize, seed, "sample of the local outlier factor");
  const { neighbours = Math.min(20, sample.rows - 1) } = options;
  requireNumber("neighbours", neighbours, { min: 1, max: sample.rows - 1, integer: true });
  const settings = { neighbours, sampleSize: sample.rows, seed };
  const densities = await densitiesOf(sample, neighbours, { onProgress, signal });
  return new LocalOutlierFactor(matrix.columns, settings, sample, densities);
}

/** How far the k-th neighbour of each row of a sample is, and how dense it is there. */
async function densitiesOf(
  sample: Sample,
  k: number,
  { onProgress, signal }: WorkOptions,
): Promise<Densities> {
  const { data, width, rows } = sample;
  const breatheIfDue = breather(signal);
  const found: ReturnType<typeof nearestRows>[] = [];
  const reach = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    found.push(nearestRows(sample, data.subarray(row * width, (row + 1) * width), k, row));
    reach[row] = Math.sqrt(found[row].squares[k - 1]);
    onProgress?.({ stage: "finding the neighbours of the sample", done: row + 1, total: rows });
    await breatheIfDue();
  }
  return { reach, density: Float64Array.from(found, (neighbours) => densityOf(neighbours, reach)) };
}

/** A sample with the densities around its rows; made by {@link fitLocalOutlierFactor}. */
export class LocalOutlierFactor extends RowDetector {
  readonly kind = "local-outlier-factor";

  constructor(
    readonly columns: readonly string[],
    readonly settings: Readonly<Required<LocalOutlierFactorOptions>>,
    readonly sample: Sample,
    readonly densities: Densities,
  ) {
    super();
  }

  /** Local outlier factors; near 1 = as dense as around its neighbours. */
  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const { sample, densities, settings } = this;
    const work = { stage: "comparing densities", rowCost: (sample.rows * sample.width) / 4 };
    const fitted = { sample, ...densities, neighbours: settings.neighbours };
    return scoreMatrix(scorer, fitted, matrix, work, options);
  }

  /**
   * What each column adds to the factor: it is proportional to the sum of the row's distances to its neighbours, and each
   * distance is told apart by the columns' squared differences. They sum to the score, but for rounding.
   */
  explain(row: Float32Array): Float64Array {
    requireRow(this, row);
    const { sample, densities } = this;
    const { reach, density } = densities;
    const found = nearestRows(sample, row, this.settings.neighbours);
    const { nearest, squares } = found;
    const contributions = new Float64Array(row.length);
    const unit = nearest.reduce((sum, other) => sum + density[other], 0) / nearest.length ** 2;
    nearest.forEach((other, n) => {
      const distance = unit * (Math.max(reach[other], Math.sqrt(squares[n])) + leastReach);
      const differences = squaredDifferences(sample, row, other);
      for (let i = 0; i < row.length; i++)
        contributions[i] += distance * (squares[n] === 0 ? 1 / row.length : differences[i] / squares[n]);
    });
    return contributions;
  }

  save(folder: string): Promise<void> {
    return writeSample(folder, this.settings, this.sample);
  }
}
