import type { Curve } from "../../evaluation/curves";

/** A curve of one detector; in a file whose types need no Plotly, as figures that take one are part of the library. */
export interface NamedCurve {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, `baseline:count`, … */
  readonly name: string;
  readonly curve: Curve;
  /** Marks the point at which the verdicts were given. */
  readonly threshold?: number;
}
