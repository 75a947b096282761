import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireOptions } from "../../common/errors";
import { exp2, log } from "../../common/exact-math";
import { checked, readJsonFile } from "../../common/json-file";
import { type WorkOptions, workOptions } from "../../common/progress";
import { type LazyMatrix, type Matrix, wholeMatrix } from "../../preprocess/matrix";
import { type Autoencoder, autoencoder } from "../autoencoder/autoencoder";
import type { AutoencoderOptions } from "../autoencoder/settings";
import {
  type DetectorKind,
  type FitOptions,
  fitOptions,
  loadOptions,
  type NoveltyRule,
  type ScoreOptions,
} from "../detector";
import { isolationForest } from "../isolation-forest/detector";
import type { IsolationForest, IsolationForestOptions } from "../isolation-forest/isolation-forest";
import { pValues } from "../p-values";
import { RowDetector } from "../row-detector";
import { ascendingScores } from "../threshold";

export interface CombinedOptions {
  /** Options of the members, by their names. */
  readonly "isolation-forest"?: Omit<IsolationForestOptions, "seed">;
  readonly autoencoder?: Omit<AutoencoderOptions, "seed">;
}

/** Isolation forest and autoencoder together as a {@link DetectorKind}, on the numbers that both work on. */
export const combined: DetectorKind<"combined", CombinedOptions, Combined> = {
  kind: "combined",
  title: "combined detector",
  scores: { title: "Mean −log p-value", scale: "linear" },
  blindSpot:
    "It passes what neither of its detectors sees, and beyond all held-out rows one row ranks as another.",
  preprocessing: autoencoder.preprocessing,
  files: [...isolationForest.files, ...autoencoder.files, "combined.json"],
  fit: fitCombined,
  async load(folder, columns, options = {}) {
    requireOptions(options, loadOptions);
    const { combinedSchema } = require("./schema") as typeof import("./schema");
    const path = join(folder, "combined.json");
    const { heldOutScores, weights } = checked(combinedSchema, await readJsonFile(path), path);
    const members: Members = [
      await isolationForest.load(folder, columns, options),
      await autoencoder.load(folder, columns, options),
    ];
    return new Combined(
      members,
      heldOutScores.map((scores) => Float64Array.from(scores)),
      weights,
    );
  },
};

/** The two that are combined, which were fitted on the same columns. */
export type Members = readonly [IsolationForest, Autoencoder];

/** What share the forest's evidence has in a score, and what the network's: chosen by `npm run compare`. */
export const memberWeights: readonly number[] = [0.45, 0.55];

/**
 * Fits an isolation forest and an autoencoder on the same rows, and combines them: see {@link combine}.
 *
 * @param heldOut rows like the others that the members are not fitted on. Default: the fitted rows
 * @throws {InputError} as the members do; the reason of `signal` once it is aborted
 * @example
 * const model = await fitModel(table, combined, { rows: trainingRows, seed: 1 });
 */
export async function fitCombined(
  matrix: Matrix | LazyMatrix,
  given: CombinedOptions & FitOptions = {},
  heldOut: Matrix | LazyMatrix = matrix,
): Promise<Combined> {
  requireOptions(given, { "isolation-forest": true, autoencoder: true, ...fitOptions });
  const { "isolation-forest": forest, autoencoder: network, ...options } = given;
  const members: Members = [
    await isolationForest.fit(matrix, { ...forest, ...options }),
    await autoencoder.fit(matrix, { ...network, ...options }),
  ];
  const rows = await wholeMatrix(heldOut, options.signal);
  const scores: Float64Array[] = [];
  const { seed: _, ...work } = options;
  for (const member of members) scores.push(await member.score(rows, work));
  return combine(members, scores);
}

/**
 * Combines two fitted detectors. What one gives is a depth, the other an error: each score is told by how probable so high
 * a one is among rows that neither was fitted on.
 *
 * @param heldOutScores of each member, for rows like those that the members were fitted on
 */
export function combine(members: Members, heldOutScores: readonly Float64Array[]): Combined {
  return new Combined(members, heldOutScores.map(ascendingScores), memberWeights);
}

/** A forest and an autoencoder that judge together; made by {@link fitCombined} or {@link combine}. */
export class Combined extends RowDetector {
  readonly kind = "combined";
  readonly columns: readonly string[];
  readonly settings: object;
  /**
   * Each value that no training row had is evidence beside the members', with a p-value of 1/20: the weakest by which such rows
   * are flagged at a budget of 5 %, and stronger evidence ranks attacks of the training file no better.
   */
  readonly novelty: NoveltyRule = {
    score: (score, values) => score + values * log(20),
    contribution: (_, values) => values * log(20),
  };

  constructor(
    readonly members: Members,
    /** Scores of each member for held-out rows, ascending. */
    readonly heldOutScores: readonly Float64Array[],
    /** What share each member has in a score; they sum to 1. */
    readonly weights: readonly number[],
  ) {
    super();
    this.columns = members[0].columns;
    this.settings = Object.fromEntries(members.map(({ kind, settings }) => [kind, settings]));
  }

  /**
   * Weighted mean of the members' −log p, where p is the p-value of the member's score. With equal weights it orders rows as
   * Fisher's method does (1925), which multiplies p-values; weights are Good's (1955). It ends at log(1 + held-out rows): beyond
   * all of those, one row is as anomalous as another.
   */
  protected async scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const scores: Float64Array[] = [];
    for (const member of this.members) scores.push(await member.score(matrix, options));
    return this.scoresOf(scores);
  }

  /** The same from what the members gave the rows. */
  scoresOf(byMember: readonly Float64Array[]): Float64Array {
    const sum = new Float64Array(byMember[0].length);
    byMember.forEach((scores, i) => {
      const surprise = this.#surprise(i, scores);
      for (let row = 0; row < sum.length; row++) sum[row] += this.weights[i] * surprise[row];
    });
    return sum;
  }

  /**
   * How much each column adds to the row's score: each member's −log p is shared out among the columns that made the row more
   * anomalous to it, in proportion to what they did. They sum to the score, but for rounding.
   *
   * @throws {RangeError} if the row has another length
   */
  explain(row: Float32Array): Float64Array {
    return this.#shared(this.members.map((member) => member.explain(row)));
  }

  /**
   * {@link explain} for every row: `rows × columns`, row-major.
   * @throws {RangeError} if the matrix has other columns
   */
  override async explainRows(matrix: Matrix, options: WorkOptions = {}): Promise<Float64Array> {
    requireOptions(options, workOptions);
    const byMember: Float64Array[] = [];
    for (const member of this.members) byMember.push(await member.explainRows(matrix, options));
    const width = this.columns.length;
    const contributions = new Float64Array(matrix.rows * width);
    for (let start = 0; start < contributions.length; start += width)
      contributions.set(this.#shared(byMember.map((all) => all.subarray(start, start + width))), start);
    return contributions;
  }

  async save(folder: string): Promise<void> {
    for (const member of this.members) await member.save(folder);
    const { weights } = this;
    const content = { weights, heldOutScores: this.heldOutScores.map((scores) => [...scores]) };
    await writeFile(join(folder, "combined.json"), `${JSON.stringify(content)}\n`);
  }

  dispose(): void {
    this.members[1].dispose();
  }

  /** −log p of scores of a member. */
  #surprise(member: number, scores: Float64Array): Float64Array {
    return pValues(scores, { scores: this.heldOutScores[member] }).map((p) => -log(p));
  }

  /** What columns add to the score of one row, from what they did to each member. */
  #shared(byMember: readonly Float64Array[]): Float64Array {
    const contributions = new Float64Array(this.columns.length);
    const [forest] = this.members;
    byMember.forEach((own, m) => {
      const sum = own.reduce((total, value) => total + value, 0);
      const score = m === 0 ? exp2(forest.baseline + sum) : sum;
      // A hair less, lest rounding puts it above a score that it equals.
      const [surprise] = this.#surprise(m, Float64Array.of(score * (1 - 1e-9)));
      const raised = own.map((value) => Math.max(0, value));
      const all = raised.reduce((total, value) => total + value, 0);
      raised.forEach((value, i) => {
        contributions[i] += this.weights[m] * surprise * (all > 0 ? value / all : 1 / raised.length);
      });
    });
    return contributions;
  }
}
