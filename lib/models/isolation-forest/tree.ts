import { type Random, sampleWithoutReplacement } from "../../common/random";
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

/** How deep a tree of a sample may grow: to the average depth of a balanced one. */
export function maximumDepth(sampleSize: number): number {
  return Math.ceil(Math.log2(sampleSize));
}

/** Empty arrays for so many trees of together at most so many nodes, in memory that worker threads can share. */
export function allocateNodes(trees: number, most: number): Nodes {
  const shared = (bytes: number) => new SharedArrayBuffer(bytes);
  return {
    column: new Int16Array(shared(2 * most)),
    split: new Float32Array(shared(4 * most)),
    left: new Int32Array(shared(4 * most)),
    pathLength: new Float64Array(shared(8 * most)),
    roots: new Int32Array(shared(4 * trees)),
  };
}

/** Rows that are selected at a time, and rows of a node between whose columns others have their turn. */
const manyRows = 16_384;

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
  const drawn = sampleWithoutReplacement(matrix.rows, sampleSize, random);
  const sample = new Float32Array(sampleSize * width);
  for (let start = 0; start < sampleSize; start += manyRows) {
    await breathe();
    sample.set(selectMatrixRows(matrix, drawn.subarray(start, start + manyRows)).data, start * width);
  }
  const order = Uint32Array.from({ length: sampleSize }, (_, i) => i);
  const candidates = Uint32Array.from({ length: width }, (_, i) => i);
  const maximumDepth = Math.ceil(Math.log2(sampleSize));
  let next = first + 1;

  /** Grows the node that holds rows order[start … end − 1]; yields where many rows were looked at. */
  function* grow(node: number, start: number, end: number, depth: number): Generator<void> {
    nodes.column[node] = -1;
    nodes.pathLength[node] = depth + averagePathLength(end - start);
    if (end - start <= 1 || depth >= maximumDepth) return;
    const split = yield* drawSplit(sample, width, order, start, end, candidates, random);
    if (!split) return;

    let middle = start;
    for (let i = start; i < end; i++) {
      if (sample[order[i] * width + split.column] > split.value) continue;
      const held = order[i];
      order[i] = order[middle];
      order[middle++] = held;
    }
    const left = next;
    next += 2;
    nodes.column[node] = split.column;
    nodes.split[node] = split.value;
    nodes.left[node] = left;
    yield* grow(left, start, middle, depth + 1);
    yield* grow(left + 1, middle, end, depth + 1);
    nodes.pathLength[node] =
      (nodes.pathLength[left] * (middle - start) + nodes.pathLength[left + 1] * (end - middle)) /
      (end - start);
  }
  for (const _ of grow(first, 0, sampleSize, 0)) await breathe();
  return next;
}

/** A random column that varies in the node with a random value that parts its rows; undefined if all are equal. */
function* drawSplit(
  sample: Float32Array,
  width: number,
  order: Uint32Array,
  start: number,
  end: number,
  candidates: Uint32Array,
  random: Random,
): Generator<void, { column: number; value: number } | undefined> {
  for (let left = width; left > 0; left--) {
    const drawn = random.integer(left);
    const column = candidates[drawn];
    candidates[drawn] = candidates[left - 1];
    candidates[left - 1] = column;
    let minimum = Infinity;
    let maximum = -Infinity;
    for (let i = start; i < end; i++) {
      const value = sample[order[i] * width + column];
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    if (end - start >= manyRows) yield;
    if (minimum === maximum) continue;
    const value = Math.fround(minimum + random.uniform() * (maximum - minimum));
    return { column, value: value < maximum ? value : minimum }; // rounding may reach the maximum
  }
  return undefined;
}
