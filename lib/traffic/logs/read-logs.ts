import { createHash } from "node:crypto";
import { InputError, requireOptions } from "../../common/errors";
import { formatCount, formatCounted } from "../../common/format";
import { type WorkOptions, workOptions } from "../../common/progress";
import { shown } from "../../common/shown";
import {
  contentOf,
  EndlessLine,
  inputName,
  lineBlocks,
  lineTooLong,
  longestLine,
  mostEmptyLines,
  sourceName,
  unreadable,
} from "../../data/content";
import type { Connection } from "../connection";
import { Duplicates } from "./duplicates";
import type { LogForm } from "./format";
import { recordLines } from "./json-arrays";
import { type ConnectionLog, findConnectionLogs } from "./log-files";
import { anotherLog, BadLineError, ConnectionLogParser } from "./log-parser";

export interface ReadLogsOptions extends WorkOptions {
  /** Leave bad lines out and tell of each. Default false: the first bad line is refused. */
  readonly skipBadRows?: boolean;
  /** Told of each line left out. */
  readonly onBadLine?: (problem: BadLine) => void;
  /** Told of each log what its connections are made of, before the first of them. What it throws ends the reading. */
  readonly onForm?: (form: LogForm, log: string) => void;
  /** Told of each log when it was read to its end. */
  readonly onLogRead?: (log: ReadLog) => void;
  /** Told in a sentence what the user should know. */
  readonly onNotice?: (sentence: string) => void;
}

/** A log that was read. */
export interface ReadLog {
  /** The file's name without its folder. */
  readonly name: string;
  /** Of the file as it is stored, or of what a pipe gave. */
  readonly sha256: string;
}

/** A line of a log that was left out. */
export interface BadLine {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong with it, such as `column 9 (duration) must be …`. */
  readonly reason: string;
  readonly text: string;
}

/**
 * The connections of logs, in the order of files and lines, many at a time: Zeek's conn.log as TSV or as JSON, lines or
 * array, also as Filebeat or Security Onion store it; plain, gzip or Zstandard. `-` is the standard input; a folder means
 * the connection logs in it. A pipe is read as it comes, once. Constant memory, however long the logs or a line of them.
 *
 * Left out, with a notice: a last line that was not written to its end; a connection that occurs again, the same in all
 * that is read of it, within 100,000; JSON records of other logs among those of connections.
 *
 * @throws {InputError} before the first connection, if a file can't be read or is not a connection log; later, naming line
 *   and column, if a line is bad and `skipBadRows` is not set; if a log has bad lines only, or 100,000 of them in a
 *   row; if a gzip file is damaged
 * @example
 * for await (const connections of readConnectionLogs(["logs/2024-04-19"])) console.log(connections.length);
 */
export async function* readConnectionLogs(
  paths: readonly string[],
  options: ReadLogsOptions = {},
): AsyncGenerator<Connection[]> {
  requireOptions(options, {
    ...{ skipBadRows: true, onBadLine: true, onForm: true, onLogRead: true, onNotice: true },
    ...workOptions,
  });
  const { onProgress, onNotice, signal } = options;
  const logs = await findConnectionLogs(paths, signal);
  const total = logs.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const duplicates = new Duplicates();
  let earlier = 0;
  for (const log of logs) {
    const stage = `reading ${await sourceName(log.path)}`;
    onProgress?.({ stage, done: earlier, total });
    for await (const { connections, bytesRead } of connectionBlocks(log, options)) {
      const fresh = connections.filter((connection) => !duplicates.has(connection));
      if (fresh.length > 0) yield fresh;
      onProgress?.({ stage, done: Math.min(earlier + bytesRead, total), total });
    }
    earlier += log.bytes ?? 0;
  }
  if (duplicates.count > 0) {
    onNotice?.(`${inWords(duplicates.count, "connection")} left out that occurred twice in the logs`);
  }
}

/** The connections of one log. */
async function* connectionBlocks(
  log: ConnectionLog,
  options: ReadLogsOptions,
): AsyncGenerator<{ connections: Connection[]; bytesRead: number }> {
  const { onForm, onLogRead, onNotice, signal } = options;
  const name = inputName(log.path);
  const lines = new LogLines(name, options);
  const hash = onLogRead && createHash("sha256");
  let bytesRead = 0;
  const onStored = (bytes: Buffer) => {
    bytesRead += bytes.length;
    hash?.update(bytes);
  };
  const endOfLines = (bytes: Buffer) => bytes.lastIndexOf("\n") + 1;
  try {
    const content = recordLines(contentOf(log.path, { onStored, signal }));
    for await (const block of lineBlocks(content, endOfLines)) {
      const isNew = lines.parser.form === undefined;
      const connections = lines.connections(block.toString("utf8"));
      if (isNew && lines.parser.form) onForm?.(lines.parser.form, name);
      yield { connections, bytesRead };
    }
  } catch (error) {
    if (error instanceof EndlessLine) throw lines.atNextLine(error.message);
    throw unreadable(name, error);
  }
  const rest = lines.rest();
  if (rest.length > 0) yield { connections: rest, bytesRead };
  lines.requireConnections();
  if (hash) onLogRead?.({ name: await sourceName(log.path), sha256: hash.digest("hex") });
  const { others, emptyIntervals } = lines.parser;
  if (others.count > 0)
    onNotice?.(
      `${inWords(others.count, "record")} left out of ${name} that are of other logs, such as ${shown(others.log)}`,
    );
  if (emptyIntervals > 0)
    onNotice?.(
      `${inWords(emptyIntervals, "interval")} left out of ${name} that are without data (NODATA or SKIPDATA)`,
    );
}

/** Reads the lines of one log, and says what is wrong with it. */
class LogLines {
  readonly parser: ConnectionLogParser;
  #number = 0;
  #good = 0;
  #bad = 0;
  /** Lines since the last record. */
  #emptyLines = 0;

  constructor(
    private readonly name: string,
    private readonly options: ReadLogsOptions,
  ) {
    this.parser = new ConnectionLogParser(name);
  }

  /** The connections of the next lines. */
  connections(text: string): Connection[] {
    const connections: Connection[] = [];
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf("\n", start);
      const isWhole = end >= 0;
      const line = text.slice(start, isWhole ? end : text.length);
      start = isWhole ? end + 1 : text.length;
      const others = this.#uncounted;
      const connection = this.#connection(line, isWhole);
      if (connection) connections.push(connection);
      for (const paired of this.parser.paired()) connections.push(paired);
      if (connection || this.#uncounted > others) this.#emptyLines = 0;
      else this.#countEmptyLine();
    }
    this.#good += connections.length;
    return connections;
  }

  /** The connections that wait for the flow of their other side when the log ends. */
  rest(): Connection[] {
    const connections = this.parser.paired(true);
    this.#good += connections.length;
    return connections;
  }

  /** Records that gave no connection of their own: of other logs, flows, and intervals without. */
  get #uncounted(): number {
    const { others, flows, emptyIntervals } = this.parser;
    return others.count + flows + emptyIntervals;
  }

  /** A problem with the line that comes next. */
  atNextLine(problem: string): InputError {
    return new InputError(`${this.name}, line ${this.#number + 1}: ${problem}`);
  }

  /** @throws {InputError} if the log had lines, but none was of a connection */
  requireConnections(): void {
    if (this.#number === 0) throw new InputError(`${this.name} is empty`);
    if (this.#good > 0) return;
    if (this.#bad > 0) throw new InputError(`${this.name} has no good line`);
    if (this.parser.others.count > 0) throw new InputError(anotherLog(this.name, this.parser.others.log));
  }

  #countEmptyLine(): void {
    if (++this.#emptyLines < mostEmptyLines) return;
    throw this.atNextLine(`the ${formatCount(mostEmptyLines)} lines before it hold no good record`);
  }

  #connection(line: string, isWhole: boolean): Connection | undefined {
    const number = ++this.#number;
    try {
      if (line.length > longestLine) throw new BadLineError(this.name, number, lineTooLong);
      return this.parser.parse(line, number);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { skipBadRows, onBadLine, onNotice } = this.options;
      if (!isWhole) {
        onNotice?.(`${this.name}, line ${number}: the last line was not written to its end and is left out`);
        return undefined;
      }
      if (!skipBadRows || !(error instanceof BadLineError)) throw error;
      this.#bad++;
      onBadLine?.({ path: this.name, line: number, reason: error.reason, text: line });
      return undefined;
    }
  }
}

function inWords(count: number, thing: string): string {
  return `${formatCounted(count, thing)} ${count === 1 ? "was" : "were"}`;
}
