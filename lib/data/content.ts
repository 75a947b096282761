import { createHash } from "node:crypto";
import { constants, createReadStream, openSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { basename } from "node:path";
import { addAbortSignal, pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type * as Fzstd from "fzstd";
import { InputError, systemErrorCode } from "../common/errors";
import { formatCount } from "../common/format";
import { oneLine } from "../common/shown";

// Files come from strangers: a short gzip may unpack to terabytes, a line may never end, a file may be a pipe that
// nobody writes to. So everything is read in pieces, and everything that is held has a limit.

/** Characters of a line. Good ones are far shorter; one that is longer is bad, and only its beginning is held. */
export const longestLine = 262_144;
/** What is wrong with such a line. */
export const lineTooLong = `it is longer than ${formatCount(longestLine)} characters`;
/** As UTF-8, so many bytes are surely more characters than that. */
const heldBytes = 4 * longestLine;
/** Bytes of a line after which it is not passed over any more. */
const endlessLine = 67_108_864;

/** Lines in a row that hold nothing: blank, bad or comments. After so many, what is read is given up. */
export const mostEmptyLines = 100_000;

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from("\ufeff");

export interface ReadOptions {
  /** Bytes read and unpacked at once. Default 262,144: several times as fast as Node's own. */
  readonly pieceBytes?: number;
  /** Given every byte as it is stored, in order. */
  readonly onStored?: (bytes: Buffer) => void;
  /** Stops the reading, also while nothing comes. */
  readonly signal?: AbortSignal;
}

/**
 * What is at a path: a file, a folder, or a pipe, which can be read only once.
 *
 * @throws {InputError} if there is nothing, or a device or socket, which may have no end
 */
export async function lookAt(path: string): Promise<Stats> {
  const found = await stat(path).catch((error) => {
    throw unreadable(path, error);
  });
  if (found.isFile() || found.isDirectory() || found.isFIFO()) return found;
  throw new InputError(`${path} is a ${found.isSocket() ? "socket" : "device"}, not a file`);
}

/** Whether a file begins as gzip files do, whatever its name. @throws {InputError} if it can't be read */
export async function isGzip(path: string): Promise<boolean> {
  return beginsAsGzip(await beginning(storedBytes(path, { pieceBytes: 2 }), 2));
}

/** Whether bytes are the first of a gzip file. */
export function beginsAsGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether bytes are the first of a Zstandard file. */
export function beginsAsZstd(bytes: Buffer): boolean {
  return bytes.length >= 4 && (bytes.readUInt32LE(0) === 0xfd2fb528 || beginsAsNotes(bytes));
}

/** Whether bytes are the first of a frame of Zstandard that holds no content, such as the one that pzstd writes before each. */
function beginsAsNotes(bytes: Buffer): boolean {
  return bytes.length >= 8 && bytes.readUInt32LE(0) >>> 4 === 0x184d2a5;
}

/**
 * The bytes of a file or pipe as they are stored, piece by piece in constant memory.
 *
 * @param path `-` is the standard input
 * @throws {InputError} if it can't be read; the signal's reason if it is aborted
 */
export function storedBytes(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  return readStream(path, options, (pieces) => pieces);
}

/**
 * What a file or pipe holds, unpacked if it is gzip or Zstandard, of one or several members; piece by piece in constant memory.
 *
 * @param path `-` is the standard input
 * @throws {InputError} if it can't be read, or is a damaged gzip file; the signal's reason if it is aborted
 */
export function contentOf(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  return readStream(path, options, unpacked);
}

async function* readStream(
  path: string,
  { pieceBytes = 262_144, onStored, signal }: ReadOptions,
  read: (pieces: AsyncGenerator<Buffer>, pieceBytes: number) => AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const source = path === "-" ? process.stdin : await openStream(path, pieceBytes);
  if (signal) addAbortSignal(signal, source);
  const pieces = (async function* () {
    for await (const piece of source) {
      onStored?.(piece);
      yield piece;
    }
  })();
  try {
    yield* read(pieces, pieceBytes);
    // What may follow the last member of a gzip is no content, but belongs to the file.
    if (onStored) while (!(await pieces.next()).done);
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(path, error);
  } finally {
    source.destroy(); // also while a pipe keeps what reads it waiting
  }
}

async function openStream(path: string, pieceBytes: number): Promise<Readable> {
  const found = await lookAt(path);
  if (!found.isFIFO()) return createReadStream(path, { highWaterMark: pieceBytes });
  // Opened as a file, a pipe that nobody writes to would hold a thread of Node's, and with it the end of the process.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** The content of a stream that may be gzip or Zstandard, of one or several members. */
async function* unpacked(pieces: AsyncGenerator<Buffer>, pieceBytes: number): AsyncGenerator<Buffer> {
  const { first, all } = await peek(pieces, zstdHeader);
  if (beginsAsZstd(first)) yield* fromZstd(first, all);
  else if (!beginsAsGzip(first)) yield* all;
  // What fails is thrown to the reader of the pipeline as well; so there is nothing to do in the callback.
  else
    yield* pipeline(
      Readable.from(all, { objectMode: false }),
      createGunzip({ chunkSize: pieceBytes }),
      () => {},
    );
}

/** Bytes of a Zstandard file unpacked at once: four of them may stand for 128 KiB. */
const zstdPiece = 1_024;

/** What is unpacked may refer back so far, as by the command `zstd` itself. */
const zstdWindow = 134_217_728;

/** Bytes of the longest header of a frame. */
const zstdHeader = 18;

class DamagedZstd extends Error {}

async function* fromZstd(start: Buffer, stored: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let [first, pieces] = [start, stored];
  while (beginsAsNotes(first))
    ({ first, all: pieces } = await peek(without(pieces, 8 + first.readUInt32LE(4)), zstdHeader));
  if (first.length === 0) return;
  if (windowOf(first) > zstdWindow) throw new DamagedZstd("it asks for more than 128 MiB of memory");
  let unpacked: Buffer[] = [];
  const { Decompress }: typeof Fzstd = require("fzstd"); // of use to few, so not loaded with the library
  const unpacker = new Decompress((data) => unpacked.push(Buffer.from(data)));
  const push = (bytes: Uint8Array, isLast: boolean) => {
    try {
      unpacker.push(bytes, isLast);
    } catch (error) {
      throw new DamagedZstd((error as Error).message);
    }
    const content = joined(unpacked);
    unpacked = [];
    return content;
  };
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += zstdPiece) {
      // A copy: what is not unpacked yet is kept, and changed.
      const content = push(Uint8Array.from(piece.subarray(at, at + zstdPiece)), false);
      if (content.length > 0) yield content;
    }
  }
  const rest = push(new Uint8Array(0), true);
  if (rest.length > 0) yield rest;
}

/** What follows so many bytes. */
async function* without(pieces: AsyncGenerator<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
  if (left > 0) throw new DamagedZstd("it ends within a frame");
}

/** Bytes that must be held to unpack a frame, by its header (RFC 8878, 3.1.1.1): in a single segment all of its content. */
function windowOf(header: Buffer): number {
  const descriptor = header[4];
  if ((descriptor & 0x20) === 0) {
    const base = 2 ** (10 + (header[5] >> 3));
    return base + (base / 8) * (header[5] & 7);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]; // after the dictionary's number
  const bytes = [1, 2, 4, 8][descriptor >> 6];
  if (header.length < at + bytes) return 0;
  return bytes === 8 ? Number(header.readBigUInt64LE(at)) : header.readUIntLE(at, bytes);
}

/**
 * The SHA-256 of a file, in lower-case hexadecimal. Reads it as a stream, in constant memory.
 *
 * @throws {InputError} if the file can't be read; the signal's reason if it is aborted
 * @example
 * const sha256 = await sha256OfFile("data/corrected.gz"); // as `sha256sum data/corrected.gz` tells it
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
 * const sha256 = await sha256OfContent("data/corrected.gz"); // as `zcat data/corrected.gz | sha256sum` tells it
 */
export async function sha256OfContent(path: string, signal?: AbortSignal): Promise<string> {
  return digest(contentOf(path, { signal }));
}

async function digest(pieces: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** The first bytes of a stream, at least `count` unless it ends, and all of it: a pipe can't be read again. */
export async function peek(
  pieces: AsyncGenerator<Buffer>,
  count: number,
): Promise<{ first: Buffer; all: AsyncGenerator<Buffer> }> {
  const read: Buffer[] = [];
  let length = 0;
  while (length < count) {
    const { value, done } = await pieces.next();
    if (done) break;
    read.push(value);
    length += value.length;
  }
  return { first: joined(read), all: rejoined(read, pieces) };
}

/** The first bytes of a stream, at least `count` unless it ends; the rest is not read. */
export async function beginning(pieces: AsyncGenerator<Buffer>, count: number): Promise<Buffer> {
  const { first } = await peek(pieces, count);
  await pieces.return(undefined);
  return first;
}

async function* rejoined(read: readonly Buffer[], pieces: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* read;
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
}

/** A line that goes on and on. The message follows the name of the file and the number of the line. */
export class EndlessLine extends Error {
  override readonly message = "it is longer than 64 MiB";
}

/**
 * Bytes in blocks that end with a line; only the last block may end without a line end. Of a line longer than
 * `longestLine` only so much is held that its length shows.
 *
 * @param endOfLines the position after the last line end in some bytes, 0 if there is none
 * @throws {EndlessLine} in the middle of a line that does not end
 */
export async function* lineBlocks(
  pieces: AsyncIterable<Buffer>,
  endOfLines: (bytes: Buffer) => number,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0; // of the line that has no end yet
  for await (const piece of pieces) {
    const end = endOfLines(piece);
    if (end > 0) {
      const cut = length > 0 ? Math.min(piece.indexOf(lineFeed) + 1 || end, end) : 0; // only the line that was cut is copied
      if (cut > 0) yield joined([...held, piece.subarray(0, cut)]);
      if (cut < end) yield piece.subarray(cut, end);
      held = [];
      length = 0;
    }
    if (end === piece.length) continue;
    if (length <= heldBytes) held.push(piece.subarray(end));
    length += piece.length - end;
    if (length > endlessLine) throw new EndlessLine();
  }
  if (length > 0) yield joined(held);
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

/** Text in pieces that each hold whole lines with their ends (\n, \r\n or \r), without a byte order mark. */
export async function* wholeLines(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isStart = true;
  for await (let block of lineBlocks(text, endOfLines)) {
    if (isStart && block.subarray(0, 3).equals(byteOrderMark)) block = block.subarray(3);
    isStart = false;
    const last = block.at(-1);
    if (last === lineFeed || last === carriageReturn) yield block;
    else if (block.length > 0) yield Buffer.concat([block, Buffer.from("\n")]);
  }
}

/** The position after the last line that is surely whole: what ends in \r may go on with \n. */
export function endOfLines(text: Buffer): number {
  return Math.max(text.lastIndexOf(lineFeed), text.lastIndexOf(carriageReturn, -2)) + 1;
}

/** What messages call an input. */
export function inputName(path: string): string {
  return path === "-" ? "the standard input" : path;
}

/** What results call an input. */
export async function sourceName(path: string): Promise<string> {
  if (path === "-") return "standard input";
  return (await lookAt(path)).isFIFO() ? "pipe" : oneLine(basename(path));
}

/** Says in a sentence why a file can't be read, where the reason is not ours. */
export function unreadable(path: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (error instanceof DamagedZstd)
    return new InputError(`${inputName(path)} is a damaged Zstandard file: ${error.message}`);
  if (error instanceof InputError || code === undefined) return error;
  const name = inputName(path);
  const { message } = error as Error;
  if (code === "ENOENT" || code === "ENOTDIR") return new InputError(`${name} does not exist`);
  if (code === "EACCES" || code === "EPERM")
    return new InputError(`${name} cannot be read: permission denied`);
  if (code === "EISDIR") return new InputError(`${name} is a folder, not a file`);
  if (code === "Z_BUF_ERROR") return new InputError(`${name} is a truncated gzip file: it ends too early`);
  if (code.startsWith("Z_")) return new InputError(`${name} is a damaged gzip file: ${message}`);
  return new InputError(`cannot read ${name}: ${message}`);
}
