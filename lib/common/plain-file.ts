import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { InputError, systemErrorCode } from "./errors";

/** A file is open for reading, without following a link or waiting for a writer (Windows has neither). */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Bytes that are hashed at a time. */
const pieceBytes = 2 ** 20;

/**
 * Reads a whole file of a folder that may come from anybody. Only a plain file is opened: a link could lead anywhere, a
 * device could give bytes forever, and a named pipe none.
 *
 * @param most bytes that it may have
 * @throws {InputError} if it is missing, no plain file, unreadable, or too large
 */
export async function readPlainFile(path: string, most: number): Promise<Uint8Array> {
  return withPlainFile(path, async (file, size) => {
    if (size > most) throw tooLarge(path, size, most);
    const bytes = new Uint8Array(size);
    await readFully(file, bytes, path);
    return bytes;
  });
}

/**
 * Fills memory with a file that must have exactly this many bytes; before that is known, nothing is allocated.
 *
 * @param what would have this many: `235 nodes in 7 trees`
 * @throws {InputError} as {@link readPlainFile} does
 */
export async function fillFromPlainFile(
  path: string,
  size: number,
  what: string,
  allocate: (size: number) => Uint8Array,
): Promise<Uint8Array> {
  return withPlainFile(path, async (file, found) => {
    if (found !== size) throw new InputError(`${path} has ${found} bytes, not the ${size} of ${what}`);
    const memory = allocate(size);
    await readFully(file, memory, path);
    return memory;
  });
}

/** The SHA-256 of files, one after another, in constant memory. @throws {InputError} as {@link readPlainFile} does */
export async function sha256OfPlainFiles(paths: readonly string[], most: number): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    await withPlainFile(path, async (file, size) => {
      if (size > most) throw tooLarge(path, size, most);
      const piece = new Uint8Array(Math.min(size, pieceBytes));
      for (let at = 0; at < size; at += piece.length) {
        const part = piece.subarray(0, Math.min(piece.length, size - at));
        await readFully(file, part, path, at);
        hash.update(part);
      }
    });
  }
  return hash.digest("hex");
}

/** Whether there is anything of that name, of whatever kind; nothing is opened. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Whether a path is a link, wherever that leads. */
export async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

async function withPlainFile<T>(
  path: string,
  use: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  let file: FileHandle | undefined;
  try {
    // Looked at before it is opened, since opening some devices does something; and after, since it may have changed.
    requirePlain(path, await lstat(path));
    file = await open(path, openFlags);
    const found = await file.stat();
    requirePlain(path, found);
    return await use(file, found.size);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") throw new MissingFile(path);
    if (code === "ELOOP") throw new InputError(`${path} is a link, which could lead anywhere: not followed`);
    const reason = code === "EACCES" ? "permission denied" : (error as Error).message;
    throw new InputError(`cannot read ${path}: ${reason}`);
  } finally {
    await file?.close();
  }
}

/** There is no such file. */
export class MissingFile extends InputError {
  constructor(path: string) {
    super(`${path} is missing`);
  }
}

function requirePlain(path: string, found: { isFile(): boolean; isSymbolicLink(): boolean }): void {
  if (found.isSymbolicLink())
    throw new InputError(`${path} is a link, which could lead anywhere: it is not followed`);
  if (!found.isFile()) throw new InputError(`${path} is not a plain file: it is not read`);
}

function tooLarge(path: string, size: number, most: number): InputError {
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toLocaleString("en", { maximumFractionDigits: 1 });
  return new InputError(
    `${path} is too large: it has ${megabytes(size)} MB, at most ${megabytes(most)} are read`,
  );
}

async function readFully(file: FileHandle, into: Uint8Array, path: string, position = 0): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new InputError(`${path} became shorter while it was read`);
    done += bytesRead;
  }
}
