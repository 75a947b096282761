import { availableParallelism } from "node:os";
import { createRandom } from "../../common/random";
import type { LazyMatrix } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { mostNodes, type Nodes } from "../isolation-forest/tree";
import { growInKernel, kernelFor } from "./grow-tree";
import type { RepeatingMatrix } from "./repeats";
import { scoreInWorkers } from "./scoring-pool";
import type { RowScorer } from "./scoring-task";

/** What a thread needs to know to grow a forest's trees. */
interface Grown {
  readonly matrix: RepeatingMatrix;
  readonly sampleSize: number;
  readonly seed: number;
  readonly nodes: Nodes;
}

/** Numbers in the trees' samples that are not worth a thread: some ten milliseconds of work. */
const smallWork = 4e6;

/** The pool shares out trees as it does rows: a tree's "score" is the number of its nodes, which lie where they have room. */
export const scorer: RowScorer<Grown> = {
  file: __filename,
  scoreRows({ matrix, sampleSize, seed, nodes }, { start, end, thread, scores }) {
    const running = kernelFor(matrix, sampleSize);
    if (!running) throw new Error("the WebAssembly kernel is missing");
    for (let tree = start; tree < end; tree++) {
      const first = tree * mostNodesOf(sampleSize);
      const random = createRandom(seed, `tree ${tree}`);
      scores[tree] = growInKernel(running, matrix, sampleSize, random, nodes, first, thread) - first;
    }
  },
};

function mostNodesOf(sampleSize: number): number {
  return 2 * sampleSize - 1;
}

/**
 * Grows all trees of a forest in threads, where that pays: where the kernel can, the matrix lies in memory that threads
 * share, and all nodes that there might be have room. The same trees as one after another.
 *
 * @returns how many nodes they have; undefined if it would not pay
 */
export async function growInThreads(
  matrix: RepeatingMatrix | LazyMatrix,
  { trees, sampleSize, seed }: { readonly trees: number; readonly sampleSize: number; readonly seed: number },
  nodes: Nodes,
  { workers = availableParallelism(), onProgress, signal }: ScoreOptions,
): Promise<number | undefined> {
  const numbers = trees * sampleSize * matrix.columns.length;
  if (workers === 1 || trees === 1 || numbers < smallWork) return undefined;
  if (!("data" in matrix) || !(matrix.data.buffer instanceof SharedArrayBuffer)) return undefined;
  if (!kernelFor(matrix, sampleSize) || trees * mostNodesOf(sampleSize) > mostNodes) return undefined;
  const { columns, data } = matrix;
  const scores = new Float64Array(new SharedArrayBuffer(trees * 8));
  const grown: Grown = { matrix, sampleSize, seed, nodes };
  const task = { data, width: columns.length, start: 0, end: trees, scores };
  await scoreInWorkers(scorer.file, grown, task, Math.min(workers, trees), signal, 1);
  onProgress?.({ stage: "growing the isolation forest", done: trees, total: trees });
  return moveTogether(nodes, scores, mostNodesOf(sampleSize));
}

/** Moves each tree's nodes to where the tree before ends. @returns how many there are */
function moveTogether({ roots, column, split, left, pathLength }: Nodes, counts: Float64Array, room: number) {
  let next = 0;
  for (const [tree, count] of counts.entries()) {
    const first = tree * room;
    for (const array of [column, split, left, pathLength]) array.copyWithin(next, first, first + count);
    for (let node = next; node < next + count; node++) if (column[node] >= 0) left[node] -= first - next;
    roots[tree] = next;
    next += count;
  }
  return next;
}
