// Logs for tests: Zeek's own, which are read where they are, and made-up ones.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { type BadLine, readConnectionLogs } from "traffic-anomaly/dist/traffic/logs/read-logs";
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

/** Connections as a JSON array, one a line, each with an object for the ends. */
export function jsonArrayLog(connections: readonly Connection[]): string {
  const records = connections.map((connection) => {
    const record = JSON.parse(zeekJsonLine(connection));
    const ends = Object.entries(record).filter(([name]) => name.startsWith("id."));
    const others = Object.entries(record).filter(([name]) => !name.startsWith("id."));
    const id = Object.fromEntries(ends.map(([name, value]) => [name.slice(3), value]));
    return JSON.stringify({ ...Object.fromEntries(others), id });
  });
  return `[\n${records.join(",\n")}\n]\n`;
}

/** As Filebeat's module stores them. */
export function ecsLog(connections: readonly Connection[]): string {
  return linesOf(connections, (connection) => ({
    "@timestamp": new Date(connection.start * 1000).toISOString(),
    event: { dataset: "zeek.connection", duration: Math.round(connection.duration * 1e9) },
    source: { ip: connection.sourceHost, port: connection.sourcePort, bytes: connection.sourceBytes },
    "destination.ip": connection.destinationHost,
    "destination.port": connection.destinationPort,
    "destination.bytes": connection.destinationBytes,
    network: { transport: connection.protocol, protocol: connection.application },
    zeek: { session_id: connection.uid, connection: { state: connection.state } },
  }));
}

/** The flags of both sides of a connection that ended so. */
const flagsOf: Readonly<Record<string, readonly [source: string, destination: string]>> = {
  S0: ["02", "00"],
  REJ: ["02", "14"],
  RSTO: ["1e", "1a"],
  RSTR: ["1a", "1e"],
  S1: ["1a", "1a"],
  S2: ["1b", "1a"],
  S3: ["1a", "1b"],
};

function tcpOf(state = "SF"): object {
  const [tcp_flags_ts, tcp_flags_tc] = flagsOf[state] ?? ["1b", "1b"];
  return { tcp_flags: "1b", tcp_flags_ts, tcp_flags_tc };
}

/** As Suricata's flow records. */
export function eveLog(connections: readonly Connection[]): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace("Z", "000+0000");
  return linesOf(connections, (connection, i) => ({
    timestamp: time(connection.start + connection.duration),
    flow_id: 1_000_000 + i,
    event_type: "flow",
    src_ip: connection.sourceHost,
    src_port: connection.sourcePort,
    dest_ip: connection.destinationHost,
    dest_port: connection.destinationPort,
    proto: connection.protocol.toUpperCase(),
    flow: {
      ...{ pkts_toserver: 4, pkts_toclient: 3, bytes_toserver: connection.sourceBytes },
      ...{ bytes_toclient: connection.destinationBytes, start: time(connection.start) },
      ...{ end: time(connection.start + connection.duration), state: "closed", reason: "timeout" },
    },
    tcp: tcpOf(connection.state),
  }));
}

function linesOf(
  connections: readonly Connection[],
  record: (connection: Connection, i: number) => object,
): string {
  return connections.map((connection, i) => `${JSON.stringify(record(connection, i))}\n`).join("");
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

/** A Zstandard file that holds bytes as they are (RFC 8878, raw blocks). */
export function zstdStored(text: string): Buffer {
  const bytes = Buffer.from(text);
  const parts = [Buffer.from("28b52ffd0058", "hex")];
  for (let at = 0; at < bytes.length || at === 0; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const header = Buffer.alloc(3);
    header.writeUIntLE(Number(at + block.length === bytes.length) + block.length * 8, 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

/** Both sides' flows of connections, as `nfdump -o csv` prints them, of version 1.6 or 1.7. */
export function nfdumpLog(connections: readonly Connection[], { isOld = false } = {}): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace("T", " ").replace("Z", "");
  const header = isOld
    ? "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt"
    : "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows";
  const rows = sides(connections).map(({ start, duration, protocol, from, to, bytes }) => {
    const [name, end] = [protocol.toUpperCase(), start + duration];
    return isOld
      ? [
          time(start),
          time(end),
          duration.toFixed(3),
          from[0],
          to[0],
          from[1],
          to[1],
          name,
          "...AP.SF",
          0,
          0,
          9,
          bytes,
          0,
          0,
        ]
      : [time(start), duration.toFixed(3), name, from[0], from[1], to[0], to[1], 9, bytes, 1];
  });
  return `${[header, ...rows.map((row) => row.join(","))].join("\n")}\n`;
}

/** Both sides' flows of connections, as a VPC flow log in the default format. */
export function vpcLog(connections: readonly Connection[]): string {
  const numbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1 };
  const rows = sides(connections).map(({ start, duration, protocol, from, to, bytes }) =>
    [
      ...["2", "123456789010", "eni-1235b8ca", from[0], to[0], from[1], to[1], numbers[protocol], 9, bytes],
      ...[Math.floor(start), Math.ceil(start + duration), "ACCEPT", "OK"],
    ].join(" "),
  );
  return `${rows.join("\n")}\n`;
}

function sides(connections: readonly Connection[]) {
  return connections.flatMap((connection) => {
    const { start, duration, protocol, sourceHost, sourcePort, destinationHost, destinationPort } =
      connection;
    const [source, destination] = [
      [sourceHost, sourcePort] as const,
      [destinationHost, destinationPort] as const,
    ];
    const shared = { start, duration, protocol };
    const there = { ...shared, from: source, to: destination, bytes: connection.sourceBytes };
    const isAnswered = protocol !== "icmp" && connection.state !== "S0";
    return isAnswered
      ? [there, { ...shared, from: destination, to: source, bytes: connection.destinationBytes }]
      : [there];
  });
}
