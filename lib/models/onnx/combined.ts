import { log } from "../../common/exact-math";
import type { Combined } from "../combined/combined";
import { pValues } from "../p-values";
import { addForest } from "./forest";
import { byteTensor, doubleTensor, type GraphBuilder, int, ints, tensor } from "./graph";
import { addErrors, addMean } from "./network";

/** Adds the score of forest and autoencoder together: the weighted mean of −log p of what each gives, and what each new value adds. @param newValues how many a row has */
export function addCombined(
  graph: GraphBuilder,
  { members: [forest, network], heldOutScores, weights, novelty }: Combined,
  matrix: string,
  newValues: string,
): string {
  const error = addMean(graph, addErrors(graph, network, matrix), network.columns.length);
  const scores = [addForest(graph, forest, matrix), error];
  const surprises = scores.map((score, i) => addSurprise(graph, score, heldOutScores[i], rounding[i]));
  const mean = graph.add(
    "Add",
    surprises.map((surprise, i) => graph.add("Mul", [surprise, graph.double(weights[i])])),
  );
  return graph.add("Add", [mean, graph.add("Mul", [newValues, graph.double(novelty.score(0, 1))])]);
}

/**
 * How much of a score is rounding, of forest and network: a row may equal one that was held out, and of the network runtimes add
 * errors in another order. A forest's scores have the library's bits, and two that differ by the last of them are two.
 */
const rounding = [0, 1e-12];

/**
 * Adds −log p of scores: steps at the held-out scores, which a tree finds by halving. Inner node i asks whether a score is at
 * most the i-th of them; leaf i is for those between that and the one before.
 */
function addSurprise(graph: GraphBuilder, score: string, known: Float64Array, rounding: number): string {
  const steps = [...new Set(known)];
  const heights = pValues(Float64Array.of(...steps, Infinity), { scores: known }).map((p) => -log(p));
  const ids: number[][] = [[], []];
  const leafs: number[][] = [[], []];
  const middle = (from: number, to: number) => (from + to) >> 1;
  const add = (from: number, to: number): void => {
    const node = middle(from, to);
    for (const [side, [first, end]] of [
      [from, node],
      [node + 1, to],
    ].entries()) {
      leafs[side][node] = first === end ? 1 : 0;
      ids[side][node] = first === end ? first : middle(first, end);
      if (first < end) add(first, end);
    }
  };
  add(0, steps.length);
  return graph.add("TreeEnsemble", [score], {
    n_targets: int(1),
    aggregate_function: int(1), // sum
    tree_roots: ints([middle(0, steps.length)]),
    nodes_featureids: ints(steps.map(() => 0)),
    nodes_splits: tensor(doubleTensor(splitsAt(steps, rounding))),
    nodes_modes: tensor(byteTensor(new Uint8Array(steps.length))), // 0: at most the split
    nodes_truenodeids: ints(ids[0]),
    nodes_trueleafs: ints(leafs[0]),
    nodes_falsenodeids: ints(ids[1]),
    nodes_falseleafs: ints(leafs[1]),
    leaf_targetids: ints([...heights].map(() => 0)),
    leaf_weights: tensor(doubleTensor(heights)),
  });
}

/** A little above each step, unless the next one is as near: there a score must have the very bits. */
function splitsAt(steps: readonly number[], rounding: number): number[] {
  return steps.map((step, i) => {
    const above = step * (1 + rounding);
    return above < (steps[i + 1] ?? Infinity) ? above : step;
  });
}
