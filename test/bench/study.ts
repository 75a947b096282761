// The study of `npm start` through the library's public functions: the same steps as study.py.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { literatureProtocol, mixedProtocol, noveltyProtocol } from "traffic-anomaly";
import { writePredictions } from "traffic-anomaly/dist/study/predictions";
import { readKddFile } from "../fixtures/kdd-file";
import type { Figures, Task } from "./works";

/** Runs the study, and writes metrics.json and predictions.parquet into the task's folder. */
export async function runStudy({ files, folder, threads, backend, seed }: Task) {
  const train = await readKddFile(files[0]);
  const test = await readKddFile(files[1]);
  const options = { seed, workers: threads, settings: { autoencoder: { backend } } };
  const study = await noveltyProtocol(train.table, test.table, options);
  const metrics = {
    novelty: study.metrics,
    mixed: await mixedProtocol(train.table, options),
    literature: await literatureProtocol(train.table, options),
  };
  const data = { trainSource: train.source, train: train.table, testSource: test.source, test: test.table };
  await writePredictions(
    study,
    { ...data, simulated: false, titles: { train: "10-percent" } },
    join(folder, "predictions.parquet"),
  );
  writeFileSync(join(folder, "metrics.json"), JSON.stringify(metrics, null, 2));
  return { metrics, epochs: study.models.autoencoder.detector.history.length };
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
    "corrected, PCA, rocAuc": novelty.test["baseline:principal-components"].rocAuc,
    "corrected, count, rocAuc": novelty.test["baseline:count"].rocAuc,
    "mixed, isolation forest, rocAuc": mixed["isolation-forest"].rocAuc,
    "http, isolation forest, rocAuc": literature.http["isolation-forest"].rocAuc,
    "sf, isolation forest, rocAuc": literature.sf["isolation-forest"].rocAuc,
  };
}
