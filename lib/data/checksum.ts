import { createHash } from "node:crypto";
import { contentOf, storedBytes } from "./content";

/**
 * The SHA-256 of a file, in lower-case hexadecimal. Reads it as a stream, in constant memory.
 *
 * @throws {InputError} if the file can't be read; the signal's reason if it is aborted
 * @example
 * await sha256OfFile("data/corrected.gz"); // "74f0daef49b242badc09f2adbd457dea6a45b4f77177efbd11216d333651044b"
 */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  return digest(storedBytes(path, { signal }));
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
  return digest(contentOf(path, { signal }));
}

async function digest(pieces: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
