// `npm run growth [-- ROWS…]`: how seconds and peak memory grow with the rows, each measured in a process of its own.
// Without numbers of rows it takes 0.1, 1 and 10 million, and the whole study of as many rows as KDD'99's full
// training set, and writes outputs/bench/growth.json and growth.png. With them it only prints.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  InputError,
  literatureProtocol,
  run,
  scoreFile,
  scoreTraffic,
  TrafficWindows,
  type TrainedDetectorName,
  trainOnTraffic,
  writeSimulatedLog,
} from "traffic-anomaly";
import { requireNumber } from "traffic-anomaly/dist/common/errors";
import { libraryVersion } from "traffic-anomaly/dist/common/version";
import { isGzip } from "traffic-anomaly/dist/data/content";
import { locateTestFile } from "traffic-anomaly/dist/data/kdd/locate";
import { noCounts, orderedConnections } from "traffic-anomaly/dist/detect/ordered-connections";
import { windowFeatureNames } from "traffic-anomaly/dist/traffic/windows/windows";
import { renderImages } from "traffic-anomaly/dist/visualize/image";
import { readKddFile } from "../fixtures/kdd-file";
import { loadKdd, runScript } from "./data";
import { growthFigure } from "./growth-figure";
import {
  defaultSizes,
  fullRows,
  type GrowthRecord,
  growthFile,
  growthOf,
  type Measurement,
  memoryLimitBytes,
  type StreamingWork,
  streamingWork,
  writeGrowth,
} from "./growth-record";

/** What all processes share: a folder, with an input of this many rows, models to score it with, and outputs. */
interface Place {
  readonly folder: string;
  readonly rows: number;
}

const log = ({ folder }: Place) => join(folder, "conn.log");
const kdd = ({ folder }: Place) => join(folder, "kdd.gz");
const models = ({ folder }: Place) => join(folder, "models");
/** Is emptied before each task. */
const outputs = ({ folder }: Place) => join(folder, "outputs");

/** What is measured; each gives back how many rows it met. */
const measuredTasks: Readonly<Record<StreamingWork | "study", (place: Place) => Promise<number>>> = {
  "log-to-alerts": async (place) => {
    const out = join(outputs(place), "alerts.json");
    const incidents = join(outputs(place), "incidents.jsonl");
    return (await scoreTraffic([log(place)], join(models(place), "traffic"), { out, incidents })).connections;
  },
  "window-features": async (place) => {
    const windows = new TrafficWindows();
    const features = new Float64Array(windowFeatureNames.length);
    const counts = noCounts();
    for await (const connections of orderedConnections([log(place)], {}, counts))
      for (const connection of connections) windows.update(connection, features);
    return counts.connections;
  },
  "kdd-isolation-forest": (place) => scoreKdd("isolation-forest", place),
  "kdd-autoencoder": (place) => scoreKdd("autoencoder", place),
  study: async (place) => {
    const dataFolder = join(outputs(place), "data");
    const modelsFolder = join(outputs(place), "models");
    const test = await locateTestFile("10-percent");
    const options = { data: kdd(place), test, dataFolder, modelsFolder, outputsFolder: outputs(place) };
    const { metrics } = await run(options);
    // `run` does it for KDD'99's own files only.
    await literatureProtocol((await readKddFile(kdd(place))).table);
    return metrics.dataset.rows;
  },
};

async function scoreKdd(detector: TrainedDetectorName, place: Place): Promise<number> {
  const out = join(outputs(place), "scores.parquet");
  const model = join(models(place), "kdd", detector);
  return (await scoreFile(kdd(place), model, { out })).rows;
}

/** What goes before. */
const preparingTasks = {
  /** For one epoch: how long a model was trained does not change what scoring takes. */
  "train-models": async (place: Place) => {
    const options = { settings: { autoencoder: { epochs: 1 } }, outputsFolder: outputs(place) };
    await writeSimulatedLog(log(place), { connections: 100_000, seed: 2 });
    await trainOnTraffic([log(place)], { ...options, out: join(models(place), "traffic") });
    const { source } = await loadKdd();
    await run({ ...options, data: source.path, modelsFolder: join(models(place), "kdd") });
  },
  "write-log": (place: Place) => writeSimulatedLog(log(place), { connections: place.rows }),
  /** The rows of the 10 % set over and over: gzip files one after the other are one. */
  "write-kdd": async (place: Place) => {
    const { source } = await loadKdd();
    const file = readFileSync(source.path);
    const lines = (await isGzip(source.path)) ? gunzipSync(file) : file;
    let end = 0;
    for (let row = 0; row < place.rows % source.rows; row++) end = lines.indexOf("\n", end) + 1;
    const whole = Array<Buffer>(Math.floor(place.rows / source.rows)).fill(gzipSync(lines));
    writeFileSync(kdd(place), Buffer.concat([...whole, gzipSync(lines.subarray(0, end))]));
  },
};

type MeasuredTask = keyof typeof measuredTasks;
type PreparingTask = keyof typeof preparingTasks;

async function main(): Promise<void> {
  const [task, folder, rows] = process.argv.slice(2);
  if (task in measuredTasks) return perform(task as MeasuredTask, { folder, rows: Number(rows) });
  if (task in preparingTasks) return preparingTasks[task as PreparingTask]({ folder, rows: Number(rows) });
  const sizes = process.argv.slice(2).map(Number);
  for (const size of sizes) requireNumber("the number of rows", size, { min: 1000, integer: true });
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const bench = new Bench(mkdtempSync(join(tmpdir(), "growth-")), interrupted.signal);
  try {
    bench.requireSpace(Math.max(...(sizes.length > 0 ? sizes : defaultSizes)));
    await bench.prepare("train-models");
    if (sizes.length > 0) await bench.measureStreaming(sizes);
    else await writeRecord(await bench.measureStreaming(defaultSizes), await bench.measureStudy());
  } finally {
    rmSync(bench.folder, { recursive: true });
  }
}

/** In a process of its own: does a task and prints what it took. */
async function perform(task: MeasuredTask, place: Place): Promise<void> {
  const started = performance.now();
  const rows = await measuredTasks[task](place);
  const seconds = Number(((performance.now() - started) / 1000).toFixed(2));
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ rows, seconds, peakMemoryBytes } satisfies Measurement));
}

/**
 * Has every task done in a process of its own, the preparing ones too: on Linux a process's peak memory is at least what
 * the one that started it holds.
 */
class Bench {
  constructor(
    readonly folder: string,
    private readonly signal: AbortSignal,
  ) {}

  /** The log of the most rows with its alerts is the most that is on the disk at once. @throws {InputError} */
  requireSpace(rows: number): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const [needed, free] = [rows * diskBytesPerRow, bavail * bsize];
    const inGigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
    if (needed > free)
      throw new InputError(
        `${inWords(rows)} rows need ${inGigabytes(needed)} in ${dirname(this.folder)}, where ${inGigabytes(free)} are free`,
      );
  }

  async prepare(task: PreparingTask, rows = 0): Promise<void> {
    await this.#start(task, rows);
  }

  async measureStreaming(sizes: readonly number[]): Promise<Record<StreamingWork, Measurement[]>> {
    const measured: Record<StreamingWork, Measurement[]> = {
      "log-to-alerts": [],
      "window-features": [],
      "kdd-isolation-forest": [],
      "kdd-autoencoder": [],
    };
    for (const rows of sizes) {
      await this.prepare("write-log", rows);
      for (const work of ["log-to-alerts", "window-features"] as const)
        measured[work].push(await this.#measure(work, rows));
      rmSync(log({ folder: this.folder, rows }));
      await this.prepare("write-kdd", rows);
      for (const work of ["kdd-isolation-forest", "kdd-autoencoder"] as const)
        measured[work].push(await this.#measure(work, rows));
    }
    return measured;
  }

  async measureStudy(): Promise<Measurement> {
    await this.prepare("write-kdd", fullRows);
    return this.#measure("study", fullRows);
  }

  async #measure(task: MeasuredTask, expected: number): Promise<Measurement> {
    const measurement: Measurement = JSON.parse(await this.#start(task, expected));
    const { rows, seconds, peakMemoryBytes } = measurement;
    if (rows !== expected) throw new Error(`${task} met ${rows} rows instead of ${expected}`);
    console.log(
      `${(task === "study" ? "the whole study" : streamingWork[task]).padEnd(48)} ${inWords(rows).padStart(10)} rows ` +
        `${inWords(seconds).padStart(6)} s ${inWords(rows / seconds).padStart(9)} rows/s ${inWords(peakMemoryBytes / 1e6).padStart(6)} MB`,
    );
    return measurement;
  }

  /** What the task prints. */
  async #start(task: MeasuredTask | PreparingTask, rows: number): Promise<string> {
    rmSync(outputs({ folder: this.folder, rows }), { recursive: true, force: true });
    mkdirSync(outputs({ folder: this.folder, rows }));
    const words = [...process.execArgv, __filename, task, this.folder, String(rows)];
    const child = spawn(process.execPath, words, {
      stdio: ["ignore", "pipe", "inherit"],
      signal: this.signal,
    });
    const [printed, [status]] = await Promise.all([text(child.stdout), once(child, "close")]);
    if (status !== 0) throw new InputError(`${task} failed`);
    return printed;
  }
}

/** A line of a simulated conn.log has 93 bytes, its share of the alerts 12. */
const diskBytesPerRow = 120;

function inWords(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

async function writeRecord(
  measured: Readonly<Record<StreamingWork, readonly Measurement[]>>,
  study: Measurement,
): Promise<void> {
  const record: GrowthRecord = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: __dirname,
      encoding: "utf8",
    }).trim(),
    machine: { processor: cpus()[0].model, threads: availableParallelism(), memoryBytes: totalmem() },
    versions: { "traffic-anomaly": libraryVersion, node: process.versions.node },
    backend: "kernel",
    streaming: (Object.keys(streamingWork) as StreamingWork[]).map((work) => ({
      work,
      title: streamingWork[work],
      ...growthOf(measured[work]),
      measurements: measured[work],
    })),
    study: { ...study, memoryLimitBytes },
  };
  mkdirSync(dirname(growthFile), { recursive: true });
  writeGrowth(record);
  const picture = await renderImages([growthFigure(record)]);
  if (picture) writeFileSync(growthFile.replace(/json$/, "png"), picture[0]);
  else console.log("no picture: no Chromium was found");
}

runScript(main);
