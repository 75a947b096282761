// Scores with onnxruntime in Python, beside the library's own.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judge, type Model, saveModel, type Table } from "traffic-anomaly";
import { exportOnnx } from "traffic-anomaly/dist/models/onnx/export-onnx";

/** Why tests with onnxruntime are skipped: Python lacks it, which on CI it must not. */
export function missingOnnx(): string | false {
  if (process.env.CI === "true") return false;
  const { status } = spawnSync("python3", ["-c", "import onnx, onnxruntime"]);
  const reason = "this needs Python's onnx and onnxruntime";
  if (status !== 0) console.log(`skipped: ${reason}`);
  return status !== 0 && reason;
}

export interface Comparison {
  readonly rows: number;
  /** The greatest difference of a score, as a share of it. */
  readonly largest: number;
  /** Rows whose scores differ by more than a millionth. */
  readonly different: number;
  /** Rows whose verdicts differ. */
  readonly verdicts: number;
  /** Rows that are anomalous. */
  readonly anomalous: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly onnxruntime: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Saves and exports a model into a folder, and compares what it says of rows with what onnxruntime says. */
export async function compareWithOnnx(folder: string, model: Model, table: Table): Promise<Comparison> {
  await saveModel(join(folder, "model"), model);
  const { bytes } = await exportOnnx(join(folder, "model"), join(folder, "model.onnx"));
  const features = model.preprocessor.steps.map(({ feature }) => {
    const found = table.features.find(({ name }) => name === feature);
    assert.ok(found, feature);
    return found;
  });
  const described = features.map((feature) =>
    feature.kind === "numeric"
      ? { name: feature.name }
      : { name: feature.name, categories: feature.categories },
  );
  writeFileSync(join(folder, "features.json"), JSON.stringify(described));
  const values = features.map((feature) => (feature.kind === "numeric" ? feature.values : feature.codes));
  const columns = values.map((column) => Buffer.from(Float64Array.from(column).buffer));
  writeFileSync(join(folder, "values.bin"), Buffer.concat(columns));
  const output = execFileSync("python3", [join(__dirname, "score.py"), folder], { encoding: "utf8" });

  const scores = new Float64Array(new Uint8Array(readFileSync(join(folder, "scores.bin"))).buffer);
  const flags = new Uint8Array(readFileSync(join(folder, "anomalous.bin")));
  const own = await judge(model, table);
  assert.deepEqual([scores.length, flags.length], [table.rows, table.rows]);
  const differences = scores.map(
    (score, row) => Math.abs(score - own.scores[row]) / Math.abs(own.scores[row]),
  );
  return {
    rows: table.rows,
    largest: differences.reduce((most, value) => (value <= most ? most : value), 0),
    different: differences.filter((value) => !(value <= 1e-6)).length,
    verdicts: flags.filter((flag, row) => flag !== own.anomalous[row]).length,
    anomalous: own.anomalous.filter((flag) => flag === 1).length,
    bytes,
    ...JSON.parse(output),
  };
}
