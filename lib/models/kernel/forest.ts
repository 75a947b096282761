import { sharedBytes } from "../../common/shared";
import { anomalyScore, type Forest, scoreFiniteRows } from "../isolation-forest/anomaly-scores";
import { maximumDepth, type Nodes } from "../isolation-forest/tree";
import { distinctBlocks, spread } from "./distinct-blocks";
import { kernel, reserve } from "./kernel";
import { isStopped, type RowScorer, type ScoringTask } from "./scoring-task";

/** Trees as the WebAssembly kernel reads them, in memory that threads share. */
export interface PackedTrees {
  /** A run of nodes a tree, each with the addresses that it will have in the kernel's memory. */
  readonly nodes: Uint8Array;
  /** The addresses of the trees' first nodes. */
  readonly roots: Uint32Array;
  /** Steps from a root to its deepest leaf. */
  readonly depth: number;
}

/** Scores with the kernel where it can run, else in plain TypeScript. */
export const scorer: RowScorer<Forest & { readonly packed: PackedTrees | undefined }> = {
  file: __filename,
  scoreRows: (forest, task) =>
    forest.packed
      ? scoreRowsPacked(forest.packed, forest.expectedPathLength, task)
      : scoreFiniteRows(forest, task),
};

/** Rows that go down the trees together. */
const groupRows = 64;

const nodeBytes = 24;

/** Where in the kernel's memory path lengths are summed, and where the values of each column begin. */
const sumsAt = 0;
const valuesAt = 7872;

/** Packs trees for the kernel, as path-length.as.ts describes them; undefined where there is no WebAssembly. */
export function packTrees(nodes: Nodes, sampleSize: number, columns: number): PackedTrees | undefined {
  if (!kernel()) return undefined;
  const { column, split, left, pathLength, roots } = nodes;
  const memory = sharedBytes(column.length * nodeBytes);
  const [integers, splits, lengths] = [
    new Uint32Array(memory),
    new Float32Array(memory),
    new Float64Array(memory),
  ];
  const valuesOf = (c: number) => valuesAt + c * groupRows * 4;
  const address = (node: number) => valuesOf(columns) + node * nodeBytes;
  for (let node = 0; node < column.length; node++) {
    const at = (node * nodeBytes) / 4;
    const leaf = column[node] < 0;
    integers[at] = valuesOf(leaf ? 0 : column[node]);
    splits[at + 1] = leaf ? Infinity : split[node];
    integers[at + 2] = address(leaf ? node : left[node]);
    lengths[at / 2 + 2] = pathLength[node];
  }
  const rootsAt = new Uint32Array(roots.length);
  for (let tree = 0; tree < roots.length; tree++) rootsAt[tree] = address(roots[tree]);
  return { nodes: new Uint8Array(memory), roots: rootsAt, depth: maximumDepth(sampleSize) };
}

/** As `scoreRows`, with the same result to the bit. Of rows that repeat, one walks down the trees. */
export function scoreRowsPacked(
  { nodes, roots, depth }: PackedTrees,
  expectedPathLength: number,
  task: ScoringTask,
): void {
  const { data, width, start, end, scores } = task;
  const running = kernel();
  if (!running) throw new Error("the WebAssembly kernel is missing");
  const { memory, sumPathLengths } = running;
  const nodesAt = valuesAt + width * groupRows * 4;
  const rootsAt = nodesAt + nodes.byteLength;
  const free = rootsAt + roots.byteLength;
  reserve(running, free);
  new Uint8Array(memory.buffer, nodesAt, nodes.length).set(nodes);
  new Uint32Array(memory.buffer, rootsAt, roots.length).set(roots);
  for (const block of distinctBlocks(data, width, start, end, free)) {
    const { rows, count } = block;
    const sums = new Float64Array(memory.buffer, sumsAt, groupRows);
    const distinct = new Float64Array(count);
    for (let from = 0; from < count; from += groupRows) {
      if (isStopped(task)) return;
      const group = Math.min(groupRows, count - from);
      sumPathLengths(rootsAt, roots.length, depth, rows.byteOffset + from * width * 4, width, group);
      for (let i = 0; i < group; i++)
        distinct[from + i] = anomalyScore(sums[i] / roots.length, expectedPathLength);
    }
    spread(block, distinct, scores);
  }
}
