import type { DetectorKind } from "../../detector";
import { fitMahalanobis, loadMahalanobis, type Mahalanobis, type MahalanobisOptions } from "./mahalanobis";

/** The principal component classifier as a {@link DetectorKind}. */
export const mahalanobis: DetectorKind<"mahalanobis", MahalanobisOptions, Mahalanobis> = {
  kind: "mahalanobis",
  title: "Mahalanobis",
  scores: { title: "Distance over its threshold", scale: "log" },
  blindSpot: "It takes the usual for one cloud: what lies in a gap inside of it passes.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "standard" },
  files: ["distances.json"],
  fit: (matrix, { seed: _, workers: __, ...options } = {}) => fitMahalanobis(matrix, options),
  load: loadMahalanobis,
};
