import { type Random, sampleWithoutReplacement } from "../../common/random";
import { type KeptMemory, sharedBytes } from "../../common/shared";
import { type LazyMatrix, type Matrix, selectMatrixRows } from "../../preprocess/matrix";
import { averagePathLength } from "./average-path-length";

/**
 * The nodes of all trees, in flat arrays. A row goes to node `left[n]` if its value of column `column[n]` is at
 * most `split[n]`, else to `left[n] + 1`. A leaf has column −1.
 */
export interface Nodes {
  readonly column: Int16Array;
  readonly split: Float32Array;
  readonly left: Int32Array;
  /**
   * At a leaf: its depth plus c(number of training rows in it), the path length of rows that end there. At an inner
   * node: the mean of that over the training rows that pass it, which explanations use.
   */
  readonly pathLength: Float64Array;
  /** The first node of each tree. */
  readonly roots: Int32Array;
}

/** Nodes that a forest may have, so that a file of them can be read: 7,800 trees of 256 rows. */
export const mostNodes = 4_000_000;

/** How deep a tree of a sample may grow: to the average depth of a balanced one. */
export function maximumDepth(sampleSize: number): number {
  return 32 - Math.clz32(sampleSize - 1);
}

/** What a node takes in its arrays. */
export const nodeBytes = 18;

/**
 * Arrays for this many trees of together at most this many nodes, one behind the other in memory that worker threads can share.
 *
 * @param kept where that is taken from. Default: it is new
 */
export function allocateNodes(trees: number, most: number, kept?: KeptMemory): Nodes {
  const bytes = nodeBytes * most + 4 * trees;
  const memory = kept ? kept.take(bytes) : sharedBytes(bytes);
  return {
    pathLength: new Float64Array(memory, 0, most),
    split: new Float32Array(memory, 8 * most, most),
    left: new Int32Array(memory, 12 * most, most),
    roots: new Int32Array(memory, 16 * most, trees),
    column: new Int16Array(memory, 16 * most + 4 * trees, most),
  };
}

/** Rows that are selected at a time, and rows of a node after each of whose columns others have their turn. */
export const manyRows = 16_384;

/**
 * Grows one isolation tree (algorithms 1 and 2 of Liu, Ting and Zhou 2008) on `sampleSize` rows drawn without
 * replacement: a random column and a random split value between its least and greatest value in the node, until
 * a node holds one row, all its rows are equal, or the depth is ⌈log₂ sampleSize⌉. As in scikit-learn, the column is
 * drawn among those that vary in the node; the paper draws among all.
 *
 * @param first where the tree's nodes begin
 * @param breathe awaited every now and then
 * @returns where the next tree's nodes begin
 */
export async function growTree(
  matrix: Matrix | LazyMatrix,
  sampleSize: number,
  random: Random,
  nodes: Nodes,
  first: number,
  breathe: () => Promise<void>,
): Promise<number> {
  const width = matrix.columns.length;
  const sample = await drawSample(matrix, sampleSize, random, breathe);
  const order = new Uint32Array(sampleSize).map((_, i) => i);
  const candidates = new Uint32Array(width).map((_, i) => i);
  const deepest = maximumDepth(sampleSize);
  const counts = new Uint32Array(2 * sampleSize - 1);
  let next = first + 1;
  // Without recursion, so that others can have their turn in between. A node holds rows order[start … end − 1].
  const ahead = [{ node: first, start: 0, end: sampleSize, depth: 0 }];
  for (let place = ahead.pop(); place; place = ahead.pop()) {
    const { node, start, end, depth } = place;
    counts[node - first] = end - start;
    nodes.column[node] = -1;
    nodes.split[node] = 0;
    nodes.left[node] = 0;
    nodes.pathLength[node] = depth + averagePathLength(end - start);
    if (end - start <= 1 || depth >= deepest) continue;
    for (let left = width; left > 0; left--) {
      const column = take(candidates, left, random);
      const split = drawSplit(sample, width, column, order, start, end, random);
      if (end - start >= manyRows) await breathe();
      if (split === undefined) continue;
      const middle = part(sample, width, column, split, order, start, end);
      nodes.column[node] = column;
      nodes.split[node] = split;
      nodes.left[node] = next;
      ahead.push({ node: next + 1, start: middle, end, depth: depth + 1 });
      ahead.push({ node: next, start, end: middle, depth: depth + 1 });
      next += 2;
      break;
    }
  }
  meanPathLengths(nodes, first, next, (node) => counts[node - first]);
  return next;
}

/** Gives the inner nodes of a tree their mean path lengths. @param rows how many rows of the sample are in a node */
export function meanPathLengths(
  { column, left, pathLength }: Nodes,
  first: number,
  end: number,
  rows: (node: number) => number,
): void {
  // Children stand behind their parents.
  for (let node = end - 1; node >= first; node--) {
    if (column[node] < 0) continue;
    const [one, other] = [left[node], left[node] + 1];
    pathLength[node] = (pathLength[one] * rows(one) + pathLength[other] * rows(other)) / rows(node);
  }
}

/** `sampleSize` different rows: `sampleSize × columns`. */
async function drawSample(
  matrix: Matrix | LazyMatrix,
  sampleSize: number,
  random: Random,
  breathe: () => Promise<void>,
): Promise<Float32Array> {
  const rows = sampleWithoutReplacement(matrix.rows, sampleSize, random);
  if (sampleSize <= manyRows) return selectMatrixRows(matrix, rows).data;
  const width = matrix.columns.length;
  const sample = new Float32Array(sampleSize * width);
  for (let start = 0; start < sampleSize; start += manyRows) {
    await breathe();
    sample.set(selectMatrixRows(matrix, rows.subarray(start, start + manyRows)).data, start * width);
  }
  return sample;
}

/** Draws one of the first `left` candidates, and puts it behind them. */
function take(candidates: Uint32Array, left: number, random: Random): number {
  const drawn = random.integer(left);
  const column = candidates[drawn];
  candidates[drawn] = candidates[left - 1];
  candidates[left - 1] = column;
  return column;
}

/** A random value that parts a node's rows by a column; undefined if they are all equal there. */
function drawSplit(
  sample: Float32Array,
  width: number,
  column: number,
  order: Uint32Array,
  start: number,
  end: number,
  random: Random,
): number | undefined {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let i = start; i < end; i++) {
    const value = sample[order[i] * width + column];
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (minimum === maximum) return undefined;
  const split = Math.fround(minimum + random.uniform() * (maximum - minimum));
  return split < maximum ? split : minimum + 0; // rounding may reach the maximum; of −0 and 0, either may come first
}

/** Moves the rows of a node that go left before the others. @returns where these start */
function part(
  sample: Float32Array,
  width: number,
  column: number,
  split: number,
  order: Uint32Array,
  start: number,
  end: number,
): number {
  let middle = start;
  for (let i = start; i < end; i++) {
    if (sample[order[i] * width + column] > split) continue;
    const held = order[i];
    order[i] = order[middle];
    order[middle++] = held;
  }
  return middle;
}
