import type { DetectorKind } from "../../detector";
import {
  fitPrincipalComponents,
  loadPrincipalComponents,
  type PrincipalComponents,
  type PrincipalComponentsOptions,
} from "./principal-components";

/**
 * Principal components as a {@link DetectorKind}: what an autoencoder must beat, on the same numbers. How many there are by
 * default was chosen by `npm run compare`.
 */
export const principalComponents: DetectorKind<
  "principal-components",
  PrincipalComponentsOptions,
  PrincipalComponents
> = {
  kind: "principal-components",
  title: "PCA",
  scores: { title: "Mean squared reconstruction error", scale: "log" },
  blindSpot:
    "It passes whatever lies on the flat sheet along which usual rows vary, however far out or in a gap.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["components.json"],
  fit: (matrix, { seed: _, workers: __, ...options } = {}) => fitPrincipalComponents(matrix, options),
  load: loadPrincipalComponents,
};
