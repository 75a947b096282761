import { InputError, requireNumber, requireOptions } from "../../common/errors";
import { exp2 } from "../../common/exact-math";
import { formatCount } from "../../common/format";
import { requireMemory } from "../../common/memory";
import { breather, type WorkOptions } from "../../common/progress";
import { createRandom } from "../../common/random";
import { KeptMemory } from "../../common/shared";
import {
  isLazy,
  type LazyMatrix,
  type Matrix,
  mostColumns,
  requireMatrix,
  wholeMatrix,
} from "../../preprocess/matrix";
import { fitOptions, type NoveltyRule, requireRow, type ScoreOptions } from "../detector";
import { type PackedTrees, packTrees, scorer } from "../kernel/forest";
import { growTree } from "../kernel/grow-tree";
import { growInThreads } from "../kernel/grow-trees";
import { findRepeats, release } from "../kernel/repeats";
import { scoreMatrix } from "../kernel/score-matrix";
import { RowDetector } from "../row-detector";
import { averagePathLength } from "./average-path-length";
import { writeForest } from "./files";
import { forestOptions, type IsolationForestOptions, resolveForest } from "./settings";
import { allocateNodes, mostNodes, type Nodes, nodeBytes } from "./tree";

export type { IsolationForestOptions } from "./settings";

/** While trees grow, in the arrays of a forest, and once more for the kernel. */
const bytesPerNode = 2 * nodeBytes + 24;

/** Where trees grow: how many nodes they will have is not known before. */
const nursery = new KeptMemory();

/** All rows of a lazy matrix are made at once if they take no more bytes, and trees draw at least as many. */
const wholeBytes = 2 ** 27;

/**
 * Fits an isolation forest (Liu, Ting and Zhou: Isolation Forest, ICDM 2008): trees of random splits, in which
 * anomalies stand alone after few splits. Cost: trees × sampleSize × log₂ sampleSize, whatever the number of rows.
 * The same trees with any number of workers.
 *
 * @param matrix `rows × columns`, at least two rows; rows may repeat. Fit it on normal rows where you can: on a mix in
 *   which attacks are the majority, they look usual. Of a lazy matrix that is large only the sampled rows are made.
 * @throws {InputError} on an option out of range or unknown, a value that is not finite, too few rows, too many columns, or trees that take too much memory
 * @throws the reason of `signal` once it is aborted
 * @example
 * const forest = await fitIsolationForest(matrix, { trees: 100, sampleSize: 256, seed: 1 });
 * const scores = await forest.score(matrix); // in (0, 1), higher = more anomalous
 */
export async function fitIsolationForest(
  matrix: Matrix | LazyMatrix,
  options: IsolationForestOptions & ScoreOptions = {},
): Promise<IsolationForest> {
  requireOptions(options, { ...forestOptions, ...fitOptions });
  const { workers, onProgress, signal } = options;
  const { trees, sampleSize: askedSize, seed } = resolveForest(options);
  if (!isLazy(matrix)) requireMatrix(matrix);
  if (workers !== undefined) requireNumber("workers", workers, { min: 1, integer: true });
  if (matrix.rows < 2) throw new InputError(`an isolation forest needs at least 2 rows, got ${matrix.rows}`);
  if (matrix.columns.length > mostColumns)
    throw new InputError(`an isolation forest takes at most ${mostColumns} columns`);
  const sampleSize = Math.min(askedSize, matrix.rows);
  const most = trees * (2 * sampleSize - 1);
  const bytes = matrix.rows * matrix.columns.length * 4;
  const makeAll = matrix.rows <= trees * sampleSize && bytes <= wholeBytes;
  requireMemory(
    `${formatCount(trees)} trees × ${formatCount(sampleSize)} rows`,
    most * bytesPerNode + (makeAll ? bytes : sampleSize * matrix.columns.length * 4),
  );
  const nodes = allocateNodes(trees, Math.min(most, mostNodes + 2 * sampleSize), nursery);
  signal?.throwIfAborted();
  const whole = makeAll ? await wholeMatrix(matrix, signal) : matrix;
  const source = "data" in whole ? await findRepeats(whole, trees * sampleSize, { workers, signal }) : whole;
  const settings = { trees, sampleSize, seed };
  const work = { workers, onProgress, signal };
  const used =
    (await growInThreads(source, settings, nodes, work)) ??
    (await growOneByOne(source, settings, nodes, work));
  const grown = firstOf(nodes, used);
  release(source);
  nursery.giveBack(nodes.roots.buffer);
  return new IsolationForest(matrix.columns, settings, grown);
}

/** Grows tree after tree. @returns how many nodes the trees have */
async function growOneByOne(
  matrix: Matrix | LazyMatrix,
  { trees, sampleSize, seed }: Required<IsolationForestOptions>,
  nodes: Nodes,
  { onProgress, signal }: WorkOptions,
): Promise<number> {
  let next = 0;
  const breatheIfDue = breather(signal);
  for (let tree = 0; tree < trees; tree++) {
    await breatheIfDue();
    nodes.roots[tree] = next;
    const random = createRandom(seed, `tree ${tree}`);
    next = await growTree(matrix, sampleSize, random, nodes, next, breatheIfDue);
    if (next > mostNodes)
      throw new InputError(
        `${trees} trees × ${sampleSize} rows are too many: the first ${tree + 1} trees have ${next} nodes, and a model may have at most ${mostNodes}`,
      );
    onProgress?.({ stage: "growing the isolation forest", done: tree + 1, total: trees });
  }
  return next;
}

/**
 * A fitted isolation forest; made by {@link fitIsolationForest}. Its scores are s = 2^(−E[h] / c(ψ)), in (0, 1): near 1 = anomaly,
 * 0.5 and below = usual (equation 2 of the paper). scikit-learn's `score_samples` is −s. The same bytes with any number of workers.
 */
export class IsolationForest extends RowDetector {
  readonly kind = "isolation-forest";

  /** Each value that no training row had halves the mean path: s becomes √s, and the log₂ of it half as low. */
  readonly novelty: NoveltyRule = {
    score: (score, values) => {
      let root = score;
      for (let i = 0; i < values; i++) root = Math.sqrt(root);
      return root;
    },
    contribution: (sum, values) => (this.baseline + sum) * (exp2(-values) - 1),
  };

  readonly #packed: PackedTrees | undefined;

  constructor(
    readonly columns: readonly string[],
    /** The options as they were used. */
    readonly settings: Readonly<Required<IsolationForestOptions>>,
    readonly nodes: Nodes,
  ) {
    super();
    this.#packed = packTrees(nodes, settings.sampleSize, columns.length);
  }

  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const expectedPathLength = averagePathLength(this.settings.sampleSize);
    const forest = { nodes: this.nodes, packed: this.#packed, expectedPathLength };
    const work = { stage: "scoring with the isolation forest", rowCost: 30 * this.settings.trees };
    return scoreMatrix(scorer, forest, matrix, work, options);
  }

  /**
   * How much each column did to isolate one row: at each split on its path, the fall of the expected path length, in
   * units of c(ψ) and averaged over the trees; positive = made it more anomalous. With {@link baseline} they add up:
   * log₂(score) = baseline + sum. This is the path attribution of Saabas (2014), cheap and additive; unlike Shapley
   * values (Lundberg et al. 2020) it credits splits near the leaves more than those near the root.
   *
   * @param row values of one row, in the order of `columns`
   */
  explain(row: Float32Array): Float64Array {
    requireRow(this, row);
    const { column, split, left, pathLength, roots } = this.nodes;
    const contributions = new Float64Array(this.columns.length);
    for (const root of roots) {
      let node = root;
      for (let c = column[node]; c >= 0; c = column[node]) {
        const child = left[node] + (row[c] > split[node] ? 1 : 0);
        contributions[c] += pathLength[node] - pathLength[child];
        node = child;
      }
    }
    const unit = roots.length * averagePathLength(this.settings.sampleSize);
    return contributions.map((sum) => sum / unit);
  }

  /** log₂ of the score that a row of expected path length gets; see {@link explain}. */
  get baseline(): number {
    const { roots, pathLength } = this.nodes;
    const sum = roots.reduce((total, root) => total + pathLength[root], 0);
    return -sum / roots.length / averagePathLength(this.settings.sampleSize);
  }

  save(folder: string): Promise<void> {
    return writeForest(folder, this.settings, this.nodes);
  }
}

/** A copy of the first so many nodes. */
function firstOf({ roots, ...nodes }: Nodes, count: number): Nodes {
  const copy = allocateNodes(roots.length, count);
  copy.roots.set(roots);
  for (const part of ["column", "split", "left", "pathLength"] as const)
    copy[part].set(nodes[part].subarray(0, count));
  return copy;
}
