import { contentOf, lineBlocks } from "../../data/content";
import type { ConnectionLog } from "./log-files";

/** A piece of a log's text. */
export interface TextBlock {
  /** Whole lines with their ends; only the last of a log may have none. */
  readonly text: string;
  /** How much of the log, as it is on disk, was read so far. */
  readonly bytesRead: number;
}

export interface TextOptions {
  /** Given every byte of the log as it is stored. */
  readonly onStored?: (bytes: Buffer) => void;
  readonly signal?: AbortSignal;
}

/**
 * The text of a log, plain or gzip, in blocks of whole lines. Constant memory.
 *
 * @throws {EndlessLine} in a line that does not end
 */
export async function* textBlocks(
  { path }: ConnectionLog,
  { onStored, signal }: TextOptions = {},
): AsyncGenerator<TextBlock> {
  let bytesRead = 0;
  const count = (bytes: Buffer) => {
    bytesRead += bytes.length;
    onStored?.(bytes);
  };
  for await (const block of lineBlocks(contentOf(path, { onStored: count, signal }), endOfLines))
    yield { text: block.toString("utf8"), bytesRead };
}

function endOfLines(bytes: Buffer): number {
  return bytes.lastIndexOf("\n") + 1;
}
