import type { DetectorKind } from "../detector";
import {
  fitIsolationForest,
  type IsolationForest,
  type IsolationForestOptions,
  loadIsolationForest,
} from "./isolation-forest";

/** The isolation forest as a {@link DetectorKind}. Its preprocessing was chosen by `npm run compare`. */
export const isolationForest: DetectorKind<"isolation-forest", IsolationForestOptions, IsolationForest> = {
  kind: "isolation-forest",
  title: "isolation forest",
  scores: { title: "Isolation score", scale: "linear" },
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["forest.json", "forest.bin"],
  fit: (matrix, { workers: _, ...options } = {}) => fitIsolationForest(matrix, options),
  load: loadIsolationForest,
};
