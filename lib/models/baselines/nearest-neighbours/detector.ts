import type { DetectorKind } from "../../detector";
import {
  fitNearestNeighbours,
  loadNearestNeighbours,
  type NearestNeighbours,
  type NearestNeighboursOptions,
} from "./nearest-neighbours";

/** k nearest neighbours as a {@link DetectorKind}, on the autoencoder's numbers. */
export const nearestNeighbours: DetectorKind<
  "nearest-neighbours",
  NearestNeighboursOptions,
  NearestNeighbours
> = {
  kind: "nearest-neighbours",
  title: "nearest neighbours",
  scores: { title: "Distance to the k-th nearest row", scale: "log" },
  blindSpot:
    "It measures all distances alike: what is close to a dense crowd passes where other usual rows are far apart.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["neighbours.json", "sample.bin"],
  fit: async (matrix, { workers: _, ...options } = {}) => fitNearestNeighbours(matrix, options),
  load: loadNearestNeighbours,
};
