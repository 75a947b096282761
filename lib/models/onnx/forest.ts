import { averagePathLength } from "../isolation-forest/average-path-length";
import type { IsolationForest } from "../isolation-forest/isolation-forest";
import type { Nodes } from "../isolation-forest/tree";
import { byteTensor, doubleTensor, type GraphBuilder, int, ints, tensor } from "./graph";

/**
 * Adds the score of a forest: 2^(−E[h] / c(ψ)), and for each new value the root of it. A row goes left at most at the split,
 * both of 32 bits as in the forest, so that it takes the same branches; path lengths are added with 64 bits.
 */
export function addForest(
  graph: GraphBuilder,
  forest: IsolationForest,
  matrix: string,
  novel?: string,
): string {
  const { nodes, settings } = forest;
  const sum = addTrees(graph, nodes, graph.cast(matrix, "double"));
  const unit = graph.double(-settings.trees * averagePathLength(settings.sampleSize));
  const own = graph.add("Div", [sum, unit]);
  const halvings = novel && graph.add("Pow", [graph.double(0.5), novel]);
  return graph.add("Pow", [graph.double(2), halvings ? graph.add("Mul", [own, halvings]) : own]);
}

/** The path lengths of rows, summed over the trees. Inner nodes and leaves are numbered apart, in the order of the forest's. */
function addTrees(
  graph: GraphBuilder,
  { column, split, left, pathLength, roots }: Nodes,
  rows: string,
): string {
  const place = new Int32Array(column.length);
  const inner: number[] = [];
  const leaves: number[] = [];
  const single = new Set<number>(); // roots that are leaves: ONNX has them as nodes that lead to one leaf both ways
  for (const root of roots) if (column[root] < 0) single.add(root);
  for (let node = 0; node < column.length; node++) {
    const list = column[node] < 0 ? leaves : inner;
    place[node] = list.push(node) - 1;
  }
  const starts = Array.from(roots, (root) => (single.has(root) ? inner.push(root) - 1 : place[root]));
  const child = (node: number, side: 0 | 1) => (column[node] < 0 ? node : left[node] + side);
  const ways = ([0, 1] as const).map((side) => inner.map((node) => child(node, side)));
  const [[trueIds, trueLeafs], [falseIds, falseLeafs]] = ways.map((children) => [
    children.map((node) => place[node]),
    children.map((node) => (column[node] < 0 ? 1 : 0)),
  ]);
  return graph.add("TreeEnsemble", [rows], {
    n_targets: int(1),
    aggregate_function: int(1), // sum
    tree_roots: ints(starts),
    nodes_featureids: ints(inner.map((node) => Math.max(0, column[node]))),
    nodes_splits: tensor(
      doubleTensor(
        inner.map((node) => split[node]),
        [inner.length],
      ),
    ),
    nodes_modes: tensor(byteTensor(new Uint8Array(inner.length))), // 0: at most the split
    nodes_truenodeids: ints(trueIds),
    nodes_trueleafs: ints(trueLeafs),
    nodes_falsenodeids: ints(falseIds),
    nodes_falseleafs: ints(falseLeafs),
    leaf_targetids: ints(leaves.map(() => 0)),
    leaf_weights: tensor(
      doubleTensor(
        leaves.map((node) => pathLength[node]),
        [leaves.length],
      ),
    ),
  });
}
