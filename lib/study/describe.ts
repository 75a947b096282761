import { devNull } from "node:os";
import type { ColumnDescription } from "../data/columns/infer-table";
import { countLabels } from "../data/label-groups";
import type { FileTable } from "../data/read-table";
import { rowsWhere } from "../data/split";
import { isolationForest } from "../models/isolation-forest/detector";
import { describePreprocessing } from "../preprocess/notices";
import { fitPreprocessor, type PreprocessOptions } from "../preprocess/preprocessor";
import { readStudyData, type StudyDataOptions } from "./data";

/** What a study takes its files for. */
export interface StudyDescription {
  readonly train: FileDescription;
  readonly test?: FileDescription;
}

export interface FileDescription {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly DescribedColumn[];
  /** Rows by label, where there are labels: `normal`, and the kinds of anomalies. */
  readonly labels?: Readonly<Record<string, number>>;
}

/** What a column is taken for, and of a feature, what detectors are given. */
export type DescribedColumn = ColumnDescription & { readonly becomes?: string };

export interface DescribeOptions extends Omit<StudyDataOptions, "rejectedFiles"> {
  readonly preprocessing?: PreprocessOptions;
  /** Pass over bad rows. Default false: refuse the file. */
  readonly skipBadRows?: boolean;
}

/**
 * Reads the data of a study as `run` does, and says what it takes each column for. Nothing is trained or written.
 *
 * @throws {InputError} as `loadStudyData`
 */
export async function describeData(options: DescribeOptions): Promise<StudyDescription> {
  const rejectedFiles = options.skipBadRows ? { train: devNull, test: devNull } : undefined;
  const { train, test } = await readStudyData({ ...options, rejectedFiles });
  const { preprocessing = isolationForest.preprocessing } = options;
  const rows = train.labels && rowsWhere(train, (label) => label === "normal");
  const steps = describePreprocessing(fitPreprocessor(train, preprocessing, rows));
  const becomes = new Map(steps.map((step) => [step.feature, step.becomes]));
  return {
    train: describeFile(train, becomes),
    ...(test && { test: describeFile(test, becomes) }),
  };
}

function describeFile(
  { source, columns, labels }: FileTable,
  becomes: ReadonlyMap<string, string>,
): FileDescription {
  return {
    path: source.path,
    rows: source.rows,
    columns: columns.map((column) => {
      const words = column.use.startsWith("feature") ? becomes.get(column.name) : undefined;
      return words === undefined ? column : { ...column, becomes: words };
    }),
    ...(labels && { labels: countLabels(labels) }),
  };
}
