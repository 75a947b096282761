import { valuesAt } from "../common/values-at";
import { numbers, type Rows, type Table } from "../data/table";
import type { Detector, ScoreOptions } from "../models/detector";
import { baselineDetectors } from "../models/detectors";
import { fitDetector } from "../models/fit-model";
import { isMissing, medianOf } from "../preprocess/missing";
import type { PreprocessOptions } from "../preprocess/preprocessor";
import { scoreDistinct } from "./score-distinct";

/** Scores of one baseline; higher = more anomalous. */
export interface BaselineScores {
  readonly name: "count" | "dst_bytes" | (typeof baselineDetectors)[number]["kind"];
  readonly trainingScores: Float64Array;
  readonly testScores?: Float64Array;
}

/** Single features of KDD'99 whose values, as they are, rank attacks well: none may know of another table. */
const singleFeatures = [
  { name: "count", sign: 1 },
  { name: "dst_bytes", sign: -1 },
] as const;

/**
 * What any model must beat: detectors that take a second and need no tuning, each fitted on the same rows as the models; and
 * where a table has KDD'99's features, `count` alone and few `dst_bytes` alone.
 */
export async function* baselineScores(
  train: Table,
  test: Table | undefined,
  fitRows: Rows,
  {
    preprocessing,
    signal,
    workers,
  }: ScoreOptions & {
    /** Of the detectors among them. Default: what suits each. */
    readonly preprocessing?: PreprocessOptions;
  } = {},
): AsyncGenerator<BaselineScores> {
  const both = async (
    name: BaselineScores["name"],
    scores: (table: Table) => Float64Array | Promise<Float64Array>,
  ): Promise<BaselineScores> => ({
    name,
    trainingScores: await scores(train),
    ...(test && { testScores: await scores(test) }),
  });
  const known = singleFeatures.every(({ name }) => train.features.some((feature) => feature.name === name));
  for (const { name, sign } of known ? singleFeatures : []) {
    const usual = usualNumber(train, name, fitRows);
    yield both(name, (table) =>
      new Float64Array(numbers(table, name)).map((value) => sign * (isMissing(value) ? usual : value)),
    );
  }
  for (const kind of baselineDetectors) {
    const model = await fitDetector<object, Detector>(train, kind, { rows: fitRows, preprocessing, signal });
    yield both(kind.kind, (table) => scoreDistinct(model, table, { signal, workers }));
  }
}

/** What stands for a missing number: the median of those that are there, 0 where none is. */
function usualNumber(table: Table, name: string, rows: Rows): number {
  const present = valuesAt(numbers(table, name), rows).filter((value) => !isMissing(value));
  return present.length > 0 ? medianOf(present) : 0;
}
