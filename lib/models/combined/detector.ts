import { autoencoder } from "../autoencoder/detector";
import type { DetectorKind } from "../detector";
import { isolationForest } from "../isolation-forest/detector";
import { type Combined, type CombinedOptions, fitCombined, loadCombined } from "./combined";

/** Isolation forest and autoencoder together as a {@link DetectorKind}, on the numbers that both work on. */
export const combined: DetectorKind<"combined", CombinedOptions, Combined> = {
  kind: "combined",
  title: "combined detector",
  scores: { title: "Mean −log p-value", scale: "linear" },
  blindSpot:
    "It passes what neither of its detectors sees, and beyond all held-out rows one row ranks as another.",
  preprocessing: autoencoder.preprocessing,
  files: [...isolationForest.files, ...autoencoder.files, "combined.json"],
  fit: fitCombined,
  load: loadCombined,
};
