import type { DetectorKind } from "../../detector";
import { type Ecod, fitEcod, loadEcod } from "./ecod";

/** ECOD as a {@link DetectorKind}. It only compares the values of a column: neither logarithm nor scaling would move a score. */
export const ecod: DetectorKind<"ecod", object, Ecod> = {
  kind: "ecod",
  title: "ECOD",
  scores: { title: "Sum of −log tail probabilities", scale: "linear" },
  blindSpot:
    "It looks at the ends of each column by itself: gaps between usual values, and values unusual only together, pass.",
  preprocessing: { encoding: "one-hot", logarithm: [], scaling: "none" },
  files: ["tails.json"],
  fit: (matrix, { seed: _, workers: __, ...options } = {}) => fitEcod(matrix, options),
  load: loadEcod,
};
