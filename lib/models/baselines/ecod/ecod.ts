import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, requireOptions } from "../../../common/errors";
import { checked, readJsonFile } from "../../../common/json-file";
import { breather, type WorkOptions, workOptions } from "../../../common/progress";
import { type LazyMatrix, type Matrix, requireFinite, wholeMatrix } from "../../../preprocess/matrix";
import { type DetectorKind, requireRow, type ScoreOptions } from "../../detector";
import { scoreMatrix } from "../../kernel/score-matrix";
import { RowDetector } from "../../row-detector";
import { type ColumnDistribution, scorer, type Tails, tailsOf, tailsOfRow } from "./tails";

/** Values and counts that are saved, so that a file of them can be read. */
const mostNumbers = 900_000;

/** ECOD as a {@link DetectorKind}. It only compares the values of a column: neither logarithm nor scaling would move a score. */
export const ecod: DetectorKind<"ecod", object, Ecod> = {
  kind: "ecod",
  title: "ECOD",
  scores: { title: "Sum of −log tail probabilities", scale: "linear" },
  blindSpot:
    "It looks at the ends of each column by itself: gaps between usual values, and values unusual only together, pass.",
  preprocessing: { encoding: "one-hot", logarithm: [], scaling: "none" },
  files: ["tails.json"],
  fit: (matrix, { seed: _, workers: __, ...options } = {}) => fitEcod(matrix, options),
  async load(folder, columns) {
    const { tailsSchema } = require("./schema") as typeof import("./schema");
    const path = join(folder, "tails.json");
    const { rows, distributions } = checked(tailsSchema, await readJsonFile(path), path);
    if (distributions.length !== columns.length)
      throw new InputError(
        `${path} is damaged: it has ${distributions.length} distributions for ${columns.length} columns`,
      );
    distributions.forEach(({ values, counts }, i) => {
      const ascending = values.every((value, k) => k === 0 || value > values[k - 1]);
      const all = counts.reduce((sum, count) => sum + count, 0);
      if (!ascending || counts.length !== values.length || all !== rows)
        throw new InputError(
          `${path} is damaged: distribution ${i} must have ascending values with counts that sum to ${rows}`,
        );
    });
    return new Ecod(columns, rows, distributions);
  },
};

/**
 * ECOD (Li, Zhao, Hu, Botta, Ionescu and Chen: ECOD: unsupervised outlier detection using empirical cumulative
 * distribution functions, IEEE TKDE 2022): a value is as unusual as the tail beyond it is small, column by column. It has
 * no parameters. Cost: rows × columns × log rows.
 *
 * @throws {InputError} if the matrix has no rows, a value that is not finite, or an option is given, since there are none
 * @throws the reason of `signal` once it is aborted
 * @example
 * const fitted = await fitEcod(normal);
 * const scores = await fitted.score(traffic); // higher = more anomalous
 */
export async function fitEcod(given: Matrix | LazyMatrix, options: WorkOptions = {}): Promise<Ecod> {
  requireOptions(options, workOptions);
  const { onProgress, signal } = options;
  const matrix = await wholeMatrix(given, signal);
  requireFinite(matrix);
  const { rows, columns, data } = matrix;
  if (rows === 0) throw new InputError("ECOD needs at least one row");
  signal?.throwIfAborted();
  const breatheIfDue = breather(signal);
  const width = columns.length;
  const values = new Float32Array(rows);
  const distributions: ColumnDistribution[] = [];
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < rows; row++) values[row] = data[row * width + column];
    distributions.push(distributionOf(values.sort()));
    onProgress?.({ stage: "sorting the columns", done: column + 1, total: width });
    await breatheIfDue();
  }
  return new Ecod(columns, rows, distributions);
}

/** Fitted distributions, made by {@link fitEcod}. */
export class Ecod extends RowDetector {
  readonly kind = "ecod";
  readonly settings = {};
  readonly #tails: Tails;

  constructor(
    readonly columns: readonly string[],
    /** Rows that it was fitted on. */
    readonly rows: number,
    readonly distributions: readonly ColumnDistribution[],
  ) {
    super();
    this.#tails = tailsOf(rows, distributions);
  }

  /**
   * The largest of three sums over the columns of −log tail probabilities: of the left tails, of the right tails, and of the
   * tail on the side to which each column is skewed. A row counts as one of the fitted rows, as in PyOD, so that no
   * probability is 0.
   */
  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const work = { stage: "scoring with ECOD", rowCost: 20 * this.columns.length };
    return scoreMatrix(scorer, this.#tails, matrix, work, options);
  }

  /**
   * The −log tail probability of each column, of that sum which is the row's score: they add up to it, but for rounding.
   */
  explain(row: Float32Array): Float64Array {
    requireRow(this, row);
    const { left, right, skewed } = tailsOfRow(this.#tails, row);
    const [l, r, s] = [left, right, skewed].map((tails) => tails.reduce((sum, tail) => sum + tail, 0));
    return s >= Math.max(l, r) ? skewed : l >= r ? left : right;
  }

  /** @throws {InputError} if they are too large to be read again: more than 900,000 values and counts */
  async save(folder: string): Promise<void> {
    const { settings, rows, distributions } = this;
    const numbers = distributions.reduce((sum, { values }) => sum + 2 * values.length, 0);
    if (numbers > mostNumbers)
      throw new InputError(
        `the columns have ${numbers / 2} different values: ECOD saves at most ${mostNumbers / 2}`,
      );
    await writeFile(join(folder, "tails.json"), `${JSON.stringify({ settings, rows, distributions })}\n`);
  }
}

function distributionOf(sorted: Float32Array): ColumnDistribution {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === values[values.length - 1]) counts[counts.length - 1]++;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  const mean = values.reduce((sum, value, i) => sum + value * counts[i], 0) / sorted.length;
  const third = values.reduce(
    (sum, value, i) => sum + counts[i] * (value - mean) * (value - mean) * (value - mean),
    0,
  );
  return { values, counts, leftTailed: third < 0 };
}
