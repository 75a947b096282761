import { InputError, requireNumber } from "../../common/errors";
import { formatCount } from "../../common/format";
import { joinTables } from "../../data/join";
import { allRows, type NominalColumn, type Rows, type Table } from "../../data/table";
import type { Connection } from "../../traffic/connection";
import { connectionTable } from "../../traffic/connection-table";
import { LocalNetworks } from "../../traffic/local-networks";
import type { LogForm } from "../../traffic/logs/format";
import type { ReadLog, ReadLogsOptions } from "../../traffic/logs/read-logs";
import { timeOf } from "../../traffic/windows/event";
import { resolveWindows, type TrafficWindowOptions } from "../../traffic/windows/options";
import { type WarmState, WarmWindows } from "../../traffic/windows/warm-windows";
import { CommonForm, withoutLacking } from "../log-forms";
import {
  noCounts,
  orderedConnections,
  type ReadingCounts,
  type ReadingOptions,
} from "../ordered-connections";
import { TrainingViews, type ViewsData } from "../views/training-views";
import { trafficDefaults } from "./defaults";

/** Logs as one table in memory, in order of time. */
export interface TrainingData {
  readonly logs: readonly ReadLog[];
  /** What their connections are made of. */
  readonly form: LogForm;
  readonly windows: Required<TrafficWindowOptions>;
  /** The networks whose hosts are ours, where they were given. */
  readonly local?: readonly string[];
  /** Features only. */
  readonly table: Table;
  /** When each connection started, in seconds. */
  readonly starts: readonly number[];
  /** Who started it, as positions in `hosts`. */
  readonly hostCodes: readonly number[];
  readonly hosts: readonly string[];
  /** Labels as the logs spell them, an empty one where a connection has none; undefined where none has any. */
  readonly labels?: NominalColumn;
  readonly counts: ReadingCounts;
  /** What the windows know after the last connection. */
  readonly remembered: WarmState;
  /** Rows of the views, of connections that the logs do not call attacks. */
  readonly views: ViewsData;
}

export interface TrainingDataOptions extends ReadingOptions {
  /** Logs with more connections are refused, before they take all memory. Default 10,000,000. */
  readonly maxConnections?: number;
  readonly windows?: TrafficWindowOptions;
  /** The networks whose hosts are ours, as `10.0.0.0/8`: see {@link LocalNetworks}. Default: what the log says, or private ones. */
  readonly local?: readonly string[];
  /** Learn from all connections, whatever their labels say. Default false. */
  readonly ignoreLabels?: boolean;
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
  options: TrainingDataOptions = {},
): Promise<TrainingData> {
  const { maxConnections = trafficDefaults.maxRows, windows: asked = {}, ignoreLabels = false } = options;
  const { local, skipBadRows, onNotice, onProgress, signal } = options;
  requireNumber("maxConnections", maxConnections, { min: 1, integer: true });
  const windows = resolveWindows(asked);
  const tracker = WarmWindows.cold(windows);
  const read = new ReadConnections(windows.timeBase, new LocalNetworks(local), ignoreLabels);
  const counts = noCounts();
  const logs: ReadLog[] = [];
  const tables: Table[] = [];
  const order = { timeBase: windows.timeBase, capacity };
  const common = new CommonForm();
  const reading: ReadLogsOptions = {
    ...{ skipBadRows, onNotice, onProgress, signal },
    onLogRead: (log) => logs.push(log),
    onForm: (form, log) => common.add(form, log),
  };
  for await (const connections of orderedConnections(paths, order, counts, reading)) {
    if (counts.connections > maxConnections)
      throw new InputError(
        `the logs have more than ${formatCount(maxConnections)} connections, which is the most to learn from`,
      );
    const { rows, features } = connectionTable(connections, tracker);
    tables.push({ rows, features });
    read.add(connections);
  }
  const labels = read.labelColumn();
  const { form } = common;
  if (tables.length === 0 || !form) throw new InputError(`there are no connections in ${paths.join(", ")}`);
  const { starts, hosts, views } = read;
  return {
    ...{ logs, form, windows, counts, starts, hostCodes: hosts.codes, hosts: hosts.names },
    table: withoutLacking(joinTables(tables), form),
    ...(local && { local }),
    remembered: tracker.state,
    views: views.end(),
    ...(!ignoreLabels && labels && { labels }),
  };
}

/** What training keeps of connections beside their features. */
class ReadConnections {
  readonly starts: number[] = [];
  readonly hosts = new Dictionary();
  readonly views: TrainingViews;
  readonly #labels = new Dictionary();

  constructor(
    private readonly timeBase: Required<TrafficWindowOptions>["timeBase"],
    networks: LocalNetworks,
    private readonly ignoresLabels: boolean,
  ) {
    this.views = new TrainingViews(networks);
  }

  add(connections: readonly Connection[]): void {
    for (const connection of connections) {
      const { start, sourceHost, label } = connection;
      if (this.ignoresLabels || label === undefined || truthOf(label) === "normal")
        this.views.add(connection, timeOf(connection, this.timeBase));
      this.starts.push(start);
      this.hosts.add(sourceHost);
      this.#labels.add(label ?? "");
    }
  }

  /** Undefined where no connection has one. @throws {InputError} if there are too many */
  labelColumn(): NominalColumn | undefined {
    const { names, codes } = this.#labels;
    if (names.length > mostLabels)
      throw new InputError(`the logs have more than ${formatCount(mostLabels)} different labels`);
    if (names.every((name) => name === "")) return undefined;
    return { kind: "nominal", name: "label", codes: Uint16Array.from(codes), categories: names };
  }
}

/** Numbers for names, in the order in which they are met. */
class Dictionary {
  readonly names: string[] = [];
  /** Of the names that were added, one after the other. */
  readonly codes: number[] = [];
  readonly #codeOf = new Map<string, number>();

  add(name: string): void {
    let code = this.#codeOf.get(name);
    if (code === undefined) {
      code = this.names.push(name) - 1;
      this.#codeOf.set(name, code);
    }
    this.codes.push(code);
  }
}

/**
 * The connections to learn from: where logs have labels, those that are labelled benign or normal.
 *
 * @throws {InputError} if there are labels, and none is of these
 */
export function learnableRows({ table, labels }: TrainingData): Rows {
  if (!labels) return allRows(table);
  const isNormal = labels.categories.map((label) => truthOf(label) === "normal");
  if (!isNormal.includes(true))
    throw new InputError(
      `the logs are labelled, but no connection is labelled benign or normal, only ${labels.categories.filter(Boolean).slice(0, 5).join(", ")}: to learn from all of them, ignore the labels (--ignore-labels)`,
    );
  return allRows(table).filter((row) => isNormal[labels.codes[row]]);
}

/**
 * What a log's label says of a connection: `benign` and `normal`, in any case, are normal; `background`, `unknown`, an
 * unset label and none at all say nothing; anything else names an attack.
 *
 * @example
 * truthOf("Benign"); // "normal"
 */
export function truthOf(label: string | undefined): "normal" | "attack" | undefined {
  const word = (label ?? "").trim().toLowerCase();
  if (word === "benign" || word === "normal") return "normal";
  return ["", "-", "(empty)", "background", "unknown"].includes(word) ? undefined : "attack";
}

/** Labels with those that are normal called `normal`, as metrics and figures expect it. */
export function withNormal(labels: NominalColumn): NominalColumn {
  const named = labels.categories.map((label) => (truthOf(label) === "normal" ? "normal" : label));
  const categories = [...new Set(named)].sort();
  const code = named.map((name) => categories.indexOf(name));
  return { ...labels, categories, codes: Uint16Array.from(labels.codes, (own) => code[own]) };
}
