import { InputError, requireNumber, requireOptions } from "../../common/errors";
import { filesIn, requireNotRead } from "../../common/places";
import type { ScoreOptions } from "../../models/detector";
import { type Discoveries, PValueCounts } from "../../models/p-values";
import { rateRange } from "../../models/threshold";
import type { LogForm } from "../../traffic/logs/format";
import type { ConnectionLog } from "../../traffic/logs/log-files";
import { findConnectionLogs } from "../../traffic/logs/log-files";
import type { ReadLogsOptions } from "../../traffic/logs/read-logs";
import { NobodyReads } from "../alerts/alert-writer";
import { readAllowList } from "../alerts/allow-list";
import { requireFormOf } from "../log-forms";
import { modelNotices, type TrafficModel } from "../model/traffic-model";
import { loadTrafficModel } from "../model/traffic-model-folder";
import { Monitor, type MonitorOptions } from "../monitor";
import { gapsNotice, noCounts, orderedConnections, type ReadingCounts } from "../ordered-connections";
import type { RankedAlert } from "../ranking";
import { type ScoreTrafficOptions, scoreTrafficOptions } from "./score-options";
import { type ScoreOutput, scoreOutputs } from "./score-outputs";
import { type ScoreTrafficResult, scoreResult } from "./score-result";
import { ScoreStateFile } from "./score-state";

/**
 * Scores the connections of logs with a traffic model and writes an alert for each anomalous one, block by block in
 * constant memory: while a block is scored, the next is read.
 *
 * @param paths logs, folders, or `-` for the standard input
 * @throws {InputError} on anything wrong with a log, the model folder, the list or the output; the signal's reason if it
 *   is aborted. A file given as `out` is written completely or not at all.
 */
export async function scoreTraffic(
  paths: readonly string[],
  modelFolder: string,
  options: ScoreTrafficOptions = {},
): Promise<ScoreTrafficResult> {
  requireOptions(options, scoreTrafficOptions);
  const { falseDiscoveryRate, top, out, onNotice, signal } = options;
  if (falseDiscoveryRate !== undefined) requireNumber("falseDiscoveryRate", falseDiscoveryRate, rateRange);
  if (top !== undefined) requireNumber("top", top, { min: 1, max: 1_000_000, integer: true });
  const openers = scoreOutputs(paths, options);
  const model = await loadScoringModel(modelFolder, options);
  const logs = await knownLogs(paths, options);
  const names = logs.map(({ path }) => path);
  const read = await filesRead(names, modelFolder, options);
  const state = options.state === undefined ? undefined : await openState(options.state, logs, model, read);
  const outputs: ScoreOutput[] = [];
  let monitor = await createMonitor(model, options, {
    ...state?.before,
    isLast: state === undefined,
    onJudged(...judged) {
      for (const output of outputs) output.onJudged?.(...judged);
    },
    onIncident(incident) {
      for (const output of outputs) output.onIncident?.(incident);
    },
  });
  const counts = noCounts();
  let discoveries: Discoveries | undefined;
  try {
    for (const open of openers) outputs.push(await open({ read, onNotice, signal }));
    if (falseDiscoveryRate !== undefined) {
      discoveries = await discover(paths, monitor, falseDiscoveryRate, options);
      monitor = monitor.atPValue(discoveries.highestPValue);
    }
    for await (const alerts of alertsOf(paths, monitor, counts, options))
      for (const output of outputs) await output.add(alerts);
    if (discoveries && counts.connections !== discoveries.rows)
      throw new InputError("the logs changed between their two readings, which a false discovery rate needs");
    const result = scoreResult(monitor, counts, out, discoveries);
    for (const output of outputs) await output.finish(monitor, result);
    await state?.write(monitor);
  } catch (error) {
    if (!(error instanceof NobodyReads)) throw error;
  } finally {
    for (const output of outputs) await output.close();
  }
  for (const sentence of discoveries ? [noViewsNotice] : modelNotices(model)) onNotice?.(sentence);
  const gaps = gapsNotice(counts);
  if (gaps) onNotice?.(gaps);
  return scoreResult(monitor, counts, out, discoveries);
}

const noViewsNotice = "a false discovery rate judges connections, and no hours of hosts nor days of pairs";

/**
 * The logs, if something must know them before they are read.
 *
 * @throws {InputError} if they are read twice, and one can be read only once
 */
async function knownLogs(
  paths: readonly string[],
  { out, all, incidents, report, state, falseDiscoveryRate, signal }: ScoreTrafficOptions,
): Promise<ConnectionLog[]> {
  if ([out, all, incidents, report, state, falseDiscoveryRate].every((option) => option === undefined))
    return [];
  const logs = await findConnectionLogs(paths, signal);
  const once = logs.find(({ bytes }) => bytes === undefined);
  if (falseDiscoveryRate !== undefined && once)
    throw new InputError(
      `a false discovery rate reads the logs twice, and ${once.path === "-" ? "the standard input" : once.path} can be read only once: save it as a file`,
    );
  return logs;
}

/** @param read files that must stay as they are: the state joins them */
async function openState(
  path: string,
  logs: readonly ConnectionLog[],
  model: TrafficModel,
  read: string[],
): Promise<ScoreStateFile> {
  await requireNotRead(path, read);
  const state = await ScoreStateFile.open(path, logs, model);
  read.push(path);
  return state;
}

/** What a false discovery rate reports of logs: the first of their two readings. */
async function discover(
  paths: readonly string[],
  monitor: Monitor,
  rate: number,
  options: ScoreTrafficOptions,
): Promise<Discoveries> {
  const pValues = new PValueCounts(monitor.lowestPValue);
  const reading = { ...readingOf(monitor, options), onNotice: undefined };
  for await (const connections of orderedConnections(paths, monitor.model.windows, noCounts(), reading))
    pValues.add(await monitor.pValues(monitor.features(connections)));
  return pValues.discoveries(rate);
}

/** The files that an output must not replace: logs, those of the model, and the allow list. */
export async function filesRead(
  logs: readonly string[],
  modelFolder: string,
  { allow }: Pick<ScoreTrafficOptions, "allow">,
): Promise<string[]> {
  return [...logs, ...(await filesIn(modelFolder)), ...(allow === undefined ? [] : [allow])];
}

/** Reads the model: the detectors that are asked for. */
export async function loadScoringModel(
  folder: string,
  { detector, backend, onNotice }: ScoreTrafficOptions,
): Promise<TrafficModel> {
  return loadTrafficModel(folder, { backend, onNotice, detectors: detector && [detector] });
}

/** Reads the allow list, too. */
export async function createMonitor(
  model: TrafficModel,
  { allow, signal, workers }: ScoreTrafficOptions,
  before: Omit<MonitorOptions, keyof ScoreOptions> = {},
): Promise<Monitor> {
  const allowList = allow === undefined ? undefined : await readAllowList(allow);
  return new Monitor(model, allowList, { signal, workers, ...before });
}

/** How logs are read that a model is to judge. */
function readingOf({ model }: Monitor, options: ScoreTrafficOptions): ReadLogsOptions {
  const { skipBadRows, onNotice, onProgress, signal } = options;
  const onForm = (form: LogForm, log: string) => requireFormOf(model, form, log);
  return { skipBadRows, onForm, onNotice, onProgress, signal };
}

/** The alerts of logs, block by block. */
async function* alertsOf(
  paths: readonly string[],
  monitor: Monitor,
  counts: ReadingCounts,
  options: ScoreTrafficOptions,
): AsyncGenerator<readonly RankedAlert[]> {
  let pending: Promise<readonly RankedAlert[]> | undefined;
  const reading = readingOf(monitor, options);
  for await (const connections of orderedConnections(paths, monitor.model.windows, counts, reading)) {
    const table = monitor.features(connections);
    if (pending) yield pending;
    pending = monitor.alerts(connections, table);
    pending.catch(() => {}); // it is thrown where it is awaited, unless reading fails before
  }
  if (pending) yield pending;
  if (options.state === undefined) yield monitor.lastAlerts();
}
