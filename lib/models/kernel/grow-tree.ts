import type { Random } from "../../common/random";
import { range } from "../../common/range";
import type { LazyMatrix } from "../../preprocess/matrix";
import { averagePathLength } from "../isolation-forest/average-path-length";
import {
  growTree as growTreePlainly,
  manyRows,
  maximumDepth,
  meanPathLengths,
  type Nodes,
} from "../isolation-forest/tree";
import { type Kernel, kernel, reserve } from "./kernel";
import {
  kernelOf,
  type PackedColumns,
  type Packing,
  packingOf,
  packingRoom,
  packRows,
} from "./packed-columns";
import type { RepeatingMatrix } from "./repeats";

/** Numbers that a sample may have for the kernel, which keeps the memory: 16 MB. */
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
export function kernelFor(matrix: RepeatingMatrix | LazyMatrix, sampleSize: number): Kernel | undefined {
  if (sampleSize > manyRows || sampleSize * matrix.columns.length > mostNumbers) return undefined;
  const packed = packedOf(matrix);
  return packed ? kernelOf(packed) : kernel();
}

function packedOf(matrix: RepeatingMatrix | LazyMatrix): PackedColumns | undefined {
  return "packed" in matrix ? matrix.packed : undefined;
}

/** {@link growTree} in the kernel. @param thread which of those that do so on the same matrix, from 0 */
export function growInKernel(
  running: Kernel,
  matrix: RepeatingMatrix | LazyMatrix,
  sampleSize: number,
  random: Random,
  nodes: Nodes,
  first: number,
  thread = 0,
): number {
  const width = matrix.columns.length;
  const deepest = maximumDepth(sampleSize);
  const packed = packedOf(matrix);
  const packing = packed ?? ("packing" in matrix ? matrix.packing : undefined) ?? onlyNumbers(width);
  const bytes = {
    state: 16,
    drawn: sampleSize * 4,
    repeats: sampleSize * 4,
    places: width * 4,
    // Before the words, the set of the rows drawn is there.
    words: Math.max(packed ? 0 : sampleSize * packing.perRow * 4, matrix.rows / 8),
    packing: packed ? 0 : packingRoom(width, packing),
    work: sampleSize * 8 + width * 4 + (deepest + 1) * packing.perRow * 4,
    nodes: (2 * sampleSize - 1) * nodeBytes,
  };
  const room = layOut(bytes).end;
  const at = layOut(bytes, packed ? packed.end + thread * room : 0);
  reserve(running, at.end);
  const { buffer } = running.memory;
  new Int32Array(buffer, at.state, 4).set(random.state());
  running.drawSample(at.state, matrix.rows, sampleSize, at.words, at.drawn);
  const repeats = new Uint32Array(buffer, at.repeats, sampleSize);
  const rows = countRepeats(matrix, new Uint32Array(buffer, at.drawn, sampleSize), repeats);
  new Uint32Array(buffer, at.places).set(packing.places);
  if (!packed) {
    const numbers = range(0, rows.length);
    const [{ data }, own] = "select" in matrix ? [matrix.select(rows), numbers] : [matrix, rows];
    packRows(running, { data, width }, packing, own, [0, own.length], at.packing, at.words);
    rows.set(numbers);
  }
  const count = running.growTree(
    at.state,
    at.drawn,
    at.repeats,
    rows.length,
    sampleSize,
    width,
    deepest,
    at.places,
    packing.perRow,
    packed ? 0 : at.words,
    (packed?.rows ?? rows.length) * 4,
    at.work,
    at.nodes,
  );
  return takeNodes(buffer, at.nodes, count, nodes, first);
}

/** Where each of some parts begins, one behind the other, and where the last one ends: at multiples of 16 bytes. */
function layOut<Part extends string>(bytes: Record<Part, number>, start = 0): Record<Part | "end", number> {
  const at = { end: start } as Record<Part | "end", number>;
  for (const part of Object.keys(bytes) as Part[]) {
    at[part] = at.end;
    at.end += Math.ceil(bytes[part] / 16) * 16;
  }
  return at;
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

/** How columns are packed of which nothing is known. */
function onlyNumbers(width: number): Packing {
  return packingOf(new Uint32Array(width).fill(1));
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
    const isLeaf = integers[4 * node] < 0;
    const child = integers[4 * node + 2];
    split[first + node] = isLeaf ? 0 : splits[4 * node + 1];
    left[first + node] = isLeaf ? 0 : first + child;
    if (isLeaf) continue;
    depths[child] = depths[child + 1] = depths[node] + 1;
  }
  meanPathLengths(nodes, first, first + count, (node) => integers[4 * (node - first) + 3]);
  return first + count;
}
