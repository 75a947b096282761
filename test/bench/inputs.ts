// `tsx test/bench/inputs.ts FOLDER [matrices]`: makes what all sides of `npm run bench` work on, so that they work on the same
// bytes; matrices and models of them only if it is told to.
// A process of its own: a process starts with its parent's peak memory as its own, so that the parent must stay small.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  allRows,
  anomalousRows,
  autoencoder as autoencoderKind,
  chooseThreshold,
  type Detector,
  distinctRows,
  fitAutoencoder,
  fitIsolationForest,
  fitPreprocessor,
  InputError,
  isolationForest,
  kddFeatures,
  labels,
  type Matrix,
  type Preprocessor,
  type Rows,
  rowsWhere,
  saveModel,
  selectMatrixRows,
  type Table,
  transform,
} from "traffic-anomaly";
import { locateTestFile, locateTrainingFile } from "traffic-anomaly/dist/data/kdd/locate";
import { exportOnnx } from "traffic-anomaly/dist/models/onnx/export-onnx";
import { readKddFile } from "../fixtures/kdd-file";
import { runScript, unswFile } from "./data";
import { type Inputs, parameters } from "./works";

async function main(): Promise<void> {
  const [folder, matrices] = process.argv.slice(2);
  const files = [await locateTrainingFile(), await locateTestFile("10-percent")] as const;
  const { source, table: train } = await readKddFile(files[0]);
  if (source.name !== "10-percent" || !files[1])
    throw new InputError("the benchmark needs the 10 % set and corrected");
  const columns = matrices ? await writeMatrices(folder, train) : [];
  const named = (measure: string) =>
    kddFeatures.filter((feature) => feature.measure === measure).map(({ name }) => name);
  const inputs: Inputs = {
    files: [files[0], files[1]],
    features: [...kddFeatures.map(({ name }) => name), "label"],
    nominal: [...named("nominal"), "label"],
    amounts: named("amount"),
    columns,
    ...(existsSync(unswFile) && { unsw: resolve(unswFile) }),
  };
  writeFileSync(join(folder, "inputs.json"), JSON.stringify(inputs));
}

/** Writes the training file's matrices, and the models that are fitted on them. @returns the matrices' columns */
async function writeMatrices(folder: string, train: Table): Promise<readonly string[]> {
  const path = (name: string) => join(folder, name);
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
  const ofForest = fitPreprocessor(train, isolationForest.preprocessing);
  const forest = transform(ofForest, train);
  write("forest", forest, allRows(train));
  write("forest.distinct", forest, distinct);
  const ofAutoencoder = fitPreprocessor(train, autoencoderKind.preprocessing);
  const autoencoder = transform(ofAutoencoder, train);
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

  const { trees, sampleSize } = parameters;
  const grown = await fitIsolationForest(forest, { trees, sampleSize, seed });
  await writeExported(path("forest"), grown, ofForest);
  const trained = await autoencoderKind.load(path("trained"), autoencoder.columns);
  await writeExported(path("autoencoder"), trained, ofAutoencoder);
  writeFeatures(path("features"), train);
  return forest.columns;
}

/** A detector as an ONNX file, whose verdicts nobody asks for. */
async function writeExported(path: string, detector: Detector, preprocessor: Preprocessor): Promise<void> {
  const threshold = chooseThreshold(Float64Array.of(0, 1), 0.5);
  const training = { seed: parameters.seed };
  await saveModel(`${path}.model`, { detector, preprocessor, threshold, training });
  await exportOnnx(`${path}.model`, `${path}.onnx`);
}

/** What an exported model is given: numbers and codes of names, column by column, and what the codes stand for. */
function writeFeatures(path: string, { features }: Table): void {
  const values = features.map((column) => (column.kind === "numeric" ? column.values : column.codes));
  const bytes = values.map((column) => Buffer.from(Float64Array.from(column).buffer));
  writeFileSync(`${path}.bin`, Buffer.concat(bytes));
  const names = features.map((column) => [column.name, column.kind === "numeric" ? null : column.categories]);
  writeFileSync(`${path}.json`, JSON.stringify(names));
}

runScript(main);
