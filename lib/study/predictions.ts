import { breathe } from "../common/progress";
import { rowNumbers, type Source } from "../data/source";
import type { Table } from "../data/table";
import { type OutputColumn, TableWriter } from "../data/table-writer";
import type { NoveltyResult, NoveltyStudy } from "../evaluation/protocols";
import { fieldName } from "../models/detectors";
import { pValues } from "../models/p-values";
import { verdicts } from "../models/threshold";
import { type StudyData, testName } from "./data";

/** Rows of predictions that are handed on at a time: as many as DuckDB keeps together. */
const blockRows = 122_880;

/**
 * Writes row, label (where there are labels), scores, p-values and verdicts of all models for every row of a study, as a
 * Parquet file and, where a path for it is given, as CSV. P-values say nothing of the rows that the models were fitted on (`part` = fit).
 */
export async function writePredictions(
  study: NoveltyStudy,
  data: StudyData,
  parquet: string,
  csv?: string,
): Promise<void> {
  const { train, trainSource, test, testSource } = data;
  const predictions = await Predictions.create(Object.values(study.models), data);
  try {
    const trainPart = new Uint8Array(train.rows).fill(1);
    for (const row of study.fitRows) trainPart[row] = 0;
    await predictions.append(0, trainPart, trainSource, train, ({ trainingScores }) => trainingScores);
    if (test && testSource) {
      const testPart = new Uint8Array(test.rows).fill(2);
      await predictions.append(1, testPart, testSource, test, ({ testScores }) => testScores!);
    }
    await predictions.writer.write(parquet, "parquet");
    if (csv) await predictions.writer.write(csv, "csv");
  } finally {
    await predictions.writer.close();
  }
}

/** The rows of a study's files, one file after the other. */
class Predictions {
  private constructor(
    readonly writer: TableWriter,
    private readonly models: readonly NoveltyResult[],
    /** Those of both files. */
    private readonly labels: readonly string[],
  ) {}

  static async create(models: readonly NoveltyResult[], data: StudyData): Promise<Predictions> {
    const { train, trainSource, test } = data;
    const labels = [...new Set([train, test].flatMap((table) => table?.labels?.categories ?? []))].sort();
    const writer = await TableWriter.create([
      { name: "dataset", type: { categories: [trainSource.name, testName(data) ?? ""] } },
      { name: "part", type: { categories: ["fit", "holdout", "test"] } },
      { name: "row", type: "integer" },
      ...(train.labels ? [{ name: "label", type: { categories: labels } }] : []),
      ...models.flatMap(({ detector: { kind } }): OutputColumn[] => [
        { name: `${fieldName(kind)}_score`, type: "number" },
        { name: `${fieldName(kind)}_p_value`, type: "number" },
        { name: `${fieldName(kind)}_anomaly`, type: "boolean" },
      ]),
    ]);
    return new Predictions(writer, models, labels);
  }

  /** @param file its place among the two. @param part that of each row */
  async append(
    file: number,
    part: Uint8Array,
    source: Source,
    table: Table,
    scoresOf: (model: NoveltyResult) => Float64Array,
  ): Promise<void> {
    const position = table.labels?.categories.map((name) => this.labels.indexOf(name));
    const columns = [
      new Uint8Array(table.rows).fill(file),
      part,
      rowNumbers(source, 0, table.rows),
      ...(table.labels ? [new Uint16Array(table.labels.codes).map((code) => position![code])] : []),
    ];
    for (let start = 0; start < table.rows; start += blockRows) {
      const judged = this.models.flatMap((model) => {
        const scores = scoresOf(model).subarray(start, start + blockRows);
        return [scores, pValues(scores, model.threshold), verdicts(scores, model.threshold)];
      });
      const block = columns.map((values) => values.subarray(start, start + blockRows));
      await this.writer.append([...block, ...judged]);
      await breathe(); // so that what DuckDB was given is freed
    }
  }
}
