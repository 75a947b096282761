// The study of `npm start` through the library's public functions: the same steps as study.py.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  labels,
  literatureProtocol,
  loadTable,
  mixedProtocol,
  type NoveltyStudy,
  noveltyProtocol,
  openSource,
  rowNumbers,
  type Source,
  type Table,
  TableWriter,
  verdicts,
} from "traffic-anomaly";
import type { Figures, Task } from "./works";

interface Opened {
  readonly source: Source;
  readonly table: Table;
}

/** Runs the study from empty caches, and writes metrics.json and predictions.parquet into the task's folder. */
export async function runStudy({ files, folder, threads, backend, seed }: Task) {
  const open = async (path: string): Promise<Opened> => {
    const source = await openSource(path, { cacheFolder: join(folder, "cache") });
    return { source, table: await loadTable(source) };
  };
  const train = await open(files[0]);
  const test = await open(files[1]);
  const options = { seed, workers: threads, autoencoder: { backend } };
  const study = await noveltyProtocol(train.table, test.table, options);
  const metrics = {
    novelty: study.metrics,
    mixed: await mixedProtocol(train.table, options),
    literature: await literatureProtocol(train.table, options),
  };
  await writePredictions(study, [train, test], join(folder, "predictions.parquet"));
  writeFileSync(join(folder, "metrics.json"), JSON.stringify(metrics, null, 2));
  return { metrics, epochs: study.autoencoder.detector.history.length };
}

async function writePredictions(study: NoveltyStudy, parts: readonly Opened[], path: string): Promise<void> {
  const { isolationForest: forest, autoencoder } = study;
  const names = [...new Set(parts.flatMap(({ table }) => labels(table).categories))].sort();
  const writer = await TableWriter.create([
    { name: "dataset", type: { categories: parts.map(({ source }) => source.name) } },
    { name: "part", type: { categories: ["fit", "holdout", "test"] } },
    { name: "row", type: "integer" },
    { name: "label", type: { categories: names } },
    { name: "isolation_forest_score", type: "number" },
    { name: "isolation_forest_anomaly", type: "boolean" },
    { name: "autoencoder_score", type: "number" },
    { name: "autoencoder_anomaly", type: "boolean" },
  ]);
  for (const [i, { source, table }] of parts.entries()) {
    const part = new Uint8Array(table.rows).fill(i === 0 ? 1 : 2);
    if (i === 0) for (const row of study.fitRows) part[row] = 0;
    const { codes, categories } = labels(table);
    const position = categories.map((name) => names.indexOf(name));
    const scores = [forest, autoencoder].map((result) =>
      i === 0 ? result.trainingScores : result.testScores,
    );
    const [forestScores, errors] = scores as [Float64Array, Float64Array];
    await writer.append([
      new Uint8Array(table.rows).fill(i),
      part,
      rowNumbers(source, 0, table.rows),
      Uint16Array.from(codes, (code) => position[code]),
      forestScores,
      verdicts(forestScores, forest.threshold),
      errors,
      verdicts(errors, autoencoder.threshold),
    ]);
  }
  await writer.write(path, "parquet");
  await writer.close();
}

/** The figures that the benchmark compares with those of study.py. */
export function studyFigures({ metrics, epochs }: Awaited<ReturnType<typeof runStudy>>): Figures {
  const { novelty, mixed, literature } = metrics;
  if (!novelty.test) throw new Error("the study lacks the test file's figures");
  const { "isolation-forest": forest, autoencoder } = novelty.test;
  return {
    epochs,
    "corrected, isolation forest, rocAuc": forest.rocAuc,
    "corrected, autoencoder, rocAuc": autoencoder.rocAuc,
    "corrected, autoencoder, averagePrecision": autoencoder.averagePrecision,
    "corrected, autoencoder, f1": autoencoder.f1 ?? Number.NaN,
    "corrected, autoencoder, deduplicated rocAuc": autoencoder.deduplicated?.rocAuc ?? Number.NaN,
    "corrected, PCA, rocAuc": novelty.test["baseline:pca"].rocAuc,
    "corrected, count, rocAuc": novelty.test["baseline:count"].rocAuc,
    "mixed, isolation forest, rocAuc": mixed["isolation-forest"].rocAuc,
    "http, isolation forest, rocAuc": literature.http["isolation-forest"].rocAuc,
    "sf, isolation forest, rocAuc": literature.sf["isolation-forest"].rocAuc,
  };
}
