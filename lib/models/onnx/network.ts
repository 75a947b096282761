import type { Autoencoder } from "../autoencoder/autoencoder";
import { layerSizes } from "../autoencoder/settings";
import type { GraphBuilder } from "./graph";

/** Whether ONNX files are made of networks with these settings: those that the kernel computes. */
export function isExported({ settings: { activation, outputActivation } }: Autoencoder): boolean {
  return activation === "relu" && outputActivation === "linear";
}

/**
 * Adds the score of an autoencoder: the mean squared error of what it gives back, and for each new value that of four wrong
 * columns. Computed with 64 bits, where the library rounds what each layer makes to 32.
 */
export function addNetwork(
  graph: GraphBuilder,
  network: Autoencoder,
  matrix: string,
  novel?: string,
): string {
  const { columns, settings, weights } = network;
  const sizes = layerSizes(columns.length, settings);
  const rows = graph.cast(matrix, "double");
  let output = rows;
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const kernel = graph.doubles(weights[2 * layer], [sizes[layer], sizes[layer + 1]]);
    const sum = graph.add("MatMul", [output, kernel]);
    output = graph.add("Add", [sum, graph.doubles(weights[2 * layer + 1])]);
    if (layer < settings.layers.length) output = graph.add("Relu", [output]);
  }
  const error = graph.add("Sub", [rows, output]);
  const squares = graph.sumOfColumns(graph.add("Mul", [error, error]));
  const score = graph.add("Div", [squares, graph.double(columns.length)]);
  if (novel === undefined) return score;
  return graph.add("Add", [score, graph.add("Mul", [novel, graph.double(4 / columns.length)])]);
}
