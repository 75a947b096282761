import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { systemErrorCode } from "../../common/errors";
import { headBytes } from "./fingerprint";

/** What a file holds, unpacked if it is gzip. The file stays readable while it is open, also when it is removed. */
export interface LogContent {
  readonly isPacked: boolean;
  /** It was packed, and its end was read. */
  readonly isWhole: boolean;
  /** See {@link placeOf}. */
  readonly place: string;
  /** Bytes when it was opened; of what is packed, what its end says: below 4 GB, and only if it is whole. */
  readonly size: number;
  /** Reads what there is from a byte on. @returns bytes read; 0 at the end of what is there now */
  read(buffer: Buffer, at: number): Promise<number>;
  close(): Promise<void>;
}

/** Where a file lies, whatever its name: device and inode. */
export function placeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

export async function openContent(path: string): Promise<LogContent> {
  const handle = await open(path);
  try {
    const stats = await handle.stat({ bigint: true });
    const size = Number(stats.size);
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    if (buffer.toString("hex") !== "1f8b") return new PlainContent(handle, placeOf(stats), size);
    const end = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4));
    return new PackedContent(handle, placeOf(stats), end.buffer.readUInt32LE());
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The first bytes of a file, as far as they are there, up to {@link headBytes}. */
export async function firstBytes(content: LogContent): Promise<Buffer> {
  const head = Buffer.alloc(headBytes);
  return head.subarray(0, await content.read(head, 0));
}

class PlainContent implements LogContent {
  readonly isPacked = false;
  readonly isWhole = false;

  constructor(
    private readonly handle: FileHandle,
    readonly place: string,
    readonly size: number,
  ) {}

  async read(buffer: Buffer, at: number): Promise<number> {
    return (await this.handle.read(buffer, 0, buffer.length, at)).bytesRead;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

class PackedContent implements LogContent {
  readonly isPacked = true;
  isWhole = false;
  #pieces: AsyncGenerator<Buffer, boolean> | undefined;
  #piece: Buffer = Buffer.alloc(0);
  /** Bytes before the piece. */
  #at = 0;

  constructor(
    private readonly handle: FileHandle,
    readonly place: string,
    readonly size: number,
  ) {}

  /** Cheap where reading goes on where it ended; to go back is to unpack again. */
  async read(buffer: Buffer, at: number): Promise<number> {
    if (at < this.#at || !this.#pieces) await this.#restart();
    let done = 0;
    while (done < buffer.length) {
      const from = at + done - this.#at;
      if (from < this.#piece.length) {
        done += this.#piece.copy(buffer, done, from);
        continue;
      }
      const { value, done: isEnd } = await this.#pieces!.next();
      if (isEnd) {
        this.isWhole ||= value ?? false;
        break;
      }
      this.#at += this.#piece.length;
      this.#piece = value;
    }
    return done;
  }

  async close(): Promise<void> {
    await this.#pieces?.return(false);
    await this.handle.close();
  }

  async #restart(): Promise<void> {
    await this.#pieces?.return(false);
    this.#pieces = unpacked(this.handle);
    this.#piece = Buffer.alloc(0);
    this.#at = 0;
  }
}

/** The content of a gzip file. @returns whether it has its end, which one that is still being written does not */
async function* unpacked(handle: FileHandle): AsyncGenerator<Buffer, boolean> {
  const packed = Readable.from(bytesOf(handle));
  const content = packed.pipe(createGunzip({ chunkSize: 262_144 }));
  packed.on("error", (error) => content.destroy(error));
  try {
    yield* content;
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== "Z_BUF_ERROR") throw error;
    return false;
  } finally {
    packed.destroy();
    content.destroy();
  }
}

/** A stream of the handle itself would close it when it is given up. */
async function* bytesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const buffer = Buffer.alloc(65_536);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
