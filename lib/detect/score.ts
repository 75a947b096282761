import { requireNumber } from "../common/errors";
import { filesIn } from "../common/places";
import type { ScoreOptions } from "../models/detector";
import type { TrainedDetectorName } from "../models/detectors";
import type { Backend } from "../models/tensorflow";
import { findConnectionLogs } from "../traffic/zeek/read-logs";
import { type AlertFormat, NobodyReads, openAlertWriter } from "./alert-writer";
import { readAllowList } from "./allow-list";
import type { Drift } from "./drift";
import type { UnusualHost } from "./host-ranking";
import { Judge, type RankedAlert } from "./judge";
import { noCounts, orderedConnections, type ReadingCounts, type ReadingOptions } from "./ordered-connections";
import { TopAlerts } from "./top-alerts";
import { loadTrafficModel } from "./traffic-model";

export interface ScoreTrafficOptions extends ScoreOptions, ReadingOptions {
  /** Which detector to score with. Default all. */
  readonly detector?: TrainedDetectorName;
  /** The file to write. Default: the standard output. */
  readonly out?: string;
  /** Default `json`. */
  readonly format?: AlertFormat;
  /** Write only so many alerts, those farthest beyond their thresholds, in this order. An integer ≥ 1. Default: all, in order of time. */
  readonly top?: number;
  /** A file that lists what not to alert on: see `readAllowList`. */
  readonly allow?: string;
  readonly backend?: Backend;
}

/** What scoring found. */
export interface ScoreTrafficResult {
  readonly connections: number;
  /** Alerts raised; with `top` fewer are written. */
  readonly alerts: number;
  /** Connections that each detector found anomalous, silenced ones included. */
  readonly flagged: Readonly<Partial<Record<TrainedDetectorName, number>>>;
  /** Anomalous connections that the allow list let pass. */
  readonly silenced: number;
  readonly reading: Omit<ReadingCounts, "connections">;
  readonly drift: Drift;
  /** Hosts that began connections, ranked by alerts beyond the expected. */
  readonly unusualHosts: readonly UnusualHost[];
  /** The file written; undefined for the standard output. */
  readonly path?: string;
}

/** Hosts that a summary names. */
const shownHosts = 10;

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
  const { format = "json", out, top, allow, onNotice, signal } = options;
  if (top !== undefined) requireNumber("top", top, { min: 1, max: 1_000_000, integer: true });
  const judge = await createJudge(modelFolder, options, allow);
  const writer = await openAlertWriter(format, out, {
    read: await filesRead(paths, modelFolder, options),
    onNotice,
    signal,
  });
  const best = top === undefined ? undefined : new TopAlerts(top);
  const counts = noCounts();
  try {
    await judgeAll(paths, judge, counts, options, async (alerts) => {
      if (best) best.add(alerts);
      else await writer.write(alerts.map(({ alert }) => alert));
    });
    if (best) await writer.write(best.alerts);
    await writer.finish();
  } catch (error) {
    if (!(error instanceof NobodyReads)) throw error;
  } finally {
    await writer.close();
  }
  return scoreResult(judge, counts, out);
}

/** The files that an output must not replace: logs, those of the model, and the allow list. */
export async function filesRead(
  paths: readonly string[],
  modelFolder: string,
  { out, allow, signal }: ScoreTrafficOptions,
): Promise<string[]> {
  if (out === undefined) return [];
  const logs = await findConnectionLogs(paths, signal);
  return [
    ...logs.map(({ path }) => path),
    ...(await filesIn(modelFolder)),
    ...(allow === undefined ? [] : [allow]),
  ];
}

/** Reads the model and the allow list. */
export async function createJudge(
  modelFolder: string,
  options: ScoreTrafficOptions,
  allow: string | undefined,
): Promise<Judge> {
  const { detector, backend, onNotice } = options;
  const model = await loadTrafficModel(modelFolder, {
    backend,
    onNotice,
    ...(detector && { detectors: [detector] }),
  });
  return new Judge(model, allow === undefined ? undefined : await readAllowList(allow), options);
}

/** What a judge found, with what was met while reading. */
export function scoreResult(
  judge: Judge,
  { connections, ...reading }: ReadingCounts,
  path?: string,
): ScoreTrafficResult {
  const { alerts, flagged, silenced } = judge.findings;
  return {
    connections,
    alerts,
    flagged,
    silenced,
    reading,
    drift: judge.drift.drift,
    unusualHosts: judge.hosts.top(shownHosts),
    ...(path !== undefined && { path }),
  };
}

async function judgeAll(
  paths: readonly string[],
  judge: Judge,
  counts: ReadingCounts,
  options: ScoreTrafficOptions,
  write: (alerts: readonly RankedAlert[]) => Promise<void>,
): Promise<void> {
  let pending: Promise<readonly RankedAlert[]> | undefined;
  const blocks = orderedConnections(paths, judge.windows, counts, options);
  for await (const connections of blocks) {
    const table = judge.features(connections);
    if (pending) await write(await pending);
    pending = judge.alerts(connections, table);
    pending.catch(() => {}); // it is thrown where it is awaited, unless reading fails before
  }
  if (pending) await write(await pending);
}
