import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError, systemErrorCode } from "../../common/errors";
import { contentOf, lookAt, peek, unreadable } from "../../data/content";
import { noLog } from "./formats";
import { recordLines } from "./json-arrays";
import { logKind } from "./log-kind";
import { anotherLog, ConnectionLogParser } from "./log-parser";

/** Where connections are read from. */
export interface ConnectionLog {
  /** `-` is the standard input. */
  readonly path: string;
  /** Its size on disk; undefined for the standard input or a pipe, whose content is seen only as it is read. */
  readonly bytes?: number;
}

/**
 * The connection logs that paths mean: a file, plain or gzip; a folder, for all connection logs in it and its folders,
 * in the order of their names; `-`, the standard input. Files are recognised by their content, whatever their name.
 * What is named twice is there once.
 *
 * @throws {InputError} if a file can't be read or is not a connection log, or a folder has none
 */
export async function findConnectionLogs(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ConnectionLog[]> {
  if (paths.length === 0) throw new InputError("no connection log is named");
  const logs = new Map<string, ConnectionLog>();
  for (const path of paths) {
    for (const log of await logsAt(path, signal)) {
      const place = log.bytes === undefined ? log.path : await realpath(log.path);
      if (!logs.has(place)) logs.set(place, log);
    }
  }
  return [...logs.values()];
}

async function logsAt(path: string, signal?: AbortSignal): Promise<ConnectionLog[]> {
  if (path === "-") return [{ path }];
  const found = await lookAt(path);
  if (found.isDirectory()) return logsIn(path, signal);
  if (!found.isFile()) return [{ path }];
  const kind = await kindOfFile(path);
  if (kind === "conn") return [{ path, bytes: found.size }];
  if (kind === "unknown") throw new InputError(`${path} is not a connection log: it has no conn_state`);
  if (kind === undefined || kind === "")
    throw new InputError(`${path} ${(await foreignKind(path)) ?? (kind === "" ? "is empty" : noLog)}`);
  throw new InputError(anotherLog(path, kind));
}

async function logsIn(folder: string, signal?: AbortSignal): Promise<ConnectionLog[]> {
  const logs: ConnectionLog[] = [];
  let files = 0;
  for await (const file of filesBelow(folder, new Set())) {
    signal?.throwIfAborted();
    files++;
    if ((await kindOfFile(file.path)) === "conn") logs.push(file);
  }
  if (logs.length > 0) return logs;
  throw new InputError(`${folder} has no connection log among its ${files} file${files === 1 ? "" : "s"}`);
}

/**
 * The plain files in a folder and its folders, by name, without hidden ones.
 *
 * @param visited folders, so that links lead in no circle
 */
async function* filesBelow(
  folder: string,
  visited: Set<string>,
): AsyncGenerator<{ path: string; bytes: number }> {
  const place = await accessible(folder, realpath(folder));
  if (visited.has(place)) return;
  visited.add(place);
  const names = (await accessible(folder, readdir(folder))).filter((name) => !name.startsWith("."));
  for (const path of names.sort().map((name) => join(folder, name))) {
    const found = await stat(path).catch((error) => {
      if (systemErrorCode(error) === "ENOENT") return undefined; // a link to what is gone
      throw unreadable(path, error);
    });
    if (found?.isDirectory()) yield* filesBelow(path, visited);
    if (found?.isFile()) yield { path, bytes: found.size };
  }
}

/**
 * Which log a file is, as `logKind` says; the empty text for an empty file.
 *
 * @throws {InputError} if it can't be read, or is a connection log that misses a column
 */
async function kindOfFile(path: string): Promise<string | undefined> {
  const text = await beginning(path);
  if (text.trim() === "") return "";
  const lines = text.split(/\r?\n/);
  const kind = logKind(lines);
  if (kind === "conn") {
    const parser = new ConnectionLogParser(path);
    for (const [i, line] of lines.entries()) if (line.startsWith("#")) parser.parse(line, i + 1);
  }
  return kind;
}

/** What a file is instead of a log, in words that follow its name, if it is something that logs are made of. */
async function foreignKind(path: string): Promise<string | undefined> {
  const bytes = await firstBytes(contentOf(path, { pieceBytes: recognisedBytes }));
  const start = bytes.toString("hex", 0, 4);
  if (captures.includes(start))
    return "is a capture of packets: zeek -r makes a conn.log of it, which is read";
  return start.startsWith("0ca5") ? "is a file of nfdump's own: nfdump -r prints its flows" : undefined;
}

/** First bytes of pcap files, in both orders, with times to the microsecond or nanosecond, and of pcapng. */
const captures = ["a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a"];

async function firstBytes(pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  const { first } = await peek(pieces, recognisedBytes);
  await pieces.return(undefined);
  return first.subarray(0, recognisedBytes);
}

/** The first whole lines of a file, of up to 64 kB. */
async function beginning(path: string): Promise<string> {
  const bytes = await firstBytes(recordLines(contentOf(path, { pieceBytes: recognisedBytes })));
  return bytes
    .subarray(0, bytes.lastIndexOf("\n") + 1 || bytes.length)
    .toString("utf8")
    .replace(/^\ufeff/, "");
}

/** By so much of its content a log is recognised. */
const recognisedBytes = 65_536;

async function accessible<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw unreadable(path, error);
  });
}
