import assert from "node:assert/strict";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { noLog } from "traffic-anomaly/dist/traffic/logs/formats";
import { findConnectionLogs } from "traffic-anomaly/dist/traffic/logs/log-files";
import { temporaryFolder } from "../../fixtures/folder";
import {
  ecsLog,
  eveLog,
  jsonArrayLog,
  jsonLog,
  realLogTest,
  someConnections,
  tsvLog,
  zstdStored,
} from "./logs";

const folder = temporaryFolder("log-files");
const connections = someConnections(30);
const tsv = tsvLog(connections);
const json = jsonLog(connections);

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function refuses(path: string, reason: string): Promise<void> {
  await assert.rejects(findConnectionLogs([path]), { name: "InputError", message: `${path} ${reason}` });
}

test("logs are recognised by their content, whatever their name", async () => {
  const contents = {
    tsv,
    "only-fields": tsv.replace(/#(set_|empty|unset|path|open|types).*\n/g, ""),
    json,
    wrapped: json.replace(/^.*$/gm, '{"conn":$&}').replace(/\{"conn":\}\n?$/, ""),
    "among-others": `{"dns":{"ts":1}}\n{"conn":${json.split("\n")[0]}}\n`,
    "cut-at-the-start": json.slice(20),
    "with-a-mark.csv": `\ufeff${tsv}`,
    "crlf.txt": tsv.replaceAll("\n", "\r\n"),
    "only-a-header": tsv.slice(0, tsv.indexOf("\n17") + 1),
    "gzip.dat": gzipSync(tsv),
    "zstd.dat": zstdStored(tsv),
    "one-line.json": `[${json.trim().replaceAll("\n", ",")}]`,
    "array.json.gz": gzipSync(jsonArrayLog(connections)),
    "indented.json": JSON.stringify(JSON.parse(`[${json.trim().replaceAll("\n", ",")}]`), undefined, 2),
    "ecs.json": ecsLog(connections),
    "eve.json": eveLog(connections),
    "eve-after-others.json": `${'{"timestamp":"2026-01-05T08:00:00.000000+0000","event_type":"dns"}\n'.repeat(9)}${eveLog(connections)}`,
    "members.gz": Buffer.concat([gzipSync(tsv.slice(0, 100)), gzipSync(tsv.slice(100))]),
  };
  for (const [name, content] of Object.entries(contents)) {
    const path = await file(name, content);
    const [log] = await findConnectionLogs([path]);
    assert.deepEqual(log, { path, bytes: Buffer.byteLength(content) }, name);
  }
});

test("a log of another kind is refused by its kind", async () => {
  const dns = "is a dns log, not a connection log";
  await refuses(await file("dns.log", tsv.replace("#path\tconn", "#path\tdns")), dns);
  await refuses(await file("dns.json", '{"_path":"dns","ts":1,"uid":"C"}\n'), dns);
  await refuses(await file("wrapped-dns.json", '{"dns":{"ts":1,"uid":"C"}}\n'), dns);
  const ecs = ecsLog(someConnections(3))
    .replaceAll("zeek.connection", "zeek.dns")
    .replaceAll("connection", "dns");
  await refuses(await file("dns-ecs.json", ecs), dns);
  const unknown = "is not a connection log: it has no conn_state";
  await refuses(await file("unknown.json", '{"ts":1,"uid":"C","mine":"example.org"}\n'), unknown);
  await refuses(await file("unknown.log", "#fields\tts\tuid\tmine\n"), unknown);
});

/** Records of other logs as Zeek's JSON has them, without a word on which log they are of. */
const ends =
  '"ts":1.5,"uid":"C","id.orig_h":"10.0.0.1","id.orig_p":1025,"id.resp_h":"10.0.0.2","id.resp_p":53';
const others: Readonly<Record<string, string>> = {
  dns: `{${ends},"proto":"udp","trans_id":7,"query":"example.org","AA":false,"TC":false,"rejected":false}`,
  http: `{${ends},"trans_depth":1,"method":"GET","host":"example.org","uri":"/","request_body_len":0}`,
  ssl: `{${ends},"version":"TLSv13","server_name":"example.org","resumed":false,"established":true}`,
  ssh: `{${ends},"version":2,"auth_attempts":0,"client":"SSH-2.0-OpenSSH_9.6"}`,
  smtp: `{${ends},"trans_depth":1,"helo":"[10.0.0.1]","tls":true}`,
  weird: `{${ends},"name":"active_connection_reuse","notice":false,"peer":"zeek"}`,
  files: '{"ts":1.5,"fuid":"F","source":"HTTP","depth":0,"seen_bytes":12}',
};

test("a log that does not name itself is told by its fields, as JSON and as TSV", async () => {
  for (const [log, record] of Object.entries(others)) {
    const sentence = `is ${/^[aeiou]/.test(log) ? "an" : "a"} ${log} log, not a connection log`;
    await refuses(await file(`${log}.json`, `${record}\n`), sentence);
    await refuses(await file(`${log}-array.json`, `[${record}]`), sentence);
    const fields = Object.keys(JSON.parse(record));
    await refuses(await file(`${log}.log`, `#fields\t${fields.join("\t")}\n`), sentence);
    const among = await file(`among-${log}.json`, `${record}\n${json}`);
    assert.equal((await findConnectionLogs([among])).length, 1);
  }
});

test("a connection log that misses a column is refused by its name", async () => {
  const path = await file("no-uid.log", tsv.replace("\tuid\t", "\tid\t"));
  await assert.rejects(findConnectionLogs([path]), {
    message: `${path}, line 7: the log has no column uid, which connection logs have`,
  });
});

test("what is not a log is refused", async () => {
  for (const [name, content] of Object.entries({
    "text.log": "Lorem ipsum\n",
    "zeros.log": Buffer.alloc(100_000),
    "json-no-record.log": '{"a": 1}\n{"b": 2}\n',
    "utf16.log": Buffer.from(tsv, "utf16le"),
  })) {
    await refuses(await file(name, content), noLog);
  }
  await refuses(await file("empty.log", ""), "is empty");
  await refuses(await file("empty.log.gz", gzipSync("")), "is empty");
  await refuses(join(folder, "missing.log"), "does not exist");
  await refuses(join(folder, "empty.log", "below"), "does not exist");
  await assert.rejects(findConnectionLogs([]), { message: "no connection log is named" });
});

test("what a log could be made of is refused with how", async () => {
  const capture = "is a capture of packets: zeek -r makes a conn.log of it, which is read";
  for (const magic of ["d4c3b2a102000400", "4d3cb2a102000400", "a1b2c3d400020004", "0a0d0d0a1c000000"]) {
    const packets = Buffer.concat([Buffer.from(magic, "hex"), Buffer.alloc(100)]);
    await refuses(await file("packets.pcap", packets), capture);
    await refuses(await file("packets.pcap.gz", gzipSync(packets)), capture);
  }
  const flows = Buffer.concat([Buffer.from("0ca50100", "hex"), Buffer.alloc(100)]);
  await refuses(
    await file("nfcapd.202601050800", flows),
    "is a file of nfdump's own: nfdump -r prints its flows",
  );
});

test("a damaged gzip file is refused", async () => {
  const damaged = gzipSync(tsv);
  damaged.fill(0xff, 20, 60);
  const path = await file("damaged.gz", damaged);
  await assert.rejects(findConnectionLogs([path]), (error: Error) => {
    assert.equal(error.name, "InputError");
    assert.ok(error.message.startsWith(`${path} is a damaged gzip file: `), error.message);
    return true;
  });
});

test("a folder means the connection logs in it and below, by name, each once", async () => {
  const logs = join(folder, "logs");
  await mkdir(join(logs, "2024-04-19"), { recursive: true });
  await mkdir(join(logs, ".state"));
  const write = (name: string, content: string | Buffer) => file(join("logs", name), content);
  const second = await write("conn.log", json);
  const first = await write(join("2024-04-19", "conn.00-01.log.gz"), gzipSync(tsv));
  await write("dns.log", tsv.replace("#path\tconn", "#path\tdns"));
  await write("stderr.log", "warning: something\n");
  await write("empty.log", "");
  await write(join(".state", "conn.log"), tsv);
  await symlink(logs, join(logs, "loop"));
  await symlink(join(logs, "gone"), join(logs, "dangling"));

  const paths = (found: readonly { path: string }[]) => found.map(({ path }) => path);
  assert.deepEqual(paths(await findConnectionLogs([logs])), [first, second]);
  assert.deepEqual(paths(await findConnectionLogs([second, logs, "-", second, "-"])), [second, first, "-"]);
});

test("a folder without a connection log is refused", async () => {
  const other = join(folder, "other");
  await mkdir(other);
  await refuses(other, "has no connection log among its 0 files");
  await file(join("other", "text.log"), "Lorem ipsum\n");
  await refuses(other, "has no connection log among its 1 file");
});

test("what may not be read is refused, also in a folder", async (t) => {
  if (process.platform === "win32") return t.skip("Windows has other permissions");
  const closed = join(folder, "closed");
  await mkdir(join(closed, "below"), { recursive: true });
  await file(join("closed", "a.log"), tsv);
  const unreadable = await file(join("closed", "b.log"), tsv);
  await chmod(folder, 0o755);
  await chmod(unreadable, 0o000);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.("nobody");
  try {
    const denied = `${unreadable} cannot be read: permission denied`;
    await assert.rejects(findConnectionLogs([closed]), { name: "InputError", message: denied });
    await assert.rejects(findConnectionLogs([unreadable]), { name: "InputError", message: denied });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  await chmod(unreadable, 0o644);
  await chmod(join(closed, "below"), 0o000);
  if (isRoot) process.seteuid?.("nobody");
  try {
    const denied = `${join(closed, "below")} cannot be read: permission denied`;
    await assert.rejects(findConnectionLogs([closed]), { name: "InputError", message: denied });
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(join(closed, "below"), 0o755);
  }
});

realLogTest("a text that is called a log is refused", async (zeek) => {
  await refuses(join(zeek, "not-a-log.conn.log"), noLog);
});

realLogTest(
  "in a folder of real logs, TSV and JSON are found side by side, and the text is passed over",
  async (zeek) => {
    const logs = await findConnectionLogs([zeek]);
    assert.equal(logs.length, 12);
    assert.ok(!logs.some(({ path }) => path.includes("not-a-log")));
  },
);
