import { createReadStream } from "node:fs";
import { addAbortSignal, pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ConnectionLog } from "./log-files";

/** A piece of a log's text. */
export interface TextBlock {
  /** Whole lines with their ends; only the last of a log may have none. */
  readonly text: string;
  /** How much of the log, as it is on disk, was read so far. */
  readonly bytesRead: number;
}

/** What is beyond this much of a line is not read, so that no file takes more memory than a block. */
const longestLine = 1 << 20;

const blockSize = 1 << 18;
const lineFeed = 10;

/** The text of a log, plain or gzip, in blocks of whole lines. Constant memory. */
export async function* textBlocks({ path }: ConnectionLog, signal?: AbortSignal): AsyncGenerator<TextBlock> {
  const source = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: blockSize });
  if (signal) addAbortSignal(signal, source);
  const bytesRead = () => ("bytesRead" in source ? source.bytesRead : 0);
  let held: Buffer[] = [];
  let heldBytes = 0;
  try {
    for await (const chunk of unpacked(source)) {
      const end = chunk.lastIndexOf(lineFeed) + 1;
      if (end > 0) {
        // Of a line that is too long, only its end is taken up again.
        held.push(chunk.subarray(heldBytes < longestLine ? 0 : chunk.indexOf(lineFeed), end));
        yield { text: textOf(held), bytesRead: bytesRead() };
        held = [];
        heldBytes = 0;
      }
      if (end < chunk.length && heldBytes < longestLine) held.push(chunk.subarray(end));
      heldBytes += chunk.length - end;
    }
    if (heldBytes > 0) yield { text: textOf(held), bytesRead: bytesRead() };
  } finally {
    source.destroy();
  }
}

function textOf(pieces: readonly Buffer[]): string {
  const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  return bytes.toString("utf8");
}

/** The content of a stream that may be gzip, of one or several members. */
async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await firstBytes(chunks);
  const all = rejoined(first, chunks);
  if (first[0] !== 0x1f || first[1] !== 0x8b) yield* all;
  // What fails is thrown to the reader of the pipeline as well; so there is nothing to do in the callback.
  else
    yield* pipeline(
      Readable.from(all, { objectMode: false }),
      createGunzip({ chunkSize: blockSize }),
      () => {},
    );
}

/** The first bytes of a stream, at least two unless it ends. */
async function firstBytes(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let first: Buffer = Buffer.alloc(0);
  while (first.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  return first;
}

async function* rejoined(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}
