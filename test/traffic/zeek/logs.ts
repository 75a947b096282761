// Logs for tests: Zeek's own, which are read where they are, and made-up ones.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { type BadLine, readConnectionLogs } from "traffic-anomaly/dist/traffic/zeek/read-logs";
import {
  zeekFooter,
  zeekHeader,
  zeekJsonLine,
  zeekTsvLine,
} from "traffic-anomaly/dist/traffic/zeek/write-log";

/** A test on real logs; without them it is skipped with a reason, or fails where CI promises them. */
export function realLogTest(title: string, body: (folder: string, t: TestContext) => Promise<void>): void {
  const folder = join(process.env.TRAFFIC_DATA ?? "", "zeek");
  const found = process.env.TRAFFIC_DATA !== undefined && existsSync(folder);
  const skip = found || process.env.CI ? false : "TRAFFIC_DATA names no folder with Zeek's logs";
  test(title, { skip }, async (t) => {
    if (!found) throw new Error("CI is set, but TRAFFIC_DATA names no folder with Zeek's logs");
    await body(folder, t);
  });
}

/** A few connections of a small network, all different. */
export function someConnections(count: number): Connection[] {
  return Array.from({ length: count }, (_, i) => ({
    uid: `C${(1_000_000 + 7919 * i).toString(36)}`,
    start: 1_700_000_000 + i / 4,
    duration: (i % 7) / 8,
    protocol: ["tcp", "udp", "icmp"][i % 3],
    sourceHost: i % 5 === 0 ? `fe80::${(i % 60).toString(16)}` : `10.0.0.${1 + (i % 60)}`,
    sourcePort: 1024 + i,
    destinationHost: `192.168.7.${i % 9}`,
    destinationPort: [80, 53, 8, 443][i % 4],
    state: ["SF", "S0", "REJ"][i % 3],
    sourceBytes: 11 * i,
    destinationBytes: 1000 * (i % 8),
    ...(i % 2 === 0 && { application: ["http", "dns", "gssapi,smb,krb"][i % 3] }),
  }));
}

export function tsvLog(connections: readonly Connection[]): string {
  const rows = connections.map((connection) => zeekTsvLine(connection));
  return `${[zeekHeader(1_700_000_000), ...rows, zeekFooter(1_700_003_600)].join("\n")}\n`;
}

export function jsonLog(connections: readonly Connection[]): string {
  return connections.map((connection) => `${zeekJsonLine(connection)}\n`).join("");
}

/** All that reading logs gives; bad lines are left out. */
export interface Outcome {
  readonly connections: Connection[];
  readonly notices: string[];
  readonly badLines: BadLine[];
}

export async function readAll(paths: readonly string[], skipBadRows = false): Promise<Outcome> {
  const [connections, notices, badLines]: [Connection[], string[], BadLine[]] = [[], [], []];
  const blocks = readConnectionLogs(paths, {
    skipBadRows,
    onNotice: (sentence) => notices.push(sentence),
    onBadLine: (problem) => badLines.push(problem),
  });
  for await (const block of blocks) connections.push(...block);
  return { connections, notices, badLines };
}
