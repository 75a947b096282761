// JavaScript's side of `npm run bench`: one piece of work, done each time a line comes in on standard input. The same
// protocol as measure.py's.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  autoencoder,
  fitAutoencoder,
  fitIsolationForest,
  type Matrix,
  readTable,
  rocAuc,
  type ScoreOptions,
  scoreSteps,
  selectMatrixRows,
  type Table,
} from "traffic-anomaly";
import { runScript } from "./data";
import { type PeerName, peers } from "./javascript-peers";
import { runStudy, studyFigures } from "./study";
import type { Answer, Figures, Task } from "./works";

/** Does the work once; `figures` are computed when asked for. `peakMegabytes` is that of another process that did it. */
type Run = () => Promise<{ seconds: number; peakMegabytes?: number; figures: () => Figures }>;

const tasks: Readonly<Record<string, (task: Task) => Run | Promise<Run>>> = {
  load: ({ files }) => timed(async () => readTable(files[0]), tableFigures),
  "read-csv": ({ unsw = "" }) => timed(() => readTable(unsw), featureFigures),
  "import-and-load": importAndLoad,
  "fit-forest": fitForest,
  "fit-and-score-forest": fitAndScoreForest,
  "score-forest": scoreForest,
  "train-autoencoder": trainAutoencoder,
  "score-autoencoder": scoreAutoencoder,
  study: (task) => timed(() => runStudy(task), studyFigures),
  "javascript-forest": javascriptForest,
};

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2]) as Task;
  const run = await tasks[task.task](task);
  for await (const line of createInterface({ input: process.stdin })) {
    const checking = line === "check";
    const { seconds, peakMegabytes = peakOfThisProcess(), figures } = await run();
    const answer: Answer = checking ? { seconds, peakMegabytes, figures: figures() } : { seconds };
    console.log(JSON.stringify(answer));
  }
}

function peakOfThisProcess(): number {
  return Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
}

function timed<Result>(work: () => Result | Promise<Result>, figures: (result: Result) => Figures): Run {
  return async () => {
    const started = performance.now();
    const result = await work();
    return { seconds: (performance.now() - started) / 1000, figures: () => figures(result) };
  };
}

/** A process of its own that knows nothing of the library yet. */
function importAndLoad({ files }: Task): Run {
  const program = `require("traffic-anomaly").readTable(process.argv[1]).then(({ rows }) =>
    console.log(JSON.stringify([rows, process.resourceUsage().maxRSS * 1024])))`;
  return async () => {
    const started = performance.now();
    const answer = execFileSync(process.execPath, ["-e", program, files[0]], {
      cwd: __dirname,
      encoding: "utf8",
    });
    const seconds = (performance.now() - started) / 1000;
    const [rows, peak] = JSON.parse(answer) as [number, number];
    return { seconds, peakMegabytes: Math.round(peak / 1e6), figures: () => ({ rows }) };
  };
}

/** Without the labels, which ours makes of two columns. */
function featureFigures({ rows, features }: Table): Figures {
  return tableFigures({ rows, features });
}

function tableFigures({ rows, features, labels }: Table): Figures {
  const columns: Record<string, number> = {};
  const rowSums = new Float64Array(rows);
  for (const column of labels ? [...features, labels] : features) {
    if (column.kind === "nominal") {
      const counts = new Float64Array(column.categories.length);
      for (const code of column.codes) counts[code]++;
      column.categories.forEach((category, code) => {
        columns[`rows of ${column.name} ${category}`] = counts[code];
      });
    } else {
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        sum += column.values[row];
        rowSums[row] += column.values[row];
      }
      columns[`sum of ${column.name}`] = sum;
    }
  }
  return { rows, weightedRowSums: weighted(rowSums), columns };
}

/** A mean with weights by row, so that the same values in another order have another. */
function weighted(values: Float64Array): number {
  return values.reduce((sum, value, row) => sum + value * ((row % 1009) + 1), 0) / values.length;
}

function readMatrix({ matrix: path, columns }: Task): Matrix {
  const data = new Float32Array(new SharedArrayBuffer(statSync(path).size));
  const bytes = new Uint8Array(data.buffer);
  const file = openSync(path, "r");
  for (let offset = 0; offset < bytes.length; )
    offset += readSync(file, bytes, offset, bytes.length - offset, offset);
  closeSync(file);
  return { rows: data.length / columns.length, columns, data };
}

function readClasses({ matrix }: Task): Uint8Array {
  return Uint8Array.from(readFileSync(`${matrix}.classes`));
}

function quality(scores: Float64Array, classes: Uint8Array): { rocAuc: number; meanScore: number } {
  return {
    rocAuc: rocAuc(scoreSteps(scores, classes)),
    meanScore: scores.reduce((sum, score) => sum + score, 0) / scores.length,
  };
}

async function fitForest(task: Task): Promise<Run> {
  const { trees, sampleSize, seed, threads: workers } = task;
  const matrix = readMatrix(task);
  const fit = () => fitIsolationForest(matrix, { trees, sampleSize, seed, workers });
  // Scoring takes a promise, so it is done ahead of the figures: the same seed gives the same forest.
  const tenth = Uint32Array.from({ length: Math.ceil(matrix.rows / 10) }, (_, i) => i * 10);
  const scores = await (await fit()).score(selectMatrixRows(matrix, tenth), { workers: 1 });
  const classes = readClasses(task);
  return timed(fit, () =>
    quality(
      scores,
      Uint8Array.from(tenth, (row) => classes[row]),
    ),
  );
}

function fitAndScoreForest(task: Task): Run {
  const { trees, sampleSize, seed, threads: workers } = task;
  const matrix = readMatrix(task);
  return timed(
    async () =>
      (await fitIsolationForest(matrix, { trees, sampleSize, seed, workers })).score(matrix, { workers }),
    (scores) => quality(scores, readClasses(task)),
  );
}

async function scoreForest(task: Task): Promise<Run> {
  const { trees, sampleSize, seed, threads } = task;
  const matrix = readMatrix(task);
  const forest = await fitIsolationForest(matrix, { trees, sampleSize, seed });
  return timed(
    () => forest.score(matrix, { workers: threads }),
    (scores) => quality(scores, readClasses(task)),
  );
}

/** Trains for some epochs, of which the last is timed. */
function trainAutoencoder(task: Task): Run {
  const { layers, batchSize, learningRate, epochs, seed, backend, threads: workers } = task;
  const matrix = readMatrix(task);
  return async () => {
    let started = performance.now();
    let seconds = 0;
    const onEpoch = () => {
      seconds = (performance.now() - started) / 1000;
      started = performance.now();
    };
    const autoencoder = await fitAutoencoder(matrix, {
      layers,
      batchSize,
      learningRate,
      epochs,
      validationShare: 0,
      seed,
      backend,
      workers,
      onEpoch,
    });
    const { loss } = autoencoder.history[0];
    autoencoder.dispose();
    return { seconds, figures: () => ({ loss }) };
  };
}

async function scoreAutoencoder(task: Task): Promise<Run> {
  const matrix = readMatrix(task);
  const network = await autoencoder.load(task.model, matrix.columns, { backend: task.backend });
  const options: ScoreOptions = { workers: task.threads };
  await network.score(matrix, options);
  return timed(
    () => network.score(matrix, options),
    (scores) => ({ ...quality(scores, readClasses(task)), weightedScore: weighted(scores) }),
  );
}

/** Fits a forest on 5,000 normal rows and scores 10,000 of all, both taken evenly. */
async function javascriptForest(task: Task): Promise<Run> {
  const { trees, smallSampleSize: sampleSize, seed } = task;
  const matrix = readMatrix(task);
  const classes = readClasses(task);
  const evenly = (rows: Uint32Array, count: number) =>
    Uint32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
  const all = Uint32Array.from(classes.keys());
  const wanted = evenly(all, 10_000);
  const normal = selectMatrixRows(
    matrix,
    evenly(
      all.filter((row) => classes[row] === 0),
      5_000,
    ),
  );
  const rows = selectMatrixRows(matrix, wanted);
  const figures = (scores: Float64Array) =>
    quality(
      scores,
      Uint8Array.from(wanted, (row) => classes[row]),
    );
  if (!(task.side in peers))
    return timed(
      async () =>
        (await fitIsolationForest(normal, { trees, sampleSize, seed })).score(rows, {
          workers: task.threads,
        }),
      figures,
    );
  const peer = peers[task.side as PeerName];
  // In the form that it takes, made before the clock starts.
  const [given, judged] = [normal, rows].map((part) => peer.rows(part));
  return timed(() => Float64Array.from(peer.fit(given, trees, sampleSize).predict(judged)), figures);
}

runScript(() => main().finally(() => process.stdin.destroy())); // who fails listens no more
