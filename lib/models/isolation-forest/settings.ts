import { type OptionNames, requireNumber } from "../../common/errors";

export interface IsolationForestOptions {
  /** Number of trees, t in the paper, `n_estimators` in scikit-learn; an integer ≥ 1. Default 100. */
  readonly trees?: number;
  /** Rows each tree is grown on, ψ in the paper, `max_samples` in scikit-learn; an integer ≥ 2. Default 16,384, or all rows if fewer; the paper's is 256. */
  readonly sampleSize?: number;
  /** An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
}

export const forestOptions: OptionNames<IsolationForestOptions> = {
  trees: true,
  sampleSize: true,
  seed: true,
};

/**
 * Chosen by `npm run compare`. The paper recommends 100 trees of 256 rows, which is best where anomalies are among the rows:
 * fitted on normal rows alone, larger samples show more of their kinds, and F1 depends less on the seed.
 */
export const forestDefaults = { trees: 100, sampleSize: 16_384 } as const;

/** Fills in the defaults. @throws {InputError} on an option out of range */
export function resolveForest(options: IsolationForestOptions): Required<IsolationForestOptions> {
  const { trees = forestDefaults.trees, sampleSize = forestDefaults.sampleSize, seed = 1 } = options;
  requireNumber("trees", trees, { min: 1, integer: true });
  requireNumber("sampleSize", sampleSize, { min: 2, integer: true });
  return { trees, sampleSize, seed };
}
