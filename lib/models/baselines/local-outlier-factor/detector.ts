import type { DetectorKind } from "../../detector";
import {
  fitLocalOutlierFactor,
  type LocalOutlierFactor,
  type LocalOutlierFactorOptions,
  loadLocalOutlierFactor,
} from "./local-outlier-factor";

/** The local outlier factor as a {@link DetectorKind}, on the autoencoder's numbers. */
export const localOutlierFactor: DetectorKind<
  "local-outlier-factor",
  LocalOutlierFactorOptions,
  LocalOutlierFactor
> = {
  kind: "local-outlier-factor",
  title: "LOF",
  scores: { title: "Local outlier factor", scale: "log" },
  blindSpot: "A few odd rows among those that it learned from vouch for an attack that is near them.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["neighbours.json", "sample.bin"],
  fit: async (matrix, { workers: _, ...options } = {}) => fitLocalOutlierFactor(matrix, options),
  load: loadLocalOutlierFactor,
};
