import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { InputError, type OptionNames, requireNumber, requireOptions } from "../../common/errors";
import { requireNotRead } from "../../common/places";
import type { Connection } from "../../traffic/connection";
import { beginsAsArray } from "../../traffic/logs/json-arrays";
import { BadLineError, type ConnectionLogParser } from "../../traffic/logs/log-parser";
import { ReorderBuffer } from "../../traffic/reorder";
import type { AnyAlert } from "../alerts/alert";
import { alertFormat, alertForms } from "../alerts/alert-lines";
import { NobodyReads } from "../alerts/alert-writer";
import type { Incident } from "../incidents/incident";
import { incidentForm } from "../incidents/incident-lines";
import { requireFormOf } from "../log-forms";
import { modelNotices, type TrafficModel } from "../model/traffic-model";
import type { Monitor, MonitorOptions } from "../monitor";
import { gapsIn, gapsNotice, noCounts } from "../ordered-connections";
import type { ScoreTrafficOptions } from "../score/score-options";
import { requireOutputNames } from "../score/score-outputs";
import { type ScoreTrafficResult, scoreResult } from "../score/score-result";
import { createMonitor, filesRead, loadScoringModel } from "../score/score-traffic";
import { followDefaults } from "../training/defaults";
import { otherPeriods } from "../views/view-monitor";
import { type AppendingWriter, openAppendingWriter } from "./appending-writer";
import { HeldLines, type WaitingLine } from "./held-lines";
import { parserOf } from "./known-files";
import { type LogLine, longestLine } from "./line-splitter";
import { firstBytes, openContent } from "./log-content";
import { LogTail, type TailedLines } from "./log-tail";
import { type FollowState, StateFile } from "./state";
import type { ResumeLine, TailedFile } from "./tailed-file";

export interface FollowOptions
  extends Omit<
    ScoreTrafficOptions,
    "all" | "top" | "falseDiscoveryRate" | "report" | "command" | "signal" | "onProgress"
  > {
  /** Ends the work: what was read is judged and written, and the result given. */
  readonly stop: AbortSignal;
  /**
   * Seconds that a connection waits for earlier ones that the log may write later, by the time of those that follow it,
   * or without any by the clock. In [0, ∞). Default 60.
   */
  readonly lateness?: number;
  /**
   * A file to which a line of JSON is added when an incident starts, each time it has grown tenfold, and when it is
   * closed: of lines with one id the last holds. Default: none.
   */
  readonly incidents?: string;
  /** A file that remembers where in the log the work is, so that it goes on there after a restart. Default: none. */
  readonly state?: string;
}

const followOptions: OptionNames<FollowOptions> = {
  ...{ stop: true, lateness: true, incidents: true, state: true, skipBadRows: true, onNotice: true },
  ...{ detector: true, out: true, format: true, allow: true, backend: true, workers: true },
};

/** How long to wait for new lines before the next look. */
const pollMilliseconds = 200;
/** How often the state is written, at most. */
const stateMilliseconds = 1_000;
/** Saving takes one part in so many of the time, at most. */
const savingShare = 20;
/** Connections after which drift is looked at. */
const driftConnections = 10_000;
/** Connections that are judged at a time. */
const blockSize = 8_192;

/**
 * Scores a log that grows, and goes on through every kind of rotation, until it is stopped. No line is lost, not even by
 * a restart with a state file: after `stop` each line is judged once, after a crash alerts of the last moments may be
 * written twice to the standard output or a pipe, and to a file none. The windows of the features go on where they were.
 *
 * @throws {InputError} on anything wrong with the log, the model folder, the output or an option; what was read before
 *   is judged and written
 * @example
 * await trainOnTraffic(["logs/2024-04-19"], { out: "models/office", outputsFolder: "outputs" });
 * const stop = AbortSignal.timeout(500); // or that of a program that is told to end
 * const { alerts } = await followTraffic("logs/2024-04-19/conn.log", "models/office", { out: "alerts.jsonl", stop });
 */
export async function followTraffic(
  log: string,
  modelFolder: string,
  options: FollowOptions,
): Promise<ScoreTrafficResult> {
  requireOptions(options, followOptions);
  const { out, lateness = followDefaults.lateness, state, stop, onNotice = () => {} } = options;
  const format = alertFormat(options.format, out);
  if (format === "parquet") throw new InputError("alerts of a log that is followed can't be parquet");
  requireOutputNames(options);
  requireNumber("lateness", lateness, { min: 0 });
  const read = await filesRead([log], modelFolder, options);
  if (state !== undefined) {
    await requireNotRead(state, read);
    read.push(state);
  }
  const model = await loadScoringModel(modelFolder, options);
  const stateFile = state === undefined ? undefined : await StateFile.open(state, log, onNotice);
  const saved = await stateFile?.read();
  const changed: Incident[] = [];
  const onIncident = options.incidents === undefined ? undefined : (of: Incident) => changed.push(of);
  const before = continuation(saved ?? {}, model, onNotice);
  const monitor = await createMonitor(model, options, { ...before, incidents: saved?.incidents, onIncident });
  const tail = await LogTail.open(log, saved, onNotice);
  for (const sentence of modelNotices(monitor.model)) onNotice(sentence);
  const counts = noCounts();
  try {
    if (await isArray(log))
      throw new InputError(`${log} is a JSON array, and --follow reads lines: score it without --follow`);
    const place = { read, signal: stop };
    const writer = await openAppendingWriter(alertForms[format], out, place);
    let incidents: IncidentPlace | undefined;
    try {
      await writer.resume?.(saved?.written);
      if (options.incidents !== undefined) {
        incidents = { writer: await openAppendingWriter(incidentForm, options.incidents, place), changed };
        await incidents.writer.resume?.(saved?.incidentsWritten);
      }
      const following = new Following(tail, monitor, writer, incidents, stateFile, counts, options);
      await following.run(saved);
    } catch (error) {
      if (!(error instanceof NobodyReads)) throw error;
    } finally {
      await incidents?.writer.close();
      await writer.close();
    }
  } finally {
    await tail.close();
  }
  const gaps = gapsNotice(counts);
  if (gaps) onNotice(gaps);
  return scoreResult(monitor, counts, out);
}

/** Windows and views go on where they were; if that is not known, or their options have changed, from the end of training. */
function continuation(
  { remembered, views }: Partial<FollowState>,
  model: TrafficModel,
  onNotice: (sentence: string) => void,
): Pick<MonitorOptions, "remembered" | "isNewLog" | "views"> {
  const areOtherWindows = remembered && !isDeepStrictEqual(remembered.windows.windows, model.windows);
  if (areOtherWindows)
    onNotice(
      "the state is of windows with other options than the model's: they go on from the end of training",
    );
  const areOtherViews = otherPeriods(model.views, views) !== undefined;
  if (areOtherViews)
    onNotice(
      "the state is of views with other periods than the model's: they go on from the end of training",
    );
  return {
    ...(remembered && !areOtherWindows && { remembered, isNewLog: false }),
    ...(!areOtherViews && { views }),
  };
}

/** What ended the work before it was stopped. */
interface Failure {
  readonly error: unknown;
  /** The line that did, to be read again by the next start. */
  readonly file?: TailedFile;
  readonly line?: LogLine;
}

/** Where incidents go, and those that are to be written next. */
interface IncidentPlace {
  readonly writer: AppendingWriter<Incident>;
  readonly changed: Incident[];
}

/** The work of following: reads lines, puts their connections in order, judges them, remembers how far it came. */
class Following {
  readonly #order: ReorderBuffer;
  readonly #held = new HeldLines();
  readonly #parsers = new WeakMap<TailedFile, ConnectionLogParser>();
  readonly #lateness: number;
  readonly #onNotice: (sentence: string) => void;
  #savedAt = 0;
  #pause = stateMilliseconds;
  #lastLine = Date.now();

  constructor(
    private readonly tail: LogTail,
    private readonly monitor: Monitor,
    private readonly writer: AppendingWriter<AnyAlert>,
    private readonly incidents: IncidentPlace | undefined,
    private readonly stateFile: StateFile | undefined,
    private readonly counts: ReturnType<typeof noCounts>,
    private readonly options: FollowOptions,
  ) {
    const { lateness = followDefaults.lateness, onNotice = () => {} } = options;
    this.#lateness = lateness;
    this.#onNotice = onNotice;
    this.#order = new ReorderBuffer({ lateness, timeBase: monitor.model.windows.timeBase });
  }

  /** Works until it is stopped, or something fails: then what was read before is judged, and the failure thrown. */
  async run(saved: FollowState | undefined): Promise<void> {
    const { stop } = this.options;
    const { waiting = [], order = {} } = saved ?? {};
    let failure: Failure | undefined;
    this.#order.resume(order);
    if (!saved) await this.#save(); // where its alerts start
    await this.#judge(this.#order.push(this.#taken(waiting)));
    while (!stop.aborted && !failure) {
      const { connections, isIdle, ...step } = await this.#read();
      failure = step.failure;
      await this.#judge(this.#released(connections, isIdle));
      if (failure) break;
      if (Date.now() - this.#savedAt >= this.#pause) await this.#save();
      if (isIdle) await sleep(pollMilliseconds, undefined, { signal: stop }).catch(() => {});
    }
    await this.#judge(this.#order.flush());
    if (!this.stateFile) await this.#end();
    await this.#writeIncidents();
    await this.incidents?.writer.finish();
    await this.writer.finish();
    await this.#save(failure);
    if (failure) throw failure.error;
  }

  /** The connections of lines that waited at the end of an earlier start. */
  #taken(waiting: FollowState["waiting"]): Connection[] {
    const connections: Connection[] = [];
    for (const line of waiting) {
      const connection = this.#connection(parserOf(line.path, line.header), line);
      if (!connection) continue;
      this.#held.addWaiting(connection, line);
      connections.push(connection);
    }
    return connections;
  }

  /** The connections of the next lines. */
  async #read(): Promise<{ connections: Connection[]; isIdle: boolean; failure?: Failure }> {
    const connections: Connection[] = [];
    let read: TailedLines | undefined;
    try {
      read = await this.tail.read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { connections, isIdle: false, failure: { error } };
    }
    if (!read) return { connections, isIdle: true };
    const { file, lines, isUnfinished } = read;
    for (const line of lines) {
      try {
        const connection = isUnfinished ? this.#unfinished(file, line) : this.#parse(file, line);
        if (!connection) continue;
        this.#held.add(connection, file, line);
        connections.push(connection);
      } catch (error) {
        return { connections, isIdle: false, failure: { error, file, line } };
      }
    }
    return { connections, isIdle: false };
  }

  /** @throws {InputError} on a bad line that is not to be left out */
  #parse(file: TailedFile, { text, number, header, isTooLong }: LogLine): Connection | undefined {
    const { skipBadRows } = this.options;
    try {
      if (isTooLong) throw new BadLineError(file.path, number, `it is longer than ${longestLine} bytes`);
      let parser = this.#parsers.get(file);
      if (!parser) {
        parser = parserOf(file.path, header);
        this.#parsers.set(file, parser);
      }
      return this.#connection(parser, { path: file.path, text, number });
    } catch (error) {
      if (!skipBadRows || !(error instanceof BadLineError)) throw error;
      if (isTooLong) this.#onNotice(`${error.message}, and is left out`);
      this.counts.badLines++;
      return undefined;
    }
  }

  /** @throws {InputError} if it is not what the model was trained on */
  #connection(
    parser: ConnectionLogParser,
    { path, text, number }: Pick<WaitingLine, "path" | "text" | "number">,
  ): Connection | undefined {
    const connection = parser.parse(text, number);
    if (parser.form?.isOfFlows)
      throw new InputError(
        `${path} is ${parser.form.title}, whose flows are paired, and --follow reads connections: score it without --follow`,
      );
    if (connection) requireFormOf(this.monitor.model, parser.form!, path);
    return connection;
  }

  /** A line without an end counts if it is whole nevertheless. */
  #unfinished(file: TailedFile, { text, number, header }: LogLine): Connection | undefined {
    try {
      const connection = this.#connection(parserOf(file.path, header), { path: file.path, text, number });
      if (connection) file.takeUnfinished();
      return connection;
    } catch (error) {
      if (!(error instanceof BadLineError)) throw error;
      this.#onNotice(
        `${file.path}, line ${number}: the last line was not written to its end and is left out`,
      );
      return undefined;
    }
  }

  /** What is judged next; all that waits, if nothing came for as long as it may wait. */
  #released(connections: readonly Connection[], isIdle: boolean): Connection[] {
    const now = Date.now();
    if (!isIdle) this.#lastLine = now;
    const released = this.#order.push(connections);
    if (now - this.#lastLine < 1_000 * this.#lateness) return released;
    return [...released, ...this.#order.flush()];
  }

  async #judge(connections: readonly Connection[]): Promise<void> {
    for (let start = 0; start < connections.length; start += blockSize) {
      const block = connections.slice(start, start + blockSize);
      const alerts = await this.monitor.alerts(block, this.monitor.features(block));
      await this.writer.write(alerts.map(({ alert }) => alert));
      await this.#writeIncidents();
      this.#held.remove(block);
      this.counts.connections += block.length;
      this.counts.gaps += gapsIn(block);
    }
    this.counts.lateConnections = this.#order.late;
    this.counts.clockJumps = this.#order.jumps;
    const { drift } = this.monitor.drift;
    if (drift.connections < driftConnections) return;
    if (drift.warning) this.#onNotice(drift.warning);
    this.monitor.drift.reset();
  }

  /** Nothing goes on from here. */
  async #end(): Promise<void> {
    const alerts = await this.monitor.lastAlerts();
    await this.writer.write(alerts.map(({ alert }) => alert));
    this.monitor.incidents.closeAll();
  }

  async #writeIncidents(): Promise<void> {
    await this.incidents?.writer.write(this.incidents.changed.splice(0));
  }

  /** Remembers how far the work came; alerts and incidents are on the disk before. */
  async #save(failure?: Failure): Promise<void> {
    const start = Date.now();
    this.#savedAt = start;
    if (!this.stateFile) return;
    const { resume, waiting } = this.#held.unjudged;
    const lineOf = (file: TailedFile): ResumeLine | undefined =>
      file === failure?.file ? failure.line : resume.get(file);
    const written = await this.writer.sync?.();
    const { state: order } = this.#order;
    const incidentsWritten = await this.incidents?.writer.sync?.();
    const { remembered, incidents: tracker, views } = this.monitor;
    await this.stateFile.write({
      ...this.tail.save(lineOf),
      ...{
        waiting,
        remembered,
        order,
        incidents: tracker.state,
        views: views.state,
        written,
        incidentsWritten,
      },
    });
    this.#savedAt = Date.now();
    this.#pause = Math.max(stateMilliseconds, savingShare * (this.#savedAt - start));
  }
}

/** Whether a log is one JSON array. What can't be read is none: it is waited for, or refused where it is read. */
async function isArray(log: string): Promise<boolean> {
  const content = await openContent(log).catch(() => undefined);
  try {
    return content !== undefined && beginsAsArray(await firstBytes(content));
  } catch {
    return false;
  } finally {
    await content?.close();
  }
}
