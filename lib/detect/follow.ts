import { setTimeout as sleep } from "node:timers/promises";
import { requireNumber } from "../common/errors";
import { requireNotRead } from "../common/places";
import type { Connection } from "../traffic/connection";
import { ReorderBuffer } from "../traffic/reorder";
import { BadLineError, ConnectionLogParser } from "../traffic/zeek/read-logs";
import { NobodyReads, openAppendingWriter } from "./alert-writer";
import { readFollowState, writeFollowState } from "./follow-state";
import { type LogPosition, LogTail, type TailedLine } from "./log-tail";
import { noCounts } from "./ordered-connections";
import {
  createJudge,
  filesRead,
  type ScoreTrafficOptions,
  type ScoreTrafficResult,
  scoreResult,
} from "./score";

export interface FollowOptions extends Omit<ScoreTrafficOptions, "top" | "signal" | "onProgress"> {
  /** Ends the work: what was read is judged and written, and the result given. */
  readonly stop: AbortSignal;
  /**
   * Seconds that a connection waits for earlier ones that the log may write later, by the time of those that follow it,
   * or without any by the clock. In [0, ∞). Default 60.
   */
  readonly lateness?: number;
  /** A file that remembers where in the log the work is, so that it goes on there after a restart. Default: none. */
  readonly state?: string;
}

/** How long to wait for new lines before the next look. */
const pollMilliseconds = 200;
/** How often the state is written, at most. */
const stateMilliseconds = 1_000;
/** Connections after which drift is looked at. */
const driftConnections = 10_000;

/**
 * Scores a log that grows, and goes on through its rotation, until it is stopped. No complete line is lost, also not by
 * a restart with a state file: after `stop` each line is judged once, after a crash those of the last moments twice. The
 * windows of the features begin anew with each start.
 *
 * @throws {InputError} on anything wrong with the log, the model folder, a file or an option; what was read before is
 *   judged and written
 */
export async function followTraffic(
  log: string,
  modelFolder: string,
  options: FollowOptions,
): Promise<ScoreTrafficResult> {
  const {
    format = "json",
    out,
    allow,
    lateness = 60,
    state,
    stop,
    onNotice = () => {},
    skipBadRows,
  } = options;
  requireNumber("lateness", lateness, { min: 0 });
  const read = await filesRead([log], modelFolder, { ...options, out: out ?? state, signal: undefined });
  if (state !== undefined) await requireNotRead(state, read);
  const judge = await createJudge(modelFolder, { ...options, signal: undefined }, allow);
  const { timeBase } = judge.windows;
  const from = state === undefined ? undefined : await readFollowState(state, log);
  const tail = await LogTail.open(log, from, onNotice);
  const writer = await openAppendingWriter(format, out, {
    read: state === undefined ? read : [...read, state],
    signal: stop,
  });
  const order = new ReorderBuffer({ lateness, timeBase });
  const counts = noCounts();
  /** Connections not judged yet, with their lines; in the order of the log. */
  const held = new Map<Connection, () => LogPosition>();
  let parser = new ConnectionLogParser(log);
  let saved: LogPosition | undefined;
  let savedAt = 0;
  let lastLine = Date.now();

  const parse = ({ text, number, repeated, unfinished, newFile, position }: TailedLine) => {
    if (newFile) parser = new ConnectionLogParser(log);
    try {
      const connection = parser.parse(text, number);
      if (connection && !repeated) held.set(connection, position);
      return repeated ? undefined : connection;
    } catch (error) {
      if (unfinished && error instanceof BadLineError) {
        onNotice(`${log}, line ${number}: the last line was not written to its end and is left out`);
        return undefined;
      }
      if (!skipBadRows || !(error instanceof BadLineError)) throw error;
      counts.badLines++;
      return undefined;
    }
  };
  const process = async (connections: readonly Connection[]) => {
    const table = judge.features(connections);
    const alerts = await judge.alerts(connections, table);
    await writer.write(alerts.map(({ alert }) => alert));
    for (const connection of connections) held.delete(connection);
    counts.connections += connections.length;
    counts.lateConnections = order.late;
    counts.clockJumps = order.jumps;
    const { drift } = judge.drift;
    if (drift.connections >= driftConnections) {
      if (drift.warning) onNotice(drift.warning);
      judge.drift.reset();
    }
  };
  const save = async (end: LogPosition) => {
    if (state === undefined) return;
    const [earliest] = held.values();
    const position = earliest ? earliest() : end;
    savedAt = Date.now();
    if (position.inode === saved?.inode && position.offset === saved.offset) return;
    await writeFollowState(state, log, position);
    saved = position;
  };

  try {
    /** Where the line begins that ended the work, if one did. */
    let failed: { error: unknown; position: LogPosition } | undefined;
    while (!stop.aborted && !failed) {
      const lines = await tail.read();
      const connections: Connection[] = [];
      for (const line of lines) {
        try {
          const connection = parse(line);
          if (connection) connections.push(connection);
        } catch (error) {
          failed = { error, position: line.position() };
          break;
        }
      }
      if (lines.length > 0) lastLine = Date.now();
      const released = order.push(connections);
      if (Date.now() - lastLine >= 1000 * lateness)
        for (const waiting of order.flush()) released.push(waiting);
      if (released.length > 0) await process(released);
      if (failed) break;
      if (Date.now() - savedAt >= stateMilliseconds) await save(tail.position);
      if (lines.length === 0) await sleep(pollMilliseconds, undefined, { signal: stop }).catch(() => {});
    }
    await process(order.flush());
    await writer.finish();
    await save(failed?.position ?? tail.position);
    if (failed) throw failed.error;
  } catch (error) {
    if (!(error instanceof NobodyReads)) throw error;
  } finally {
    await writer.close();
    await tail.close();
  }
  return scoreResult(judge, counts, out);
}
