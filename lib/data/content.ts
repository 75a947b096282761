import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError, systemErrorCode } from "../common/errors";

/** Bytes read at once: larger pieces than Node's own unpack several times as fast. */
const pieceBytes = 262_144;

/** Good lines are far shorter. */
const longestLine = 1_048_576;

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from("\ufeff");

/** Whether a file begins as gzip files do, whatever its name. @throws {InputError} if it can't be read */
export async function isGzip(path: string): Promise<boolean> {
  try {
    const start = Buffer.concat(await createReadStream(path, { end: 1 }).toArray());
    return start.toString("hex") === "1f8b";
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * What a file holds, unpacked if it is gzip, piece by piece in constant memory. Every piece is added to `hash`.
 *
 * @throws {InputError} if it can't be read
 */
export async function* contentOf(path: string, gzip: boolean, hash?: Hash): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  const content: Readable = gzip ? file.pipe(createGunzip({ chunkSize: pieceBytes })) : file;
  file.on("error", (error) => content.destroy(error));
  try {
    for await (const piece of content) {
      hash?.update(piece);
      yield piece;
    }
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    file.destroy();
  }
}

/**
 * Text in pieces that each hold whole lines with their ends (\n, \r\n or \r), without a byte order mark. Only a line
 * that is too long to be good comes in parts.
 */
export async function* wholeLines(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  for await (let piece of text) {
    if (isStart && piece.subarray(0, 3).equals(byteOrderMark)) piece = piece.subarray(3);
    isStart = false;
    // Only the line that was cut is copied.
    const cut = rest.length > 0 ? piece.indexOf(lineFeed) + 1 : 0;
    if (cut > 0) {
      yield Buffer.concat([rest, piece.subarray(0, cut)]);
      rest = piece.subarray(cut);
    } else rest = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const end = endOfLines(rest) || (rest.length > longestLine ? rest.length : 0);
    if (end > 0) yield rest.subarray(0, end);
    rest = rest.subarray(end);
  }
  if (rest.length > 0) yield Buffer.concat([rest, Buffer.from("\n")]);
}

/** The position after the last line that is surely whole: what ends in \r may go on with \n. */
export function endOfLines(text: Buffer): number {
  return Math.max(text.lastIndexOf(lineFeed), text.lastIndexOf(carriageReturn, -2)) + 1;
}

/** Says in a sentence why a file can't be read: a cut-off or damaged gzip, or what the system says. */
export function unreadable(path: string, error: unknown): InputError {
  const { message } = error as Error;
  const code = systemErrorCode(error);
  if (code === "Z_BUF_ERROR") return new InputError(`${path} is a truncated gzip file: it ends too early`);
  if (code?.startsWith("Z_")) return new InputError(`${path} is a damaged gzip file: ${message}`);
  return new InputError(`cannot read ${path}: ${message}`);
}
