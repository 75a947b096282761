import { InputError, requireNumber } from "../common/errors";
import { joinTables } from "../data/join";
import type { NominalColumn, Table } from "../data/table";
import type { Connection } from "../traffic/connection";
import { connectionTable } from "../traffic/connection-table";
import { type TrafficWindowOptions, TrafficWindows } from "../traffic/windows/windows";
import type { ReadLog } from "../traffic/zeek/read-logs";
import { noCounts, orderedConnections, type ReadingCounts, type ReadingOptions } from "./ordered-connections";

/** Logs as one table in memory, in order of time. */
export interface TrainingData {
  readonly logs: readonly ReadLog[];
  /** Features only. */
  readonly table: Table;
  /** When each connection began, in seconds. */
  readonly starts: Float64Array;
  /** Who began it, as positions in `hosts`. */
  readonly hostCodes: Uint32Array;
  readonly hosts: readonly string[];
  /** Labels as the logs spell them, an empty one where a connection has none; undefined where none has any. */
  readonly labels?: NominalColumn;
  readonly counts: ReadingCounts;
}

export interface TrainingDataOptions extends ReadingOptions {
  /** Logs with more connections are refused, before they take all memory. Default 10,000,000. */
  readonly maxConnections?: number;
}

/** Labels that 16 bits tell apart. */
const mostLabels = 65_536;

/** Connections held to be put in order: memory is no concern here, so that most logs are sorted completely. */
const capacity = 1_000_000;

/**
 * Reads logs to learn from. Memory: about 150 bytes a connection, and 500 for each of the last million.
 *
 * @throws {InputError} on anything wrong with a log, or if there is nothing in them
 */
export async function readTrainingData(
  paths: readonly string[],
  windowOptions: TrafficWindowOptions,
  options: TrainingDataOptions = {},
): Promise<TrainingData> {
  const { maxConnections = 10_000_000, ...reading } = options;
  requireNumber("maxConnections", maxConnections, { min: 1, integer: true });
  const logs: ReadLog[] = [];
  const onLogRead = (log: ReadLog) => logs.push(log);
  const windows = new TrafficWindows(windowOptions);
  const hosts = new Dictionary();
  const labels = new Dictionary();
  const tables: Table[] = [];
  const parts: { starts: Float64Array; hosts: Uint32Array; labels: Uint32Array }[] = [];
  const counts = noCounts();
  const order = { timeBase: windowOptions.timeBase, capacity };
  for await (const connections of orderedConnections(paths, order, counts, { ...reading, onLogRead })) {
    if (counts.connections > maxConnections)
      throw new InputError(
        `the logs have more than ${maxConnections.toLocaleString("en-US")} connections, which is the most to learn from`,
      );
    const { rows, features } = connectionTable(connections, windows);
    tables.push({ rows, features });
    parts.push({
      starts: Float64Array.from(connections, ({ start }) => start),
      hosts: Uint32Array.from(connections, ({ sourceHost }) => hosts.code(sourceHost)),
      labels: Uint32Array.from(connections, ({ label }: Connection) => labels.code(label ?? "")),
    });
  }
  if (labels.names.length > mostLabels)
    throw new InputError(`the logs have more than ${mostLabels.toLocaleString("en-US")} different labels`);
  if (tables.length === 0) throw new InputError(`there are no connections in ${paths.join(", ")}`);
  const table = joinTables(tables);
  const labelCodes = joined(
    parts.map((part) => part.labels),
    Uint32Array,
  );
  const labelled = labels.names.some((name) => name !== "");
  return {
    logs,
    table,
    starts: joined(
      parts.map((part) => part.starts),
      Float64Array,
    ),
    hostCodes: joined(
      parts.map((part) => part.hosts),
      Uint32Array,
    ),
    hosts: hosts.names,
    ...(labelled && {
      labels: {
        kind: "nominal",
        name: "label",
        codes: Uint16Array.from(labelCodes),
        categories: labels.names,
      },
    }),
    counts,
  };
}

/** Numbers for names, in the order in which they are met. */
class Dictionary {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();

  code(name: string): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.names.length;
      this.#codes.set(name, code);
      this.names.push(name);
    }
    return code;
  }
}

function joined<A extends Float64Array | Uint32Array>(
  parts: readonly A[],
  ArrayType: new (length: number) => A,
): A {
  const all = new ArrayType(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
