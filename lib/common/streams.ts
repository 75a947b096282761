import { createReadStream, createWriteStream } from "node:fs";
import { constants, type FileHandle, open, stat } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "./errors";
import { unwritable } from "./unwritable";

/** How often to look whether somebody reads a pipe. */
const lookMilliseconds = 100;

/** Whether a path is not a place for a file but a way to somewhere else: a pipe, a terminal, /dev/stdout, /dev/null. */
export async function isStream(path: string): Promise<boolean> {
  if (fileNumber(path) !== undefined) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (found.isFIFO() || found.isCharacterDevice());
}

/**
 * Opens a stream for writing; a pipe when somebody reads it.
 *
 * @throws {InputError} if it can't be written; the signal's reason if it is aborted
 */
export async function openStream(path: string, signal?: AbortSignal): Promise<Writable> {
  const number = fileNumber(path);
  if (number === 1) return process.stdout;
  if (number === 2) return process.stderr;
  if (number !== undefined) return createWriteStream(path, { fd: number, autoClose: false });
  try {
    // The first handle keeps the pipe open until the second is there, so that its reader does not see its end.
    const read = (await stat(path)).isFIFO() ? await whenRead(path, signal) : undefined;
    const handle = await open(path, constants.O_WRONLY);
    await read?.close();
    return handle.createWriteStream();
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Writes what is in a file to a stream. @throws {InputError} if it can't be written */
export async function copyToStream(file: string, path: string): Promise<void> {
  const stream = await openStream(path);
  const isStandard = stream === process.stdout || stream === process.stderr;
  await pipeline(createReadStream(file), stream, { end: !isStandard }).catch((error) => {
    throw unwritable(path, error);
  });
}

/** The number of the open file that a path means. */
function fileNumber(path: string): number | undefined {
  const standard: Record<string, number> = { "/dev/stdout": 1, "/dev/stderr": 2 };
  const found = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path);
  return found ? Number(found[1]) : standard[path];
}

/**
 * A pipe opened when somebody reads it: opening one that nobody reads would block the process, and keep it from ending. The handle
 * is no use for writing, which it would refuse whenever the pipe is full.
 */
async function whenRead(path: string, signal?: AbortSignal): Promise<FileHandle> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (systemErrorCode(error) !== "ENXIO") throw error;
    }
    await sleep(lookMilliseconds);
  }
}
