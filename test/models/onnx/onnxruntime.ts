// Scores with onnxruntime in Python and in Node.js, beside the library's own.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Column, judge, type Model, saveModel, selectRows, type Table } from "traffic-anomaly";
import { equalRows } from "traffic-anomaly/dist/data/distinct";
import { featureContributions } from "traffic-anomaly/dist/models/contributions";
import { exportOnnx } from "traffic-anomaly/dist/models/onnx/export-onnx";

/** Why tests with onnxruntime are skipped: Python lacks it, which on CI it must not. */
export function missingOnnx(): string | false {
  if (process.env.CI === "true") return false;
  const { status } = spawnSync("python3", ["-c", "import onnx, onnxruntime"]);
  const reason = "this needs Python's onnx and onnxruntime";
  if (status !== 0) console.log(`skipped: ${reason}`);
  else if (!process.env.ONNXRUNTIME_NODE) console.log("without Node.js: ONNXRUNTIME_NODE is not set");
  return status !== 0 && reason;
}

/** What a runtime says of a model's rows, beside what the library does. */
export interface Comparison {
  readonly runtime: "Python" | "Node.js";
  readonly rows: number;
  /** The greatest difference of a score, as a share of it. */
  readonly largest: number;
  /** The greatest difference of a contribution of the first rows, as a share of the row's score; undefined if it has none. */
  readonly contributions?: number;
  /** Rows whose scores equal the threshold but for rounding. */
  readonly ties: number;
  /** Of these, rows whose verdicts differ. */
  readonly tiedVerdicts: number;
  /** Other rows whose verdicts differ. */
  readonly verdicts: number;
  /** Rows that are anomalous. */
  readonly anomalous: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Those of the file. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a runtime gave, by output, row-major. */
interface Outputs {
  readonly score: Float64Array;
  readonly anomalous: Float64Array;
  readonly contributions?: Float64Array;
}

/**
 * Saves and exports models into a folder, and compares what they say of rows with what onnxruntime says, which is given
 * equal rows once: for each model one comparison a runtime, Python first. Without CI, Node.js may be missing.
 */
export async function compareWithOnnx(
  folder: string,
  models: readonly Model[],
  table: Table,
): Promise<Comparison[][]> {
  const equal = equalRows({ ...table, labels: undefined });
  const distinct = selectRows(table, equal.distinct);
  const folders = models.map((_, i) => join(folder, String(i)));
  const bytes: number[] = [];
  for (const [i, model] of models.entries()) bytes.push(await writeTask(folders[i], model, distinct));
  const output = execFileSync("python3", [join(__dirname, "score.py"), ...folders], { encoding: "utf8" });
  const found = JSON.parse(output) as Pick<Comparison, "seconds" | "metadata">[];
  const compared: Comparison[][] = [];
  for (const [i, model] of models.entries()) {
    const expected = await expectedOf(model, table);
    const compare = (runtime: Comparison["runtime"], outputs: Outputs, seconds: number): Comparison => ({
      runtime,
      ...differences(model, expected, outputs, equal.places),
      bytes: bytes[i],
      ...found[i],
      seconds,
    });
    const both = [compare("Python", readOutputs(folders[i], model), found[i].seconds)];
    const byNode = await scoreInNode(folders[i], model, distinct);
    if (byNode) both.push(compare("Node.js", byNode.outputs, byNode.seconds));
    compared.push(both);
  }
  return compared;
}

function inputsOf({ preprocessor }: Model, table: Table): Column[] {
  return preprocessor.steps.map(({ feature }) => {
    const found = table.features.find(({ name }) => name === feature);
    assert.ok(found, feature);
    return found;
  });
}

/** Writes the model, exported, and the values of its features. @returns the size of the ONNX file */
async function writeTask(folder: string, model: Model, table: Table): Promise<number> {
  mkdirSync(folder);
  await saveModel(join(folder, "model"), model);
  const { bytes } = await exportOnnx(join(folder, "model"), join(folder, "model.onnx"));
  const features = inputsOf(model, table);
  const described = features.map((feature) =>
    feature.kind === "numeric"
      ? { name: feature.name }
      : { name: feature.name, categories: feature.categories },
  );
  writeFileSync(join(folder, "features.json"), JSON.stringify(described));
  const values = features.map((feature) => (feature.kind === "numeric" ? feature.values : feature.codes));
  const columns = values.map((column) => Buffer.from(Float64Array.from(column).buffer));
  writeFileSync(join(folder, "values.bin"), Buffer.concat(columns));
  return bytes;
}

function hasContributions({ detector }: Model): boolean {
  return detector.kind === "autoencoder";
}

/** What score.py wrote. */
function readOutputs(folder: string, model: Model): Outputs {
  const read = (name: string) =>
    new Float64Array(new Uint8Array(readFileSync(join(folder, `${name}.bin`))).buffer);
  return {
    score: read("score"),
    anomalous: read("anomalous"),
    ...(hasContributions(model) && { contributions: read("contributions") }),
  };
}

type Values = Float64Array | Uint8Array | string[];

/** What is used of the package onnxruntime-node. */
interface OnnxRuntime {
  readonly Tensor: new (type: string, data: Values, dims: number[]) => object;
  readonly InferenceSession: {
    create(
      path: string,
      options: object,
    ): Promise<{
      readonly outputNames: readonly string[];
      run(inputs: Record<string, object>): Promise<Record<string, { data: Values }>>;
      release(): Promise<void>;
    }>;
  };
}

const batch = 1024;

/** ONNXRUNTIME_NODE is the folder of the package onnxruntime-node, which with binaries for every system has 280 MB. */
async function scoreInNode(
  folder: string,
  model: Model,
  table: Table,
): Promise<{ outputs: Outputs; seconds: number } | undefined> {
  const { ONNXRUNTIME_NODE: path, CI } = process.env;
  if (!path) {
    assert.notEqual(CI, "true", "ONNXRUNTIME_NODE is not set");
    return undefined;
  }
  const { InferenceSession, Tensor } = require(path) as OnnxRuntime;
  // Python has one thread.
  const session = await InferenceSession.create(join(folder, "model.onnx"), { intraOpNumThreads: 2 });
  const columns = inputsOf(model, table);
  const outputs = {
    score: new Float64Array(table.rows),
    anomalous: new Float64Array(table.rows),
    ...(hasContributions(model) && { contributions: new Float64Array(table.rows * columns.length) }),
  };
  assert.deepEqual([...session.outputNames].sort(), Object.keys(outputs).sort());
  const started = performance.now();
  for (let start = 0; start < table.rows; start += batch) {
    const end = Math.min(start + batch, table.rows);
    const tensors = columns.map((column) => [column.name, tensorOf(Tensor, column, start, end)] as const);
    const made = await session.run(Object.fromEntries(tensors));
    for (const [name, values] of Object.entries(outputs))
      values.set(made[name].data as Float64Array, (start * values.length) / table.rows);
  }
  const seconds = (performance.now() - started) / 1000;
  await session.release();
  return { outputs, seconds };
}

function tensorOf(Tensor: OnnxRuntime["Tensor"], column: Column, start: number, end: number): object {
  const dims = [end - start, 1];
  if (column.kind === "numeric")
    return new Tensor("float64", Float64Array.from(column.values.subarray(start, end)), dims);
  const names = Array.from(column.codes.subarray(start, end), (code) => column.categories[code]);
  return new Tensor("string", names, dims);
}

/** Rows whose contributions are compared. */
const mostExplained = 1000;

interface Expected {
  readonly scores: Float64Array;
  readonly anomalous: Uint8Array;
  /** Of the first rows. */
  readonly contributions: Float64Array;
}

async function expectedOf(model: Model, table: Table): Promise<Expected> {
  const first = Uint32Array.from({ length: Math.min(mostExplained, table.rows) }, (_, row) => row);
  const contributions = hasContributions(model)
    ? await featureContributions(model, table, first)
    : new Float64Array();
  return { ...(await judge(model, table)), contributions };
}

/** @param places of each row among the rows that were given to the runtime */
function differences(model: Model, expected: Expected, found: Outputs, places: Uint32Array) {
  const rows = places.length;
  let [largest, contributions, ties, tiedVerdicts, verdicts, anomalous] = [0, 0, 0, 0, 0, 0];
  const width = (found.contributions?.length ?? 0) / found.score.length;
  for (let row = 0; row < rows; row++) {
    const [score, place] = [expected.scores[row], places[row]];
    const difference = Math.abs(found.score[place] - score) / Math.abs(score);
    largest = difference <= largest ? largest : difference; // NaN stays
    const isTie = Math.abs(score - model.threshold.value) <= 1e-12 * Math.abs(model.threshold.value);
    if (isTie) ties++;
    anomalous += expected.anomalous[row];
    if (found.anomalous[place] !== expected.anomalous[row]) isTie ? tiedVerdicts++ : verdicts++;
    for (let i = 0; i < width && row < mostExplained; i++) {
      const own = expected.contributions[row * width + i];
      const wrong = Math.abs((found.contributions?.[place * width + i] ?? 0) - own) / Math.abs(score);
      contributions = wrong <= contributions ? contributions : wrong;
    }
  }
  return { rows, largest, ties, tiedVerdicts, verdicts, anomalous, ...(width > 0 && { contributions }) };
}
