import { type Preprocessor, stepColumns } from "../../preprocess/preprocessor";
import type { Autoencoder } from "../autoencoder/autoencoder";
import { layerSizes } from "../autoencoder/settings";
import { type GraphBuilder, int, ints } from "./graph";

/** Whether ONNX files are made of networks with these settings: those that the kernel computes. */
export function isExported({ settings: { activation, outputActivation } }: Autoencoder): boolean {
  return activation === "relu" && outputActivation === "linear";
}

/** Adds the squared errors of what an autoencoder gives back, whose mean is its own score. */
export function addErrors(graph: GraphBuilder, network: Autoencoder, matrix: string): string {
  const { columns, settings, weights } = network;
  const sizes = layerSizes(columns.length, settings);
  const first = graph.columns(matrix, [0]);
  const zeros = graph.add("Sub", [first, first]); // one a row
  let output = matrix;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const kernel = graph.floats(weights[2 * layer], [sizes[layer], sizes[layer + 1]]);
    const bias = graph.floats(weights[2 * layer + 1], [1, sizes[layer + 1]]);
    output = addProduct(graph, graph.add("Add", [zeros, bias]), output, kernel);
    if (layer < settings.layers.length) output = graph.add("Relu", [output]);
  }
  const error = graph.add("Sub", [graph.cast(matrix, "double"), graph.cast(output, "double")]);
  return graph.add("Mul", [error, error]);
}

/** Adds the mean of a row's errors: the score of an autoencoder, but for what new values add. */
export function addMean(graph: GraphBuilder, errors: string, columns: number): string {
  return graph.add("Div", [graph.sumOfColumns(errors, columns), graph.double(columns)]);
}

/** Adds what each feature adds to that score, as `explainRow` says it: `rows × features`. @param novel see `Preprocessed` */
export function addContributions(
  graph: GraphBuilder,
  network: Autoencoder,
  { steps }: Preprocessor,
  errors: string,
  novel: string,
): string {
  const featureOf = steps.flatMap((step, i) => stepColumns(step).map(() => i));
  // Divided before they are multiplied: onnxruntime would make one operator of both, with a factor of 32 bits.
  const share = 1 / featureOf.length;
  const shares = featureOf.flatMap((feature) => steps.map((_, i) => (i === feature ? share : 0)));
  const sums = graph.add("MatMul", [errors, graph.doubles(shares, [featureOf.length, steps.length])]);
  const ofNew = graph.double(network.novelty.contribution(0, 1));
  return graph.add("Add", [sums, graph.add("Mul", [novel, ofNew])]);
}

/**
 * Adds `start + rows · weights`, summed from the first column to the last and rounded to 32 bits each time, as the library
 * does: the sums have its bits. MatMul, several times as fast, adds in an order of its own, and a score that equals the
 * threshold or a held-out one would lie on either side of it.
 */
function addProduct(graph: GraphBuilder, start: string, rows: string, weights: string): string {
  const body = graph.body(3, (step, sum, column, weight) => {
    const upright = step.add("Unsqueeze", [column, step.integers([1], [1])]);
    return step.add("Add", [sum, step.add("Mul", [upright, weight])]);
  });
  return graph.add("Scan", [start, rows, weights], {
    body,
    num_scan_inputs: int(2),
    scan_input_axes: ints([1, 0]), // the rows' columns, the weights' rows
  });
}
