import type { OptionNames } from "../common/errors";
import { formatShare } from "../common/format";
import { workOptions } from "../common/progress";
import type { Connection } from "../traffic/connection";
import { type ReadLogsOptions, readConnectionLogs } from "../traffic/logs/read-logs";
import { ReorderBuffer, type ReorderOptions } from "../traffic/reorder";

/** How logs are read: bad lines are counted where they are left out. */
export type ReadingOptions = Omit<ReadLogsOptions, "onBadLine" | "onForm" | "onLogRead">;

export const readingOptions: OptionNames<ReadingOptions> = {
  ...{ skipBadRows: true, onNotice: true },
  ...workOptions,
};

/** What was met in the logs, counted as they are read. */
export interface ReadingCounts {
  connections: number;
  badLines: number;
  /** Connections that came after a later one had been judged. */
  lateConnections: number;
  /** How often the clock went back for good. */
  clockJumps: number;
  /** Connections of which parts were not seen: their bytes are too few. */
  gaps: number;
}

/** Counts of nothing read yet. */
export function noCounts(): ReadingCounts {
  return { connections: 0, badLines: 0, lateConnections: 0, clockJumps: 0, gaps: 0 };
}

/** How many connections have gaps. */
export function gapsIn(connections: readonly Connection[]): number {
  return connections.reduce((gaps, { hasGap }) => (hasGap ? gaps + 1 : gaps), 0);
}

/** From this share on a sensor is said to lose packets. */
const manyGaps = 0.05;

/** Says that so many connections have gaps that their sizes are not to be relied on; undefined where few have. */
export function gapsNotice({ connections, gaps }: ReadingCounts): string | undefined {
  if (gaps <= manyGaps * connections) return undefined;
  return `parts of ${formatShare(gaps / connections)} of the connections were not seen (missed_bytes, history), so their bytes are too few: the sensor loses packets, or ignores those with bad checksums (zeek -C)`;
}

/** Connections held to be put in order: some minutes of a busy network, and all of a smaller log. */
const defaultCapacity = 32_768;
/** Connections that are handed on at a time. */
const blockSize = 8_192;

/**
 * The connections of logs in order of time, block by block, in bounded memory.
 *
 * @param order.capacity connections held to be put in order; a log of up to this many is sorted completely
 * @param counts is added to
 * @throws {InputError} on anything wrong with a log
 */
export async function* orderedConnections(
  paths: readonly string[],
  { timeBase, capacity = defaultCapacity }: Pick<ReorderOptions, "timeBase" | "capacity">,
  counts: ReadingCounts,
  options: Omit<ReadLogsOptions, "onBadLine"> = {},
): AsyncGenerator<Connection[]> {
  const order = new ReorderBuffer({ capacity, timeBase });
  const onBadLine = () => {
    counts.badLines++;
  };
  let block: Connection[] = [];
  const counted = (connections: Connection[]) => {
    counts.connections += connections.length;
    counts.gaps += gapsIn(connections);
    counts.lateConnections = order.late;
    counts.clockJumps = order.jumps;
    return connections;
  };
  for await (const read of readConnectionLogs(paths, { ...options, onBadLine })) {
    for (const connection of order.push(read)) block.push(connection);
    while (block.length >= blockSize) {
      yield counted(block.slice(0, blockSize));
      block = block.slice(blockSize);
    }
  }
  for (const connection of order.flush()) block.push(connection);
  for (let start = 0; start < block.length; start += blockSize)
    yield counted(block.slice(start, start + blockSize));
}
