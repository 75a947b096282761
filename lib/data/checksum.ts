import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InputError, systemErrorCode } from "../common/errors";

/**
 * The SHA-256 of a file, in lower-case hexadecimal. Reads it as a stream, in constant memory.
 *
 * @throws {InputError} if the file can't be read; the signal's reason if it is aborted
 * @example
 * await sha256OfFile("data/corrected.gz"); // "74f0daef49b242badc09f2adbd457dea6a45b4f77177efbd11216d333651044b"
 */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  return digest(path, false, signal);
}

/**
 * The SHA-256 of what a gzip file holds, or of the file itself if it is not gzip, in lower-case hexadecimal.
 * Two gzip files of the same content agree in it, however they were compressed. Constant memory.
 *
 * @throws {InputError} if the file can't be read or is a damaged gzip file; the signal's reason if it is aborted
 * @example
 * await sha256OfContent("data/corrected.gz"); // "547dfb9c0f0dc1d9944219ec79e851191faebaeb8acbfa1cd171c418397052a4"
 */
export async function sha256OfContent(path: string, signal?: AbortSignal): Promise<string> {
  return digest(path, await isGzip(path), signal);
}

/** Whether a file begins as gzip files do, whatever its name. @throws {InputError} if it can't be read */
export async function isGzip(path: string): Promise<boolean> {
  try {
    const start = Buffer.concat(await createReadStream(path, { end: 1 }).toArray());
    return start.toString("hex") === "1f8b";
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function digest(path: string, gunzip: boolean, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const update = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) hash.update(chunk);
  };
  try {
    const file = createReadStream(path);
    if (gunzip) await pipeline(file, createGunzip(), update, { signal });
    else await pipeline(file, update, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(path, error);
  }
  return hash.digest("hex");
}

/** Says in a sentence why a file can't be read: a cut-off or damaged gzip, or what the system says. */
export function unreadable(path: string, error: unknown): InputError {
  const { message } = error as Error;
  const code = systemErrorCode(error);
  if (code === "Z_BUF_ERROR") return new InputError(`${path} is a truncated gzip file: it ends too early`);
  if (code?.startsWith("Z_")) return new InputError(`${path} is a damaged gzip file: ${message}`);
  return new InputError(`cannot read ${path}: ${message}`);
}
