// `tsx test/bench/inputs.ts FOLDER`: makes what all sides of `npm run bench` work on, so that they work on the same bytes.
// A process of its own: a process starts with its parent's peak memory as its own, so that the parent must stay small.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  allRows,
  anomalousRows,
  autoencoder as autoencoderKind,
  distinctRows,
  fitAutoencoder,
  fitPreprocessor,
  InputError,
  isolationForest,
  kddFeatures,
  labels,
  type Matrix,
  type Rows,
  rowsWhere,
  selectMatrixRows,
  transform,
} from "traffic-anomaly";
import { locateTestFile, locateTrainingFile } from "traffic-anomaly/dist/data/kdd/locate";
import { readKddFile } from "../fixtures/kdd-file";
import { runScript, unswFile } from "./data";
import { type Inputs, parameters } from "./works";

async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  const path = (name: string) => join(folder, name);
  const files = [await locateTrainingFile(), await locateTestFile("10-percent")] as const;
  const { source, table: train } = await readKddFile(files[0]);
  if (source.name !== "10-percent" || !files[1])
    throw new InputError("the benchmark needs the 10 % set and corrected");
  const anomalous = anomalousRows(labels(train));
  const write = (name: string, matrix: Matrix, rows: Rows) => {
    writeFileSync(path(name), selectMatrixRows(matrix, rows).data);
    writeFileSync(
      path(`${name}.classes`),
      Uint8Array.from(rows, (row) => anomalous[row]),
    );
  };

  const distinct = distinctRows({ ...train, labels: undefined });
  const normal = rowsWhere(train, (label) => label === "normal");
  const forest = transform(fitPreprocessor(train, isolationForest.preprocessing), train);
  write("forest", forest, allRows(train));
  write("forest.distinct", forest, distinct);
  const autoencoder = transform(fitPreprocessor(train, autoencoderKind.preprocessing), train);
  write("autoencoder", autoencoder, allRows(train));
  write("autoencoder.distinct", autoencoder, distinct);
  write("autoencoder.normal", autoencoder, normal);
  write(
    "autoencoder.fiftieth",
    autoencoder,
    allRows(train).filter((row) => row % 50 === 0),
  );

  const { layers, batchSize, learningRate, seed } = parameters;
  const options = { layers, batchSize, seed, validationShare: 0 } as const;
  const normals = selectMatrixRows(autoencoder, normal);
  const models = {
    initial: { ...options, epochs: 1, learningRate: Number.MIN_VALUE }, // which moves no weight
    trained: { ...options, epochs: 2, learningRate },
  };
  for (const [name, model] of Object.entries(models)) {
    mkdirSync(path(name));
    await (await fitAutoencoder(normals, model)).save(path(name));
  }

  const named = (measure: string) =>
    kddFeatures.filter((feature) => feature.measure === measure).map(({ name }) => name);
  const inputs: Inputs = {
    files: [files[0], files[1]],
    features: [...kddFeatures.map(({ name }) => name), "label"],
    nominal: [...named("nominal"), "label"],
    amounts: named("amount"),
    columns: forest.columns,
    ...(existsSync(unswFile) && { unsw: resolve(unswFile) }),
  };
  writeFileSync(path("inputs.json"), JSON.stringify(inputs));
}

runScript(main);
