// `npm run bench`: scoring of the whole 10 % set by an isolation forest, beside scikit-learn on one thread, in one run.
// Needs Python 3 with venv; makes a virtual environment of its own below node_modules/.cache.
import { type ExecFileSyncOptions, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { max, median, min } from "simple-statistics";
import {
  anomalousRows,
  defaults,
  fitIsolationForest,
  fitPreprocessor,
  rocAuc,
  scoreSteps,
  transform,
} from "traffic-anomaly";
import { loadKdd, runScript } from "./data";

const trees = 100;
const sampleSize = 256;
const seed = 1;
const runs = 5;

async function main(): Promise<void> {
  const python = preparePython();
  if (!python) {
    console.error("npm run bench needs Python 3 with venv and pip (for scikit-learn), and found none");
    process.exitCode = 2;
    return;
  }
  const { train } = await loadKdd();
  if (!train.labels) throw new Error("the table has no labels");
  const matrix = transform(fitPreprocessor(train, defaults.isolationForest), train);
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const matrixFile = join(folder, "matrix.f32");
    const scoresFile = join(folder, "scores.f64");
    writeFileSync(matrixFile, matrix.data);
    const sizes = [matrix.rows, matrix.columns.length, trees, sampleSize, seed].map(String);
    const peer = spawn(python, [join(__dirname, "bench.py"), matrixFile, ...sizes, scoresFile], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    });
    const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
    const answer = async () => JSON.parse((await answers.next()).value as string) as Record<string, number>;
    const { fit: peerFit } = await answer();

    const start = performance.now();
    const forest = fitIsolationForest(matrix, { trees, sampleSize, seed });
    const fit = (performance.now() - start) / 1000;
    const seconds: Record<"peer" | "alone" | "two", number[]> = { peer: [], alone: [], two: [] };
    let scores: Float64Array = new Float64Array();
    for (let run = 0; run < runs; run++) {
      peer.stdin.write("\n");
      seconds.peer.push((await answer()).score);
      for (const [name, workers] of [
        ["alone", 1],
        ["two", 2],
      ] as const) {
        const started = performance.now();
        scores = await forest.score(matrix, { workers });
        seconds[name].push((performance.now() - started) / 1000);
      }
    }
    peer.stdin.end();

    const anomalous = anomalousRows(train.labels);
    const peerScores = new Float64Array(new Uint8Array(readFileSync(scoresFile)).buffer);
    const areas = [scores, peerScores].map((values) => rocAuc(scoreSteps(values, anomalous)));
    if (Math.abs(areas[0] - areas[1]) > 0.1)
      throw new Error(`the forests disagree: ROC AUC ${areas.join(" and ")}`);
    console.log(
      `Scoring ${matrix.rows} rows × ${matrix.columns.length} columns, ${trees} trees of ${sampleSize} rows, ${runs} alternating runs`,
    );
    console.log(
      `ROC AUC when fitted on all rows: ${areas[0].toFixed(3)}, scikit-learn ${areas[1].toFixed(3)} (chance of the draw apart)`,
    );
    print("scikit-learn, 1 thread", peerFit, seconds.peer, seconds.peer);
    print("traffic-anomaly, 1 thread", fit, seconds.alone, seconds.peer);
    print("traffic-anomaly, 2 threads", fit, seconds.two, seconds.peer);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(name: string, fit: number, seconds: readonly number[], peer: readonly number[]): void {
  const ratios = peer.map((value, i) => value / seconds[i]);
  console.log(
    `${name.padEnd(28)} fit ${fit.toFixed(2)} s, score ${median([...seconds]).toFixed(2)} s: ` +
      `${median(ratios).toFixed(1)} times as fast (${min(ratios).toFixed(1)} to ${max(ratios).toFixed(1)})`,
  );
}

/** The Python of a virtual environment with scikit-learn; undefined if it can't be made. */
function preparePython(): string | undefined {
  const folder = join(__dirname, "..", "..", "node_modules", ".cache", "bench");
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const quiet: ExecFileSyncOptions = { stdio: ["ignore", "ignore", "inherit"] };
  try {
    if (!existsSync(python)) execFileSync("python3", ["-m", "venv", folder], quiet);
    execFileSync(python, ["-m", "pip", "install", "--quiet", "scikit-learn==1.9.1"], quiet);
    return python;
  } catch {
    return undefined;
  }
}

runScript(main);
