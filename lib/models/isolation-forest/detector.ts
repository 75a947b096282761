import { requireOptions } from "../../common/errors";
import type { DetectorKind } from "../detector";
import { readForest } from "./files";
import { fitIsolationForest, IsolationForest } from "./isolation-forest";
import { forestOptions, type IsolationForestOptions, resolveForest } from "./settings";

/** The isolation forest as a {@link DetectorKind}. Its preprocessing was chosen by `npm run compare`. */
export const isolationForest: DetectorKind<"isolation-forest", IsolationForestOptions, IsolationForest> = {
  kind: "isolation-forest",
  title: "isolation forest",
  scores: { title: "Isolation score", scale: "linear" },
  blindSpot:
    "It looks at one column at a time: values that are usual one by one, and unusual only together, may pass.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["forest.json", "forest.bin"],
  async prepare(options = {}) {
    requireOptions(options, forestOptions);
    resolveForest(options);
  },
  fit: fitIsolationForest,
  async load(folder, columns) {
    const { settings, nodes } = await readForest(folder, columns.length);
    return new IsolationForest(columns, settings, nodes);
  },
};
