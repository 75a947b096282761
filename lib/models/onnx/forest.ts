import { expCoefficients } from "../../common/exact-math";
import { averagePathLength } from "../isolation-forest/average-path-length";
import type { IsolationForest } from "../isolation-forest/isolation-forest";
import type { Nodes } from "../isolation-forest/tree";
import { byteTensor, doubleTensor, type GraphBuilder, int, ints, tensor } from "./graph";

/**
 * Adds the score of a forest: 2^(−E[h] / c(ψ)). A row goes left at most at the split, both of 32 bits as in the forest, so that
 * it takes the same branches; path lengths are added with 64 bits, in the order of the trees.
 */
export function addForest(graph: GraphBuilder, { nodes, settings }: IsolationForest, matrix: string): string {
  const lengths = addTrees(graph, nodes, graph.cast(matrix, "double"));
  const sum = graph.sumOfColumns(lengths, settings.trees);
  const mean = graph.add("Div", [sum, graph.double(settings.trees)]);
  const exponent = graph.add("Div", [mean, graph.double(-averagePathLength(settings.sampleSize))]);
  return addPowerOfTwo(graph, exponent);
}

/** Adds the root of a score for each new value. @param novel `rows × features`, 1 where a value is new, else 0 */
export function addRoots(graph: GraphBuilder, score: string, novel: string): string {
  const body = graph.body(2, (step, root, column) => {
    const isNew = step.cast(step.add("Unsqueeze", [column, step.integers([1], [1])]), "bool");
    return step.add("Where", [isNew, step.add("Sqrt", [root]), root]);
  });
  return graph.add("Scan", [score, novel], { body, num_scan_inputs: int(1), scan_input_axes: ints([1]) });
}

/** 2ˣ, where that is a normal number: by the steps of `exp2` in common/exact-math, so that it has the same bits. */
function addPowerOfTwo(graph: GraphBuilder, exponent: string): string {
  const multiply = (a: string, b: string) => graph.add("Mul", [a, b]);
  const subtract = (a: string, b: string) => graph.add("Sub", [a, b]);
  const whole = graph.add("Round", [exponent]);
  const x = multiply(subtract(exponent, whole), graph.double(Math.LN2));
  const t = multiply(x, x);
  const [last, ...others] = [...expCoefficients].reverse();
  let polynomial = graph.double(last);
  for (const coefficient of others)
    polynomial = graph.add("Add", [graph.double(coefficient), multiply(t, polynomial)]);
  const c = subtract(x, multiply(t, polynomial));
  const fraction = graph.add("Div", [multiply(x, c), subtract(graph.double(2), c)]);
  const rest = subtract(subtract(graph.double(0), fraction), x);
  const power = subtract(graph.double(1), rest);
  return multiply(power, graph.add("Pow", [graph.double(2), whole]));
}

/** The path lengths of rows: `rows × trees`. Inner nodes and leaves are numbered apart, in the order of the forest's. */
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
  const trees: number[] = []; // of the leaves
  let tree = 0;
  for (let node = 0; node < column.length; node++) {
    while (roots[tree + 1] <= node) tree++; // they lie one after another
    const isLeaf = column[node] < 0;
    place[node] = (isLeaf ? leaves : inner).push(node) - 1;
    if (isLeaf) trees.push(tree);
  }
  const starts = Array.from(roots, (root) => (single.has(root) ? inner.push(root) - 1 : place[root]));
  const child = (node: number, side: 0 | 1) => (column[node] < 0 ? node : left[node] + side);
  const ways = ([0, 1] as const).map((side) => inner.map((node) => child(node, side)));
  const [[trueIds, trueLeafs], [falseIds, falseLeafs]] = ways.map((children) => [
    children.map((node) => place[node]),
    children.map((node) => (column[node] < 0 ? 1 : 0)),
  ]);
  return graph.add("TreeEnsemble", [rows], {
    n_targets: int(roots.length),
    aggregate_function: int(1), // sum: of one leaf each
    tree_roots: ints(starts),
    nodes_featureids: ints(inner.map((node) => Math.max(0, column[node]))),
    nodes_splits: tensor(doubleTensor(inner.map((node) => split[node]))),
    nodes_modes: tensor(byteTensor(new Uint8Array(inner.length))), // 0: at most the split
    nodes_truenodeids: ints(trueIds),
    nodes_trueleafs: ints(trueLeafs),
    nodes_falsenodeids: ints(falseIds),
    nodes_falseleafs: ints(falseLeafs),
    leaf_targetids: ints(trees),
    leaf_weights: tensor(doubleTensor(leaves.map((node) => pathLength[node]))),
  });
}
