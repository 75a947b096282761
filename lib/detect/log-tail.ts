import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { InputError, systemErrorCode } from "../common/errors";
import { unreadable } from "../data/content";

/** Where in which file a line begins; the file is known by device and inode, and by its first bytes. */
export interface LogPosition {
  readonly device: number;
  readonly inode: number;
  /** Bytes before the line. */
  readonly offset: number;
  /** SHA-256 of the first 1024 of these bytes: an inode is used again when its file is gone. */
  readonly head: string;
}

/** A line of the log. */
export interface TailedLine {
  readonly text: string;
  /** Counted from 1, in its file. */
  readonly number: number;
  /** Where it begins. */
  readonly position: () => LogPosition;
  /** It was read before, and stands here for what it says about those after it: a header. */
  readonly repeated?: boolean;
  /** It has no end, since its file ended in the middle of it. */
  readonly unfinished?: boolean;
  /** It is the first of another file. */
  readonly newFile?: boolean;
}

const headBytes = 1024;
const chunkBytes = 1_048_576;
const longestLine = 8 * chunkBytes;
const lineFeed = 10;

/** A file that is being read. */
class LogFile {
  /** Its first bytes, as far as they were read. */
  head = Buffer.alloc(0);
  /** Bytes before the line that is read next, and its number. */
  offset = 0;
  number = 1;
  /** What was read of that line. */
  rest = Buffer.alloc(0);

  constructor(
    readonly handle: FileHandle,
    readonly device: number,
    readonly inode: number,
  ) {}

  positionAt(offset: number): LogPosition {
    const head = this.head.subarray(0, Math.min(offset, headBytes));
    const { device, inode } = this;
    return { device, inode, offset, head: createHash("sha256").update(head).digest("hex") };
  }
}

/**
 * Reads a log that grows, line by line, also when it is rotated: the old file, wherever it was moved, is read to its
 * end, then those that came after it in the same folder, then the new one. A line is read when its end is written.
 */
export class LogTail {
  #file: LogFile;
  #newFile = true;
  /** Header lines to be repeated. */
  #repeated: TailedLine[];
  /** Files to be read after this one, before the log itself. */
  #next: string[] = [];
  #sawRotation = false;

  private constructor(
    private readonly path: string,
    private readonly onNotice: (sentence: string) => void,
    file: LogFile,
    repeated: TailedLine[] = [],
  ) {
    this.#file = file;
    this.#repeated = repeated;
    this.#newFile = repeated.length === 0;
  }

  /**
   * Opens the log at its begin, or where reading ended before: in the file of that time, if it is still in the folder.
   *
   * @throws {InputError} if there is no such file, or it can't be read
   */
  static async open(
    path: string,
    from: LogPosition | undefined,
    onNotice: (sentence: string) => void,
  ): Promise<LogTail> {
    if (from) {
      const resumed = await resume(path, from);
      if (resumed) return new LogTail(path, onNotice, resumed.file, resumed.headers);
      onNotice(
        `the file of ${path} that was read before is gone or was written anew: it is read from its begin, and lines in between may be missing`,
      );
    }
    return new LogTail(path, onNotice, await openLog(path));
  }

  /** Where the next line begins. */
  get position(): LogPosition {
    return this.#file.positionAt(this.#file.offset);
  }

  /** The lines that were finished since; none if there are none now. @throws {InputError} if the file can't be read */
  async read(): Promise<TailedLine[]> {
    const lines = this.#repeated;
    this.#repeated = [];
    const file = this.#file;
    const buffer = Buffer.alloc(chunkBytes);
    const at = file.offset + file.rest.length;
    const { bytesRead } = await file.handle.read(buffer, 0, chunkBytes, at).catch((error) => {
      throw unreadable(this.path, error);
    });
    if (bytesRead > 0) {
      this.#sawRotation = false;
      for (const line of this.#split(buffer.subarray(0, bytesRead))) lines.push(line);
      return lines;
    }
    if ((await file.handle.stat()).size < at) {
      this.onNotice(`${this.path} was cut: it is read from its begin`);
      const again = new LogFile(file.handle, file.device, file.inode);
      this.#begin(again);
      return lines;
    }
    if (!(await this.#isRotated())) return lines;
    // Its writer may have written between the read above and the look at the log: one more try.
    if (!this.#sawRotation) this.#sawRotation = true;
    else for (const line of await this.#goOn()) lines.push(line);
    return lines;
  }

  async close(): Promise<void> {
    await this.#file.handle.close();
  }

  #begin(file: LogFile): void {
    this.#file = file;
    this.#newFile = true;
    this.#sawRotation = false;
  }

  #split(bytes: Buffer): TailedLine[] {
    const file = this.#file;
    if (file.head.length < headBytes)
      file.head = Buffer.concat([file.head, bytes.subarray(0, headBytes - file.head.length)]);
    const all = file.rest.length > 0 ? Buffer.concat([file.rest, bytes]) : bytes;
    const lines: TailedLine[] = [];
    let start = 0;
    for (let end = all.indexOf(lineFeed); end >= 0; end = all.indexOf(lineFeed, start)) {
      lines.push(this.#line(all.toString("utf8", start, end)));
      file.offset += end + 1 - start;
      file.number++;
      start = end + 1;
    }
    file.rest = Buffer.from(all.subarray(start));
    if (file.rest.length > longestLine)
      throw new InputError(`${this.path}, line ${file.number} is longer than 8 MB: it is no log`);
    return lines;
  }

  #line(text: string, unfinished = false): TailedLine {
    const file = this.#file;
    const { offset, number } = file;
    const line = {
      text,
      number,
      position: () => file.positionAt(offset),
      ...(this.#newFile && { newFile: true }),
      ...(unfinished && { unfinished }),
    };
    this.#newFile = false;
    return line;
  }

  async #isRotated(): Promise<boolean> {
    if (this.#next.length > 0) return true;
    const found = await statOf(this.path);
    return found !== undefined && (found.ino !== this.#file.inode || found.dev !== this.#file.device);
  }

  /** Ends this file and opens the one that came after it. */
  async #goOn(): Promise<TailedLine[]> {
    const old = this.#file;
    const left = old.rest.length > 0 ? [this.#line(old.rest.toString("utf8"), true)] : [];
    if (this.#next.length === 0) this.#next = [...(await rotatedSince(this.path, old)), this.path];
    let next: LogFile | undefined;
    while (!next && this.#next.length > 0) {
      const path = this.#next[0];
      next = await openLog(path).catch((error) => {
        if (path !== this.path) return undefined; // it was moved on meanwhile
        throw error;
      });
      this.#next.shift();
    }
    if (!next) return left;
    await old.handle.close();
    this.#begin(next);
    return left;
  }
}

async function openLog(path: string): Promise<LogFile> {
  try {
    const handle = await open(path);
    const { dev, ino } = await handle.stat();
    return new LogFile(handle, dev, ino);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw new InputError(`${path} does not exist`);
    throw unreadable(path, error);
  }
}

/** Rotated files of a log have its name without extension, then a point or hyphen, and somewhere a digit. */
async function rotatedFiles(path: string): Promise<string[]> {
  const name = basename(path);
  const stem = name.slice(0, name.length - extname(name).length);
  const rest = (other: string) => other.slice(stem.length);
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((other) => other !== name && other.startsWith(stem) && /^[.-].*\d/.test(rest(other)))
    .filter((other) => !/\.(gz|bz2|xz|zst)$/.test(other))
    .sort()
    .map((other) => join(dirname(path), other));
}

/** Files that were rotated after the one given, in order of their last writing: it happens while nobody reads. */
async function rotatedSince(path: string, old: LogFile): Promise<string[]> {
  const { mtimeMs } = await old.handle.stat();
  const later: { file: string; mtimeMs: number }[] = [];
  for (const file of await rotatedFiles(path)) {
    const found = await statOf(file);
    if (found?.isFile() && found.ino !== old.inode && found.mtimeMs > mtimeMs)
      later.push({ file, mtimeMs: found.mtimeMs });
  }
  return later.sort((a, b) => a.mtimeMs - b.mtimeMs).map(({ file }) => file);
}

/** The file of a position, read up to it, with its headers; undefined if it is not in the folder any more. */
async function resume(
  path: string,
  from: LogPosition,
): Promise<{ file: LogFile; headers: TailedLine[] } | undefined> {
  for (const candidate of [path, ...(await rotatedFiles(path))]) {
    const found = await statOf(candidate);
    if (!found?.isFile() || found.ino !== from.inode || found.dev !== from.device) continue;
    if (found.size < from.offset) continue;
    const file = await openLog(candidate);
    const headers = await skipTo(file, from.offset);
    if (file.positionAt(from.offset).head === from.head) return { file, headers };
    await file.handle.close();
  }
  return undefined;
}

/** Reads a file up to an offset, for its headers and to count its lines. */
async function skipTo(file: LogFile, offset: number): Promise<TailedLine[]> {
  const headers: TailedLine[] = [];
  const buffer = Buffer.alloc(chunkBytes);
  let line = Buffer.alloc(0);
  for (let at = 0; at < offset; ) {
    const { bytesRead } = await file.handle.read(buffer, 0, Math.min(chunkBytes, offset - at), at);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    if (file.head.length < headBytes)
      file.head = Buffer.concat([file.head, bytes.subarray(0, headBytes - file.head.length)]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      line = Buffer.concat([line, bytes.subarray(start, end)]);
      if (line[0] === 35) {
        const number = file.number;
        headers.push({
          text: line.toString("utf8"),
          number,
          repeated: true,
          position: () => file.positionAt(0),
        });
      }
      line = Buffer.alloc(0);
      file.number++;
      start = end + 1;
    }
    line = Buffer.concat([line, bytes.subarray(start)]);
    at += bytesRead;
  }
  file.offset = offset;
  return headers;
}

async function statOf(path: string) {
  return stat(path).catch(() => undefined);
}
