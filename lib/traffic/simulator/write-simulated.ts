import { createWriteStream, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { requireNumber, requireOneOf, requireOptions } from "../../common/errors";
import { sharedFolder } from "../../common/own-files";
import { breathe, type WorkOptions, workOptions } from "../../common/progress";
import { isStream, openStream } from "../../common/streams";
import { inTransaction, type TransactionOptions } from "../../common/transaction";
import { unwritable } from "../../common/unwritable";
import { TimeQueue } from "../time-queue";
import { TrafficWindows } from "../windows/windows";
import { zeekFooter, zeekHeader, zeekJsonLine, zeekTsvLine } from "../zeek/write-log";
import { kddLine } from "./kdd-line";
import { beginning } from "./rhythm";
import {
  defaultConnections,
  type SimulationOptions,
  simulatedConnections,
  simulatorVersion,
} from "./simulate";
import type { SimulatedConnection } from "./simulated-connection";

/** Which share of the connections comes before any attack of a novel type: the training part of a study. */
const trainingShare = 0.6;

export interface WriteSimulatedOptions
  extends Omit<SimulationOptions, "novelFrom">,
    WorkOptions,
    Pick<TransactionOptions, "onNotice"> {}

/** The two files of a study. */
export interface StudyFiles {
  readonly train: string;
  readonly test: string;
}

/**
 * Simulates traffic and writes it to two files in KDD'99's format: the first 60 % of the connections to train on, the
 * rest, with attacks of novel types, to test on. Gzip, if a name ends so. Constant memory, however many connections.
 *
 * @throws {InputError} if an option is out of range or a file can't be written; the signal's reason if it is aborted. Then
 *   no file is changed.
 */
export async function writeSimulatedStudy(
  { train, test }: StudyFiles,
  options: WriteSimulatedOptions = {},
): Promise<void> {
  await inTransaction(options, async (transaction) => {
    const staged = { train: await transaction.stageFile(train), test: await transaction.stageFile(test) };
    await writeStudyParts({ train, test }, staged, options);
  });
}

/** What is written into a folder that others use too. */
const studyNames = { train: "simulated-train.csv.gz", test: "simulated-test.csv.gz" };
const studyFolder = sharedFolder("simulated traffic", (path) => Object.values(studyNames).includes(path));

/**
 * As {@link writeSimulatedStudy}, to files in a folder whose names are given: they replace only what was simulated before.
 *
 * @returns the files' paths
 * @throws {InputError} as {@link writeSimulatedStudy}
 */
export async function writeSimulatedFolder(
  folder: string,
  options: WriteSimulatedOptions = {},
): Promise<StudyFiles> {
  const filesIn = (place: string) => ({
    train: join(place, studyNames.train),
    test: join(place, studyNames.test),
  });
  await inTransaction(options, async (transaction) => {
    await writeStudyParts(
      filesIn(folder),
      filesIn(await transaction.stageFolder(folder, studyFolder)),
      options,
    );
  });
  return filesIn(folder);
}

async function writeStudyParts(
  { train, test }: StudyFiles,
  staged: StudyFiles,
  options: WriteSimulatedOptions,
): Promise<void> {
  const { connections = defaultConnections, seed, classMix } = options;
  requireNumber("connections", connections, { min: 2, integer: true });
  const trainRows = Math.floor(trainingShare * connections);
  const traffic = simulatedConnections({ seed, connections, classMix, novelFrom: trainRows });
  const windows = new TrafficWindows();
  function* lines(rows: number): Generator<string> {
    for (let row = 0; row < rows; row++) yield kddLine(traffic.next().value as SimulatedConnection, windows);
  }
  const testRows = connections - trainRows;
  await writeFile(staged.train, { path: train, lines: lines(trainRows), total: trainRows }, options);
  await writeFile(staged.test, { path: test, lines: lines(testRows), total: testRows }, options);
}

export interface WriteLogOptions extends WriteSimulatedOptions {
  /** Zeek's TSV format, or JSON lines. Default `zeek`. */
  readonly format?: "zeek" | "zeek-json";
  /** Whether connections have a label. Default false. */
  readonly labels?: boolean;
}

/**
 * Simulates traffic and writes it as Zeek's conn.log, each connection when it ends. Gzip, if the name ends so. Attacks of
 * novel types come after the first 60 % of the connections. Constant memory, however many connections.
 *
 * @throws {InputError} as {@link writeSimulatedStudy}
 */
export async function writeSimulatedLog(path: string, options: WriteLogOptions = {}): Promise<void> {
  requireOptions(options, {
    ...{ format: true, labels: true, seed: true, connections: true, classMix: true, onNotice: true },
    ...workOptions,
  });
  const { format = "zeek", labels = false, seed, connections = defaultConnections, classMix } = options;
  requireOneOf("format", format, ["zeek", "zeek-json"]);
  const novelFrom = Math.floor(trainingShare * connections);
  const traffic = simulatedConnections({ seed, connections, classMix, novelFrom });
  function* jsonLines(): Generator<string> {
    for (const connection of inOrderOfEnd(traffic)) {
      yield zeekJsonLine(labels ? connection : { ...connection, label: undefined });
    }
  }
  function* tsvLines(): Generator<string> {
    yield zeekHeader(beginning, { label: labels });
    let end = beginning;
    for (const connection of inOrderOfEnd(traffic)) {
      yield zeekTsvLine(connection, { label: labels });
      end = connection.start + connection.duration;
    }
    yield zeekFooter(end);
  }
  const lines = format === "zeek" ? tsvLines() : jsonLines();
  const file = { path, lines, total: connections };
  if (await isStream(path)) return writeText(file, await openStream(path, options.signal), options);
  await inTransaction(options, async (transaction) =>
    writeFile(await transaction.stageFile(path), file, options),
  );
}

/**
 * Connections that come as they start, in the order of their ends, as Zeek writes them. Those that are still open are
 * held.
 */
export function* inOrderOfEnd(
  connections: Iterable<SimulatedConnection>,
): Generator<SimulatedConnection, void, undefined> {
  const open = new TimeQueue<SimulatedConnection>();
  for (const connection of connections) {
    const { start, duration } = connection;
    while (open.nextTime <= start) yield open.pop() as SimulatedConnection;
    open.push(start + duration, connection);
  }
  while (open.size > 0) yield open.pop() as SimulatedConnection;
}

/**
 * The data set that is always there: simulated traffic, 60,000 connections to train on and 40,000 to test on, in KDD'99's
 * format. The files' names tell the seed and the version of the simulator; if they are there, they are not made again.
 *
 * @param folder where the files are, or are put
 * @throws {InputError} as {@link writeSimulatedStudy}
 * @example
 * const { train, test } = await simulatedDataset("data", { seed: 1 });
 */
export async function simulatedDataset(
  folder: string,
  { seed = 1, ...work }: Pick<SimulationOptions, "seed"> & WorkOptions = {},
): Promise<StudyFiles> {
  const file = (part: string) =>
    join(folder, `simulated-traffic-v${simulatorVersion}-seed-${seed}-${part}.csv.gz`);
  const files = { train: file("train"), test: file("test") };
  if (!existsSync(files.train) || !existsSync(files.test))
    await writeSimulatedStudy(files, { seed, ...work });
  return files;
}

interface File {
  readonly path: string;
  readonly lines: Iterable<string>;
  /** How many lines there are, about. */
  readonly total: number;
}

async function writeFile(staged: string, file: File, work: WorkOptions): Promise<void> {
  await writeText(file, createWriteStream(staged), work);
}

/** Writes a file's text to a stream, compressed if the file's name says so. */
async function writeText(file: File, stream: Writable, work: WorkOptions): Promise<void> {
  const compress = file.path.endsWith(".gz") ? [createGzip()] : [];
  const end = stream !== process.stdout && stream !== process.stderr;
  try {
    await pipeline([Readable.from(texts(file, work)), ...compress, stream], { end });
  } catch (error) {
    throw unwritable(file.path, error);
  }
}

/** The lines in pieces that are worth writing. */
async function* texts(
  { path, lines, total }: File,
  { onProgress, signal }: WorkOptions,
): AsyncGenerator<string> {
  const stage = `simulating ${basename(path)}`;
  let text = "";
  let done = 0;
  for (const line of lines) {
    text += `${line}\n`;
    done++;
    if (text.length < 65_536) continue;
    yield text;
    text = "";
    onProgress?.({ stage, done: Math.min(done, total), total });
    await breathe(signal);
  }
  yield text;
  onProgress?.({ stage, done: total, total });
}
