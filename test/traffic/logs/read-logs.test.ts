import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ProgressUpdate } from "traffic-anomaly";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { readConnectionLogs } from "traffic-anomaly/dist/traffic/logs/read-logs";
import { temporaryFolder } from "../../fixtures/folder";
import { jsonLog, readAll, realLogTest, someConnections, tsvLog } from "./logs";

const folder = temporaryFolder("read-logs");
const connections = someConnections(3000);

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function withStandardInput(t: TestContext, content: Iterable<Buffer> | AsyncIterable<Buffer>): void {
  const stream = content instanceof Readable ? content : Readable.from(content, { objectMode: false });
  t.mock.getter(process, "stdin", () => stream);
}

/** A text in pieces of a few bytes, which end within lines and characters. */
function* pieces(content: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

test("TSV and JSON, plain and gzip, of one member or several, give the same connections", async () => {
  const tsv = Buffer.from(tsvLog(connections));
  const json = Buffer.from(jsonLog(connections));
  const half = tsv.length >> 1;
  const members = Buffer.concat([gzipSync(tsv.subarray(0, half)), gzipSync(tsv.subarray(half))]);
  for (const content of [tsv, json, gzipSync(tsv), gzipSync(json), members]) {
    assert.deepEqual(await readAll([await file("conn.log", content)]), {
      connections,
      notices: [],
      badLines: [],
    });
  }
});

test("a folder of TSV and JSON logs is read in the order of their names", async () => {
  await mkdir(join(folder, "mixed"));
  await file(join("mixed", "1.log"), jsonLog(connections.slice(0, 1000)));
  await file(join("mixed", "2.log.gz"), gzipSync(tsvLog(connections.slice(1000, 2000))));
  await file(join("mixed", "3.log"), tsvLog(connections.slice(2000)));
  assert.deepEqual((await readAll([join(folder, "mixed")])).connections, connections);
});

test("the standard input is read, plain or gzip, however it is cut in pieces", async (t) => {
  for (const [size, count] of [
    [1, 200],
    [7, 400],
    [100_000, 3000],
  ]) {
    const written = connections.slice(0, count);
    const text = Buffer.from(`\ufeff${tsvLog([...written, { ...connections[0], application: "ä 𝕏" }])}`);
    for (const content of [text, gzipSync(text)]) {
      withStandardInput(t, pieces(content, size));
      const { connections: read } = await readAll(["-"]);
      assert.equal(read.length, count + 1);
      assert.deepEqual(read.slice(0, count), written);
      assert.equal(read[count].application, "ä 𝕏");
      t.mock.restoreAll();
    }
  }
});

test("the standard input gives connections as they come", async (t) => {
  const lines = jsonLog(connections.slice(0, 2)).split(/(?<=\n)/);
  let yielded = 0;
  const source = async function* () {
    for (const line of lines) {
      yield Buffer.from(line);
      while (yielded < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  withStandardInput(t, source());
  for await (const block of readConnectionLogs(["-"])) yielded += block.length;
  assert.equal(yielded, 2);
});

test("a standard input that is not a connection log is refused", async (t) => {
  const refuses = async (text: string, message: string, skipBadRows = false) => {
    withStandardInput(t, [Buffer.from(text)]);
    await assert.rejects(readAll(["-"], skipBadRows), { name: "InputError", message });
    t.mock.restoreAll();
  };
  await refuses("", "the standard input is empty");
  await refuses("#path\tdns\n", "the standard input is a dns log, not a connection log");
  await refuses('{"dns":{"ts":1}}\n', "the standard input is a dns log, not a connection log");
  await refuses(
    '{"ts":1,"uid":"C","query":"a.org"}\n',
    "the standard input is a dns log, not a connection log",
  );
  await refuses(
    "Lorem\n",
    "the standard input, line 1: it is neither JSON nor after a header, as in the logs that are read",
  );
  await refuses("Lorem\nipsum\n", "the standard input has no good line", true);
});

test("records of other logs among the connections are left out with a notice", async (t) => {
  const records = jsonLog(connections.slice(0, 2)).trim().split("\n");
  const topic = ['{"dns":{"ts":1}}', ...records.map((record) => `{"conn":${record}}`), '{"http":{"ts":1}}'];
  withStandardInput(t, [Buffer.from(topic.join("\n"))]);
  assert.deepEqual(await readAll(["-"]), {
    connections: connections.slice(0, 2),
    notices: ["2 records were left out of the standard input that are of other logs, such as dns"],
    badLines: [],
  });
});

test("a file that can't be read is refused before the first connection of another", async () => {
  const good = await file("good.log", tsvLog(connections));
  const iterator = readConnectionLogs([good, join(folder, "missing.log")]);
  await assert.rejects(iterator.next(), { message: `${join(folder, "missing.log")} does not exist` });
});

test("a bad line is refused by its number, or left out and told", async () => {
  const lines = tsvLog(connections).split("\n");
  lines.splice(20, 0, lines[20].slice(0, 30)); // cut off in the middle of the log
  lines.splice(30, 0, lines[30].replace("192.168", "nowhere"));
  const path = await file("bad.log", lines.join("\n"));
  const reasons = [
    "expected 12 columns, found 3",
    `column 5 (id.resp_h) must be an IP address, got '${lines[30].split("\t")[4]}'`,
  ];
  await assert.rejects(readAll([path]), { name: "InputError", message: `${path}, line 21: ${reasons[0]}` });
  assert.deepEqual(await readAll([path], true), {
    connections,
    notices: [],
    badLines: [
      { path, line: 21, reason: reasons[0], text: lines[20] },
      { path, line: 31, reason: reasons[1], text: lines[30] },
    ],
  });
});

test("a log with bad lines only is refused; one with none is not", async () => {
  const header = tsvLog([]);
  const bad = await file("all-bad.log", `${header}1\t2\n`);
  await assert.rejects(readAll([bad], true), { message: `${bad} has no good line` });
  assert.deepEqual((await readAll([await file("quiet.log", header)])).connections, []);
});

test("a last line that was not written to its end is left out with a notice, one that was is not", async () => {
  for (const log of [tsvLog, jsonLog]) {
    const text = log(connections.slice(0, 10)).replace(/#close.*\n/, "");
    const whole = await file("whole.log", text.slice(0, -1));
    assert.deepEqual((await readAll([whole])).notices, []);
    assert.equal((await readAll([whole])).connections.length, 10);
    const cut = await file("cut.log", text.slice(0, -30));
    const line = text.split("\n").length - 1;
    assert.deepEqual(await readAll([cut]), {
      connections: connections.slice(0, 9),
      notices: [`${cut}, line ${line}: the last line was not written to its end and is left out`],
      badLines: [],
    });
  }
});

test("a truncated gzip file is refused after the connections that it has", async () => {
  const whole = gzipSync(tsvLog(connections));
  const path = await file("truncated.gz", whole.subarray(0, whole.length - 100));
  let read = 0;
  const readToTheEnd = async () => {
    for await (const block of readConnectionLogs([path])) read += block.length;
  };
  await assert.rejects(readToTheEnd, {
    name: "InputError",
    message: `${path} is a truncated gzip file: it ends too early`,
  });
  assert.ok(read > 0);
});

test("copies that overlap give each connection once, and one notice", async () => {
  const first = await file("copy-1.log", tsvLog(connections.slice(0, 2000)));
  const second = await file("copy-2.log", tsvLog(connections.slice(1500)));
  assert.deepEqual(await readAll([first, second]), {
    connections,
    notices: ["500 connections were left out that occurred twice in the logs"],
    badLines: [],
  });
});

test("reports of one connection while it lasts are kept", async () => {
  const reports = [0, 1, 2].map((i) => ({ ...connections[0], duration: 60 * i, sourceBytes: 1000 * i }));
  const path = await file("reports.log", tsvLog(reports));
  assert.deepEqual((await readAll([path])).connections, reports);
});

test("a line of many megabytes is bad, takes little memory, and costs no other line", async () => {
  const lines = jsonLog(connections.slice(0, 4)).split("\n");
  const long = `{"ts": 1, "x": "${"x".repeat(5_000_000)}"}`;
  const path = await file("long.log", [...lines.slice(0, 2), long, ...lines.slice(2)].join("\n"));
  const { connections: read, badLines } = await readAll([path], true);
  assert.deepEqual(read, connections.slice(0, 4));
  assert.deepEqual(
    badLines.map(({ line, reason, text }) => [line, reason, text.length < 2_000_000]),
    [[3, "it is longer than 262,144 characters", true]],
  );
});

test("a hundred thousand bad lines in a row are the last, though bad lines may be skipped", async () => {
  const [first, ...others] = jsonLog(connections.slice(0, 3)).split("\n");
  const bad = (count: number) => "0\n".repeat(count); // for which no parser throws
  const path = await file("few-bad.log", `${first}\n${bad(99_999)}${others.join("\n")}`);
  assert.deepEqual((await readAll([path], true)).connections, connections.slice(0, 3));
  const more = await file("many-bad.log", `${first}\n${bad(100_000)}${others.join("\n")}`);
  await assert.rejects(readAll([more], true), {
    name: "InputError",
    message: `${more}, line 100002: the 100,000 lines before it hold no good record`,
  });
});

test("progress is told by bytes and file, up to the end", async () => {
  const logs = [
    await file("1.log", tsvLog(connections)),
    await file("2.log.gz", gzipSync(jsonLog(connections))),
  ];
  const sizes = await Promise.all(logs.map(async (path) => (await readFile(path)).length));
  const updates: ProgressUpdate[] = [];
  for await (const _ of readConnectionLogs(logs, { onProgress: (update) => updates.push(update) }));
  const total = sizes[0] + sizes[1];
  assert.deepEqual(updates[0], { stage: "reading 1.log", done: 0, total });
  assert.deepEqual(updates.at(-1), { stage: "reading 2.log.gz", done: total, total });
  assert.ok(updates.every(({ done }, i) => i === 0 || done >= updates[i - 1].done));
});

test("an abort ends the reading with its reason, also while nothing comes", async (t) => {
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  const path = await file("abort.log", tsvLog(connections));
  await assert.rejects(readConnectionLogs([path], { signal: aborted }).next(), reason);

  const source = new Readable({ read() {} });
  withStandardInput(t, source);
  const controller = new AbortController();
  const next = readConnectionLogs(["-"], { signal: controller.signal }).next();
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(next, reason);
  assert.ok(source.destroyed);
});

test("who stops early leaves no file open", { skip: process.platform !== "linux" }, async () => {
  const log = tsvLog(someConnections(50_000));
  const paths = [await file("early.log", log), await file("early.log.gz", gzipSync(log))];
  const openFiles = () => readdirSync("/proc/self/fd").length;
  const before = openFiles();
  for (const path of paths) {
    for await (const block of readConnectionLogs([path])) {
      assert.ok(block.length > 0);
      break;
    }
  }
  for (let i = 0; i < 50 && openFiles() > before; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(openFiles(), before);
});

/** How many connections have each value of a field. */
function counts(read: readonly Connection[], field: keyof Connection): Record<string, number> {
  const found: Record<string, number> = {};
  for (const connection of read) {
    const value = String(connection[field]);
    found[value] = (found[value] ?? 0) + 1;
  }
  return found;
}

realLogTest("small.conn.log: a header of Zeek 2, unset durations", async (zeek) => {
  const { connections: read, notices } = await readAll([join(zeek, "small.conn.log")]);
  assert.deepEqual(notices, []);
  assert.deepEqual(counts(read, "protocol"), { tcp: 115, udp: 225, icmp: 20 });
  assert.deepEqual(counts(read, "application"), { http: 67, ssl: 37, dns: 8, dhcp: 2, undefined: 246 });
  assert.deepEqual(counts(read, "state"), { RSTO: 63, SF: 118, S0: 156, RSTOS0: 2, OTH: 20, S3: 1 });
  assert.equal(read.filter(({ duration }) => duration === 0).length, 149);
  assert.deepEqual(read[0], {
    uid: "CoyZrY2g74UvMMgp4a",
    start: 1379288667.706265,
    duration: 0.44746,
    protocol: "tcp",
    sourceHost: "192.168.33.10",
    sourcePort: 1032,
    destinationHost: "54.245.228.191",
    destinationPort: 80,
    state: "RSTO",
    sourceBytes: 601,
    destinationBytes: 38393,
    sourcePackets: 22,
    destinationPackets: 31,
    application: "http",
  });
});

realLogTest("small.conn.json.log: a list of services", async (zeek) => {
  const { connections: read } = await readAll([join(zeek, "small.conn.json.log")]);
  assert.equal(read.length, 50);
  assert.equal(counts(read, "application")["smb,gssapi,krb"], 1);
});

realLogTest("all-fields.conn.json.log: `_path`, and a record that is there twice", async (zeek) => {
  const { connections: read, notices } = await readAll([join(zeek, "all-fields.conn.json.log")]);
  assert.equal(read.length, 29 - 1);
  assert.deepEqual(notices, ["1 connection was left out that occurred twice in the logs"]);
});

realLogTest("truncated.conn.log: a last line that ends in a number", async (zeek) => {
  const path = join(zeek, "truncated.conn.log");
  const { connections: read, notices } = await readAll([path]);
  assert.equal(read.length, 58);
  assert.deepEqual(notices, [`${path}, line 67: the last line was not written to its end and is left out`]);
});

realLogTest("rotated: gzip, `_node_name`, IPv6", async (zeek) => {
  const { connections: read, notices } = await readAll([join(zeek, "rotated")]);
  assert.equal(read.length, 1765 + 2102 + 1168 + 1274 + 1817 + 1029);
  assert.equal(read.filter(({ sourceHost }) => sourceHost.includes(":")).length, 11);
  assert.deepEqual(notices, []);
  const last = read[read.length - 1].start;
  assert.ok(
    read.slice(0, 1765).every(({ start }) => start < last),
    "by hour",
  );
});

realLogTest("windows-host-mixed.conn.log.labeled: labels", async (zeek) => {
  const { connections: read } = await readAll([join(zeek, "windows-host-mixed.conn.log.labeled")]);
  assert.deepEqual(counts(read, "label"), { Malicious: 3373, Background: 37, Benign: 1937 });
  const kinds = { "External-Attack-to-Device": 3373, Microsoft: 245, "Cert-Validation": 3, undefined: 1726 };
  assert.deepEqual(counts(read, "detailedLabel"), kinds);
});

realLogTest("port-scanning.conn.json.log: no line end after the last record", async (zeek) => {
  const { connections: read, notices } = await readAll([join(zeek, "port-scanning.conn.json.log")]);
  assert.equal(read.length, 4504);
  assert.deepEqual(counts(read, "protocol"), { udp: 59, icmp: 383, tcp: 4062 });
  assert.deepEqual(notices, []);
});

realLogTest("a real log says the same after it was changed in ways that change nothing", async (zeek) => {
  const path = join(zeek, "rotated", "conn.02_00_00-03_00_00.log.gz");
  const { connections: read } = await readAll([path]);
  const text = gunzipSync(await readFile(path)).toString();
  const others = {
    crlf: text.replaceAll("\n", "\r\n"),
    mark: `\ufeff${text}`,
    underscores: text.replace(/\tid\./g, "\tid_"),
    "short header": text.replace(/#(set|empty|unset|path|open|close).*\n/g, ""),
    restarted: text.replace(/(\n(?!#).*\n)/, `$1${text.slice(0, text.indexOf("\nworker") + 1)}`),
    commas: text.replace("#separator \\x09", "#separator \\x2c").replaceAll(",", ";").replaceAll("\t", ","),
  };
  for (const [name, other] of Object.entries(others)) {
    assert.notEqual(other, text);
    assert.deepEqual((await readAll([await file("changed.log", other)])).connections, read, name);
  }
});
