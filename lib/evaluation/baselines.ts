import { numbers, type Rows, type Table } from "../data/table";
import { principalComponents } from "../models/baselines/principal-components/detector";
import type { ScoreOptions } from "../models/detector";
import { fitDetector } from "../models/fit-model";
import { scoreDistinct } from "./score-distinct";

/** Scores of one baseline; higher = more anomalous. */
export interface BaselineScores {
  readonly name: "count" | "dst_bytes" | "principal-components";
  readonly trainingScores: Float64Array;
  readonly testScores?: Float64Array;
}

/**
 * What any model must beat: `count` alone, few `dst_bytes` alone, and the reconstruction error of 8 principal
 * components, as many as a narrow autoencoder's code, fitted on the same rows and columns as the autoencoder.
 */
export async function* baselineScores(
  train: Table,
  test: Table | undefined,
  fitRows: Rows,
  { signal, workers }: ScoreOptions = {},
): AsyncGenerator<BaselineScores> {
  const both = async (
    name: BaselineScores["name"],
    scores: (table: Table) => Float64Array | Promise<Float64Array>,
  ): Promise<BaselineScores> => ({
    name,
    trainingScores: await scores(train),
    ...(test && { testScores: await scores(test) }),
  });
  yield both("count", (table) => new Float64Array(numbers(table, "count")));
  yield both("dst_bytes", (table) => new Float64Array(numbers(table, "dst_bytes")).map((bytes) => -bytes));
  const model = await fitDetector(train, principalComponents, { rows: fitRows, signal });
  yield both(principalComponents.kind, (table) => scoreDistinct(model, table, { signal, workers }));
}
