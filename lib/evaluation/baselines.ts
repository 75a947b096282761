import { breathe } from "../common/progress";
import { valuesAt } from "../common/values-at";
import { equalRowsInTurns } from "../data/distinct";
import { numbers, type Rows, type Table } from "../data/table";
import { fitPrincipalComponents, reconstructionErrors } from "../models/principal-components";
import { type Preprocessor, transform, transformInTurns } from "../preprocess/preprocessor";

/** Components that the PCA baseline keeps: as many as a narrow autoencoder's code. */
const pcaComponents = 8;

/** Scores of one baseline; higher = more anomalous. */
export interface BaselineScores {
  readonly name: "count" | "dst_bytes" | "pca";
  readonly trainingScores: Float64Array;
  readonly testScores?: Float64Array;
}

/**
 * What any model must beat: `count` alone, few `dst_bytes` alone, and the reconstruction error of 8 principal
 * components fitted on the same rows and columns as the autoencoder.
 */
export async function* baselineScores(
  preprocessor: Preprocessor,
  train: Table,
  test: Table | undefined,
  fitRows: Rows,
  signal?: AbortSignal,
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
  const matrix = await transformInTurns(preprocessor, train, fitRows, signal);
  const components = await fitPrincipalComponents(matrix, pcaComponents, { signal });
  yield both("pca", async (table) => {
    const { distinct, places } = await equalRowsInTurns(table, signal);
    const scores = new Float64Array(distinct.length);
    const blockRows = 32_768;
    let memory: Float32Array | undefined;
    for (let start = 0; start < distinct.length; start += blockRows) {
      const matrix = transform(preprocessor, table, distinct.subarray(start, start + blockRows), memory);
      memory ??= matrix.data;
      scores.set(reconstructionErrors(components, matrix), start);
      await breathe(signal);
    }
    return valuesAt(scores, places);
  });
}
