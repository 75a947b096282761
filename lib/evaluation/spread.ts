import { mean, sampleStandardDeviation } from "simple-statistics";

/** The same tree as the figures, with mean and sample standard deviation in place of each number. */
export type Spread =
  | { readonly [name: string]: Spread }
  | { readonly mean: number; readonly standardDeviation: number };

/**
 * Mean and sample standard deviation of every figure over several studies. A figure that some study lacks is left out.
 *
 * @example
 * spread([{ rocAuc: 0.8 }, { rocAuc: 1 }]); // { rocAuc: { mean: 0.9, standardDeviation: 0.1414… } }
 */
export function spread(studies: readonly object[]): Spread {
  const result: Record<string, Spread> = {};
  for (const name of Object.keys(studies[0])) {
    const values = studies.map((study) => (study as Record<string, unknown>)[name]);
    if (values.every((value) => typeof value === "number")) {
      result[name] = { mean: mean(values), standardDeviation: sampleStandardDeviation(values) };
    } else if (values.every((value) => typeof value === "object" && value !== null)) {
      result[name] = spread(values as object[]);
    }
  }
  return result;
}
