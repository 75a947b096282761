import { InputError } from "../../common/errors";
import { averagePathLength } from "./average-path-length";
import { maximumDepth, type Nodes } from "./tree";

/**
 * Checks that nodes read from a file are trees that {@link growTree} could have grown: one after another, children
 * behind their parent, each with one parent, no deeper than may be. Then every walk down a tree ends, and stays inside.
 *
 * @param path the file
 * @throws {InputError} naming the first node that is not so
 */
export function requireSoundTrees(
  { column, split, left, pathLength, roots }: Nodes,
  sampleSize: number,
  columns: number,
  path: string,
): void {
  const count = column.length;
  const deepest = maximumDepth(sampleSize);
  const longest = deepest + averagePathLength(sampleSize);
  /** The levels down to a node, the root's being 1; 0 until its parent has been seen. */
  const levels = new Uint8Array(count);
  const refuse = (node: number, problem: string): InputError =>
    new InputError(`${path} is damaged: node ${node} ${problem}`);

  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree];
    const end = tree + 1 < roots.length ? roots[tree + 1] : count;
    if ((tree === 0 && root !== 0) || !(root >= 0 && root < end && end <= count))
      throw new InputError(
        `${path} is damaged: tree ${tree} starts at node ${root}, not behind the one before`,
      );
    levels[root] = 1;
    for (let node = root; node < end; node++) {
      const depth = levels[node] - 1;
      if (depth < 0) throw refuse(node, "belongs to no tree");
      if (depth > deepest)
        throw refuse(node, `is deeper than ${deepest}, which a tree of ${sampleSize} rows is not`);
      if (!(pathLength[node] >= depth && pathLength[node] <= longest))
        throw refuse(node, `has the path length ${pathLength[node]}, which is not in [${depth}, ${longest}]`);
      if (column[node] === -1) continue; // a leaf
      if (!(column[node] >= 0 && column[node] < columns))
        throw refuse(node, `splits column ${column[node]} of ${columns}`);
      if (!Number.isFinite(split[node])) throw refuse(node, `splits at ${split[node]}`);
      const child = left[node];
      if (!(child > node && child + 1 < end && levels[child] === 0 && levels[child + 1] === 0))
        throw refuse(node, `leads to node ${child}, which is not the next of its tree that has no parent`);
      levels[child] = levels[node] + 1;
      levels[child + 1] = levels[node] + 1;
    }
  }
}
