import type { Random } from "../../common/random";
import type { LazyMatrix, Matrix } from "../../preprocess/matrix";
import { averagePathLength } from "../isolation-forest/average-path-length";
import {
  growTree as growTreePlainly,
  manyRows,
  maximumDepth,
  meanPathLengths,
  type Nodes,
} from "../isolation-forest/tree";
import { type Kernel, kernel, reserve } from "./kernel";
import type { RepeatingMatrix } from "./repeats";

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
  matrix: RepeatingMatrix | LazyMatrix,
  sampleSize: number,
  random: Random,
  nodes: Nodes,
  first: number,
): number {
  const width = matrix.columns.length;
  const deepest = maximumDepth(sampleSize);
  const slotBits = 33 - Math.clz32(sampleSize);
  const stateAt = 0;
  const drawnAt = 16;
  const repeatsAt = drawnAt + sampleSize * 4;
  const columnsAt = repeatsAt + sampleSize * 4; // before the values, the slots of the sample are there
  const workAt =
    columnsAt + Math.max(Math.ceil(sampleSize / pieceRows) * width * pieceRows * 4, 4 << slotBits);
  const nodesAt = workAt + sampleSize * 8 + width * 4 + Math.ceil(((deepest + 1) * width) / 4) * 4;
  reserve(running, nodesAt + (2 * sampleSize - 1) * nodeBytes);
  const { buffer } = running.memory;
  new Int32Array(buffer, stateAt, 4).set(random.state());
  running.drawSample(stateAt, matrix.rows, sampleSize, columnsAt, slotBits, drawnAt);
  const repeats = new Uint32Array(buffer, repeatsAt, sampleSize);
  const rows = countRepeats(matrix, new Uint32Array(buffer, drawnAt, sampleSize), repeats);
  putByColumn(matrix, rows, new Int32Array(buffer, columnsAt));
  const count = running.growTree(
    stateAt,
    repeatsAt,
    rows.length,
    sampleSize,
    width,
    deepest,
    columnsAt,
    workAt,
    nodesAt,
  );
  return takeNodes(buffer, nodesAt, count, nodes, first);
}

/** How often each row of a matrix is in a sample: kept from one to the next, all zeros. */
let counts = new Uint16Array(0);

/** Those rows of a sample that are not known to be equal; `repeats` gets how often each is in it. */
function countRepeats(
  matrix: RepeatingMatrix | LazyMatrix,
  sample: Uint32Array,
  repeats: Uint32Array,
): Uint32Array {
  const firsts = "firsts" in matrix ? matrix.firsts : undefined;
  if (!firsts) {
    repeats.fill(1);
    return sample;
  }
  if (counts.length < matrix.rows) counts = new Uint16Array(matrix.rows);
  // A loop with a single access to far memory does not wait for one after the other.
  for (let i = 0; i < sample.length; i++) sample[i] = firsts[sample[i]];
  let distinct = 0;
  for (let i = 0; i < sample.length; i++) if (counts[sample[i]]++ === 0) sample[distinct++] = sample[i];
  for (let i = 0; i < distinct; i++) {
    repeats[i] = counts[sample[i]];
    counts[sample[i]] = 0;
  }
  return sample.subarray(0, distinct);
}

/** Rows whose values of one column lie together, as the kernel's `growTree` reads them. */
const pieceRows = 64;

/** Puts rows of a matrix into the kernel's memory, piece by piece and column by column. */
function putByColumn(matrix: Matrix | LazyMatrix, rows: Uint32Array, to: Int32Array): void {
  if ("select" in matrix) {
    const places = rows.map((_, i) => i);
    putByColumn(matrix.select(rows), places, to);
    return;
  }
  const { data } = matrix;
  const width = matrix.columns.length;
  // As integers, since numbers would become ones of 64 bits, and then of 32 again.
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  const startOf = (i: number) => rows[Math.min(i, rows.length - 1)] * width;
  for (let piece = 0; piece < rows.length; piece += pieceRows) {
    const end = Math.min(piece + pieceRows, rows.length);
    fetched.sum = sumOfLines(bits, width, rows, piece, end);
    for (let i = piece; i < end; i += 4) {
      const [a, b, c, d] = [startOf(i), startOf(i + 1), startOf(i + 2), startOf(i + 3)];
      let at = piece * width + i - piece;
      for (let column = 0; column < width; column++) {
        to[at] = bits[a + column];
        to[at + 1] = bits[b + column];
        to[at + 2] = bits[c + column];
        to[at + 3] = bits[d + column];
        at += pieceRows;
      }
    }
  }
}

/** Keeps sums that nobody needs, since the compiler leaves out reading what is not used. */
const fetched = { sum: 0 };

/**
 * The sum of one number of each line of the cache, 16 numbers, that some rows lie in: read together, their memory comes faster
 * than row by row.
 */
function sumOfLines(bits: Int32Array, width: number, rows: Uint32Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) {
    const first = rows[i] * width;
    for (let column = 0; column < width; column += 16) sum = (sum + bits[first + column]) | 0;
  }
  return sum;
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
