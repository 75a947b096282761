import { resolve } from "node:path";
import { InputError, requireNumber } from "../common/errors";
import { filesIn, requireNotRead } from "../common/places";
import type { ScoreOptions } from "../models/detector";
import type { TrainedDetectorName } from "../models/detectors";
import { type Discoveries, PValueCounts } from "../models/p-values";
import type { Backend } from "../models/tensorflow";
import { rateRange } from "../models/threshold";
import type { ConnectionLog } from "../traffic/logs/log-files";
import { findConnectionLogs } from "../traffic/logs/read-logs";
import { reportPlotlyFile } from "../visualize/report/report-page";
import { type AlertFormat, alertFormat, formatOfName } from "./alerts/alert-lines";
import {
  type AlertPlaceOptions,
  type ItemWriter,
  NobodyReads,
  openAlertWriter,
  openItemWriter,
  openParquetWriter,
} from "./alerts/alert-writer";
import { readAllowList } from "./alerts/allow-list";
import { type ConnectionScore, connectionScores, scoreFields, scoreForms } from "./connection-scores";
import type { Incident } from "./incidents/incident";
import { incidentForm, requireJsonName } from "./incidents/incident-lines";
import { requireFormOf } from "./log-forms";
import { Monitor, type MonitorOptions } from "./monitor";
import { noCounts, orderedConnections, type ReadingCounts, type ReadingOptions } from "./ordered-connections";
import { type RankedAlert, TopAlerts } from "./ranking";
import { TrafficReport } from "./score-report";
import { type ScoreTrafficResult, scoreResult } from "./score-result";
import { ScoreStateFile } from "./score-state";
import { fewRowsNotices, loadTrafficModel, type TrafficModel } from "./traffic-model";

export interface ScoreTrafficOptions extends ScoreOptions, ReadingOptions {
  /** Which detector to score with. Default all. */
  readonly detector?: TrainedDetectorName;
  /** The file to write. Default: the standard output. */
  readonly out?: string;
  /** Default: as the name of `out` ends, otherwise `json`. */
  readonly format?: AlertFormat;
  /** Write only this many alerts, those farthest beyond their thresholds, in this order. An integer ≥ 1. Default: all, in order of time. */
  readonly top?: number;
  /**
   * Alerts by this false discovery rate among all connections instead of the model's thresholds: see
   * `falseDiscoveryVerdicts`. The logs are read twice, so that they must be files. In (0, 1).
   */
  readonly falseDiscoveryRate?: number;
  /** A file that lists what not to alert on: see `readAllowList`. */
  readonly allow?: string;
  readonly backend?: Backend;
  /**
   * A file for the incidents, each a line of JSON: those that were closed, in this order, then those that are open when
   * the logs end. Default: none, and the result has the most risky ones.
   */
  readonly incidents?: string;
  /** A file for a report on what was found, one page that works offline. Default: none. */
  readonly report?: string;
  /** What the user typed, for the report. */
  readonly command?: readonly string[];
  /**
   * A file for every connection with its scores, p-values and verdicts, those that the list allows included: Parquet, CSV or JSON,
   * as its name ends. Default: none.
   */
  readonly all?: string;
  /**
   * A file that remembers what the windows know after the logs and which incidents are open, for the next: however
   * connections are cut into logs, the alerts are the same, but for those of connections that are late in theirs. Default:
   * none, and the windows go on from the end of training.
   */
  readonly state?: string;
}

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
  const { out, top, falseDiscoveryRate, onNotice, signal, incidents } = options;
  if (falseDiscoveryRate !== undefined) requireNumber("falseDiscoveryRate", falseDiscoveryRate, rateRange);
  if (top !== undefined) requireNumber("top", top, { min: 1, max: 1_000_000, integer: true });
  const format = alertFormat(options.format, out);
  requireOwnFiles(options);
  if (options.report !== undefined) reportPlotlyFile(); // if it is missing, that is said now
  const model = await loadScoringModel(modelFolder, options);
  const isBatch = falseDiscoveryRate !== undefined;
  const isLooked =
    [out, options.all, options.report].some((path) => path !== undefined) ||
    isBatch ||
    options.state !== undefined;
  const logs = isLooked ? await findConnectionLogs(paths, signal) : [];
  if (isBatch) requireFiles(logs);
  const read = await filesRead(
    logs.map(({ path }) => path),
    modelFolder,
    options,
  );
  const state = options.state === undefined ? undefined : await openState(options.state, logs, model, read);
  const closed: Incident[] = [];
  const scores: ConnectionScore[] = [];
  let monitor = await createMonitor(model, options, {
    remembered: state?.remembered,
    ...{ incidents: state?.incidents, views: state?.views },
    ...(options.all !== undefined && {
      onJudged: (...judged) => {
        for (const score of connectionScores(...judged)) scores.push(score);
      },
    }),
    onIncident: (incident) => {
      if (incidents !== undefined && incident.status === "closed") closed.push(incident);
    },
  });
  const place = { read, onNotice, signal };
  const writer = await openAlertWriter(format, out, place);
  let incidentWriter: ItemWriter<Incident> | undefined;
  let scoreWriter: ItemWriter<ConnectionScore> | undefined;
  let report: TrafficReport | undefined;
  const best = top === undefined ? undefined : new TopAlerts(top);
  const counts = noCounts();
  let discoveries: Discoveries | undefined;
  try {
    if (incidents !== undefined) incidentWriter = await openItemWriter(incidentForm, incidents, place);
    if (options.all !== undefined) scoreWriter = await openScoreWriter(options.all, place);
    if (options.report !== undefined) report = await TrafficReport.open(options.report, place);
    if (isBatch) {
      discoveries = await discover(paths, monitor, falseDiscoveryRate, options);
      monitor = monitor.atPValue(discoveries.highestPValue);
    }
    for await (const alerts of alertsOf(paths, monitor, counts, options)) {
      if (best) best.add(alerts);
      else await writer.write(alerts.map(({ alert }) => alert));
      await incidentWriter?.write(closed.splice(0));
      await scoreWriter?.write(scores.splice(0));
      report?.add(alerts);
    }
    if (discoveries && counts.connections !== discoveries.rows)
      throw new InputError("the logs changed between their two readings, which a false discovery rate needs");
    if (best) await writer.write(best.alerts);
    await incidentWriter?.write([...closed, ...monitor.incidents.open]);
    await incidentWriter?.finish();
    await scoreWriter?.finish();
    await report?.write(
      monitor,
      scoreResult(monitor, counts, out, discoveries),
      paths,
      options.command ?? [],
    );
    await writer.finish();
    const { remembered, incidents: open, views } = monitor;
    await state?.write({ remembered, incidents: open.state, views: views.state });
  } catch (error) {
    if (!(error instanceof NobodyReads)) throw error;
  } finally {
    await incidentWriter?.close();
    await scoreWriter?.close();
    await report?.close();
    await writer.close();
  }
  if (isBatch)
    onNotice?.("a false discovery rate judges connections, and no hours of hosts nor days of pairs");
  else for (const sentence of fewRowsNotices(monitor.model)) onNotice?.(sentence);
  return scoreResult(monitor, counts, out, discoveries);
}

/** @throws {InputError} if the name of a file for scores promises no format */
async function openScoreWriter(path: string, place: AlertPlaceOptions): Promise<ItemWriter<ConnectionScore>> {
  const format = formatOfName(path);
  if (!format)
    throw new InputError(`scores are Parquet, CSV or JSON: ${path} must end in .parquet, .csv or .jsonl`);
  if (format === "parquet") return openParquetWriter(scoreFields, path, place);
  return openItemWriter(scoreForms[format], path, place);
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

/** @throws {InputError} if one file is named for two things, or that of incidents as if it were no JSON */
export function requireOwnFiles({
  out,
  all,
  incidents,
  report,
  state,
}: Pick<ScoreTrafficOptions, "out" | "all" | "incidents" | "report" | "state">): void {
  if (incidents !== undefined) requireJsonName(incidents);
  if (report !== undefined && !/\.html?$/i.test(report))
    throw new InputError(`a report is a page: ${report} must end in .html`);
  const named = new Map<string, string>();
  for (const [path, what] of [
    [out, "alerts"],
    [all, "all scores"],
    [incidents, "incidents"],
    [report, "the report"],
    [state, "the state"],
  ] as const) {
    if (path === undefined) continue;
    const other = named.get(resolve(path));
    if (other !== undefined)
      throw new InputError(`${path} can't hold ${other} and ${what}: name another file for one of them`);
    named.set(resolve(path), what);
  }
}

/** @throws {InputError} unless the logs can be read twice */
function requireFiles(logs: readonly ConnectionLog[]): void {
  const once = logs.find(({ bytes }) => bytes === undefined);
  if (once)
    throw new InputError(
      `a false discovery rate reads the logs twice, and ${once.path === "-" ? "the standard input" : once.path} can be read only once: save it as a file`,
    );
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
function readingOf({ model }: Monitor, options: ScoreTrafficOptions): ReadingOptions {
  return { ...options, onForm: (form, log) => requireFormOf(model, form, log) };
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
