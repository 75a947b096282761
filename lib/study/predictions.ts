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
 * Writes row, label (where there are labels), scores, p-values and verdicts of all models for every row of a study, as a Parquet file and, where a path
 * for it is given, as CSV. P-values say nothing of the rows that the models were fitted on (`part` = fit).
 */
export async function writePredictions(
  study: NoveltyStudy,
  data: StudyData,
  parquet: string,
  csv?: string,
): Promise<void> {
  const { train, trainSource, test, testSource } = data;
  const names = [...new Set([train, test].flatMap((table) => table?.labels?.categories ?? []))].sort();
  const models: readonly NoveltyResult[] = Object.values(study.models);
  const writer = await TableWriter.create([
    { name: "dataset", type: { categories: [trainSource.name, testName(data) ?? ""] } },
    { name: "part", type: { categories: ["fit", "holdout", "test"] } },
    { name: "row", type: "integer" },
    ...(train.labels ? [{ name: "label", type: { categories: names } }] : []),
    ...models.flatMap(({ detector: { kind } }): OutputColumn[] => [
      { name: `${fieldName(kind)}_score`, type: "number" },
      { name: `${fieldName(kind)}_p_value`, type: "number" },
      { name: `${fieldName(kind)}_anomaly`, type: "boolean" },
    ]),
  ]);
  const append = async (
    file: number,
    part: Uint8Array,
    source: Source,
    table: Table,
    scoresOf: (model: NoveltyResult) => Float64Array,
  ) => {
    const position = table.labels?.categories.map((name) => names.indexOf(name));
    const columns = [
      new Uint8Array(table.rows).fill(file),
      part,
      rowNumbers(source, 0, table.rows),
      ...(table.labels ? [new Uint16Array(table.labels.codes).map((code) => position![code])] : []),
    ];
    for (let start = 0; start < table.rows; start += blockRows) {
      const judged = models.flatMap((model) => {
        const scores = scoresOf(model).subarray(start, start + blockRows);
        return [scores, pValues(scores, model.threshold), verdicts(scores, model.threshold)];
      });
      await writer.append([...columns.map((values) => values.subarray(start, start + blockRows)), ...judged]);
      await breathe(); // so that what DuckDB was given is freed
    }
  };
  try {
    const trainPart = new Uint8Array(train.rows).fill(1);
    for (const row of study.fitRows) trainPart[row] = 0;
    await append(0, trainPart, trainSource, train, ({ trainingScores }) => trainingScores);
    if (test && testSource)
      await append(1, new Uint8Array(test.rows).fill(2), testSource, test, ({ testScores }) => testScores!);
    await writer.write(parquet, "parquet");
    if (csv) await writer.write(csv, "csv");
  } finally {
    await writer.close();
  }
}
