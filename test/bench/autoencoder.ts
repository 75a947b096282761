// `tsx test/bench/autoencoder.ts [backend…]`: seconds of one epoch of training on the normal rows of the 10 % set, and of
// scoring all of its rows, on each backend that can be loaded, in a process of its own (default: wasm and native).
import { spawnSync } from "node:child_process";
import { median } from "simple-statistics";
import {
  anomalousRows,
  type Backend,
  defaults,
  fitAutoencoder,
  fitPreprocessor,
  InputError,
  selectMatrixRows,
  tensorflow,
  transform,
} from "traffic-anomaly";
import { loadKdd, runScript } from "./data";

const epochs = 5;
const runs = 5;

async function main(): Promise<void> {
  const [first, backend] = process.argv.slice(2);
  if (first === "measure") return measure(backend as Backend);
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : ["wasm", "native"]) {
    const child = [...process.execArgv, __filename, "measure", name];
    const { status } = spawnSync(process.execPath, child, { stdio: "inherit" });
    if (status !== 0 && wanted.length > 0) process.exitCode = 1;
  }
}

async function measure(backend: Backend): Promise<void> {
  await tensorflow(backend);
  const { train } = await loadKdd();
  if (!train.labels) throw new InputError("the table has no labels");
  const matrix = transform(fitPreprocessor(train, defaults.autoencoder), train);
  const anomalous = anomalousRows(train.labels);
  const normal = selectMatrixRows(
    matrix,
    Uint32Array.from(anomalous.keys()).filter((row) => !anomalous[row]),
  );
  let started = performance.now();
  const lap = () => {
    const seconds = (performance.now() - started) / 1000;
    started = performance.now();
    return seconds;
  };
  const training: number[] = [];
  const onEpoch = () => training.push(lap());
  const autoencoder = await fitAutoencoder(normal, { epochs, patience: 0, backend, onEpoch });
  const scoring: number[] = [];
  for (let run = 0; run < runs; run++) {
    lap();
    await autoencoder.score(matrix);
    scoring.push(lap());
  }
  const columns = matrix.columns.length;
  console.log(
    `${backend.padEnd(7)} an epoch of ${normal.rows} rows × ${columns} columns ${median(training).toFixed(2)} s, ` +
      `scoring ${matrix.rows} rows ${median(scoring).toFixed(2)} s`,
  );
}

runScript(main);
