import { type Random, sampleWithoutReplacement } from "../../common/random";
import { type LazyMatrix, type Matrix, selectMatrixRows } from "../../preprocess/matrix";
import { averagePathLength } from "../isolation-forest/average-path-length";
import {
  growTree as growTreePlainly,
  manyRows,
  maximumDepth,
  meanPathLengths,
  type Nodes,
} from "../isolation-forest/tree";
import { type Kernel, kernel, reserve } from "./kernel";

/** Numbers that a sample may have for the kernel, which keeps the memory: 16 MB, and as much again column by column. */
const mostNumbers = 2 ** 22;

const nodeBytes = 16;

/** The path length below a leaf of this many rows. */
const lengths: number[] = [];

/**
 * As the `growTree` that reads like the paper, with the same result to the bit: in the kernel, where it can run and the
 * sample is small enough to be done before others want their turn.
 */
export const growTree: typeof growTreePlainly = async (matrix, sampleSize, random, nodes, first, breathe) => {
  const running = kernelFor(matrix, sampleSize);
  return running
    ? growInKernel(running, matrix, sampleSize, random, nodes, first)
    : growTreePlainly(matrix, sampleSize, random, nodes, first, breathe);
};

/** The kernel, if it can grow trees on this many rows. */
export function kernelFor({ columns }: Pick<Matrix, "columns">, sampleSize: number): Kernel | undefined {
  return sampleSize <= manyRows && sampleSize * columns.length <= mostNumbers ? kernel() : undefined;
}

/** {@link growTree} in the kernel. */
export function growInKernel(
  running: Kernel,
  matrix: Matrix | LazyMatrix,
  sampleSize: number,
  random: Random,
  nodes: Nodes,
  first: number,
): number {
  const width = matrix.columns.length;
  const deepest = maximumDepth(sampleSize);
  const stateAt = 0;
  const rowsAt = 16;
  const columnsAt = rowsAt + Math.ceil((sampleSize * width) / 4) * 16;
  const workAt = columnsAt + Math.ceil(sampleSize / 64) * width * 256;
  const nodesAt = workAt + (sampleSize + width) * 4 + Math.ceil(((deepest + 1) * width) / 4) * 4;
  reserve(running, nodesAt + (2 * sampleSize - 1) * nodeBytes);
  const { buffer } = running.memory;
  const rows = new Float32Array(buffer, rowsAt, sampleSize * width);
  selectMatrixRows(matrix, sampleWithoutReplacement(matrix.rows, sampleSize, random), rows);
  new Int32Array(buffer, stateAt, 4).set(random.state());
  const count = running.growTree(stateAt, rowsAt, sampleSize, width, deepest, columnsAt, workAt, nodesAt);
  return takeNodes(buffer, nodesAt, count, nodes, first);
}

/** Adds the nodes that the kernel has left, in the same order. @returns where the next tree's nodes begin */
function takeNodes(buffer: ArrayBuffer, at: number, count: number, nodes: Nodes, first: number): number {
  const integers = new Int32Array(buffer, at, count * 4);
  const splits = new Float32Array(buffer, at, count * 4);
  const { column, split, left, pathLength } = nodes;
  const depths = new Uint8Array(count);
  for (let node = 0; node < count; node++) {
    const rows = integers[4 * node + 3];
    column[first + node] = integers[4 * node];
    lengths[rows] ??= averagePathLength(rows);
    pathLength[first + node] = depths[node] + lengths[rows];
    if (integers[4 * node] < 0) continue;
    const child = integers[4 * node + 2];
    split[first + node] = splits[4 * node + 1];
    left[first + node] = first + child;
    depths[child] = depths[child + 1] = depths[node] + 1;
  }
  meanPathLengths(nodes, first, first + count, (node) => integers[4 * (node - first) + 3]);
  return first + count;
}
