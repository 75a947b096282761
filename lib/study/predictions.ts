import { breathe } from "../common/progress";
import { rowNumbers, type Source } from "../data/kdd/reader";
import { labels, type Table } from "../data/table";
import { TableWriter } from "../data/table-writer";
import type { NoveltyStudy } from "../evaluation/protocols";
import { verdicts } from "../models/threshold";
import type { StudyData } from "./data";

/** Rows of predictions that are handed on at a time: as many as DuckDB keeps together. */
const blockRows = 122_880;

/**
 * Writes row, label, scores and verdicts of both detectors for every row of a study, as a Parquet file and, where a path for
 * it is given, as CSV.
 */
export async function writePredictions(
  study: NoveltyStudy,
  data: StudyData,
  parquet: string,
  csv?: string,
): Promise<void> {
  const { isolationForest, autoencoder, fitRows } = study;
  const files = [data.trainSource.name, testName(data) ?? ""];
  const names = [
    ...new Set([data.train, data.test].flatMap((table) => table?.labels?.categories ?? [])),
  ].sort();
  const writer = await TableWriter.create([
    { name: "dataset", type: { categories: files } },
    { name: "part", type: { categories: ["fit", "holdout", "test"] } },
    { name: "row", type: "integer" },
    { name: "label", type: { categories: names } },
    { name: "isolation_forest_score", type: "number" },
    { name: "isolation_forest_anomaly", type: "boolean" },
    { name: "autoencoder_score", type: "number" },
    { name: "autoencoder_anomaly", type: "boolean" },
  ]);
  const append = async (
    file: number,
    source: Source,
    table: Table,
    forest: Float64Array,
    network: Float64Array,
  ) => {
    const part = new Uint8Array(table.rows).fill(file === 0 ? 1 : 2);
    if (file === 0) for (const row of fitRows) part[row] = 0;
    const { codes, categories } = labels(table);
    const position = categories.map((name) => names.indexOf(name));
    const columns = [
      new Uint8Array(table.rows).fill(file),
      part,
      rowNumbers(source, 0, table.rows),
      new Uint16Array(codes).map((code) => position[code]),
      forest,
      verdicts(forest, isolationForest.threshold),
      network,
      verdicts(network, autoencoder.threshold),
    ];
    for (let start = 0; start < table.rows; start += blockRows) {
      await writer.append(columns.map((values) => values.subarray(start, start + blockRows)));
      await breathe(); // so that what DuckDB was given is freed
    }
  };
  try {
    await append(0, data.trainSource, data.train, isolationForest.trainingScores, autoencoder.trainingScores);
    if (data.test && data.testSource && isolationForest.testScores && autoencoder.testScores) {
      await append(1, data.testSource, data.test, isolationForest.testScores, autoencoder.testScores);
    }
    await writer.write(parquet, "parquet");
    if (csv) await writer.write(csv, "csv");
  } finally {
    await writer.close();
  }
}

/** What the test file is called in the results: its own name, unless something else has it. */
export function testName({ trainSource, testSource }: StudyData): string | undefined {
  const taken = testSource && ["holdout", trainSource.name].includes(testSource.name);
  return taken ? `${testSource.name} (test)` : testSource?.name;
}
