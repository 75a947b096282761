import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { InputError } from "traffic-anomaly";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { BadLineError, ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";
import { zeekHeader, zeekJsonLine, zeekTsvLine } from "traffic-anomaly/dist/traffic/zeek/write-log";
import { someConnections } from "./logs";

const [connection] = someConnections(1);
const names = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state"];
const minimal = ["1.5", "C1", "10.0.0.1", "1025", "::1", "80", "tcp", "S0"];
const read: Connection = {
  uid: "C1",
  start: 1.5,
  duration: 0,
  protocol: "tcp",
  sourceHost: "10.0.0.1",
  sourcePort: 1025,
  destinationHost: "::1",
  destinationPort: 80,
  state: "S0",
  sourceBytes: 0,
  destinationBytes: 0,
};

/** What the last line gives after those before it. */
function parse(...lines: readonly string[]): Connection | undefined {
  const parser = new ConnectionLogParser("conn.log");
  const results = lines.map((line, i) => parser.parse(line, i + 1));
  return results[results.length - 1];
}

function columns(values: Readonly<Record<string, string>>): string[] {
  return [`#fields\t${Object.keys(values).join("\t")}`, Object.values(values).join("\t")];
}

const good = Object.fromEntries(names.map((name, i) => [name, minimal[i]]));

function refusesColumn(values: Readonly<Record<string, string>>, reason: string): void {
  assert.throws(() => parse(...columns({ ...good, ...values })), {
    name: "InputError",
    message: `conn.log, line 2: ${reason}`,
  });
}

test("a TSV log needs no more of a header than the names of the columns", () => {
  assert.deepEqual(parse(...columns(good)), read);
  const types = "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring";
  assert.deepEqual(parse("#separator \\x09", columns(good)[0], types, columns(good)[1]), read);
});

test("columns may stand in any order, under names with underscores, among others", () => {
  const turned = Object.entries(good).reverse();
  assert.deepEqual(parse(...columns(Object.fromEntries([["_node_name", "worker-1"], ...turned]))), read);
  const underscored = turned.map(([name, value]) => [name.replace("id.", "id_"), value]);
  assert.deepEqual(parse(...columns(Object.fromEntries(underscored))), read);
});

test("separators and what stands for no value are as the header says", () => {
  const fields = [...names, "service", "label", "duration"];
  const values = [...minimal, "krb;smb", "NONE", "?"];
  assert.deepEqual(
    parse(
      "#separator \\x2c",
      "#set_separator,;",
      "#empty_field,NONE",
      "#unset_field,?",
      `#fields,${fields}`,
      `${values}`,
    ),
    { ...read, application: "krb,smb" },
  );
  const separator = "::=";
  assert.throws(() => parse(`#separator ${separator}`, `#fields${separator}${names.join(separator)}`, "1"), {
    message: "conn.log, line 3: expected 8 columns, found 1",
  });
});

test("three spaces separate the label columns of IoT-23, in header and rows", () => {
  const header = `#fields\t${names.join("\t")}\ttunnel_parents   label   detailed-label`;
  const row = `${minimal.join("\t")}\t(empty)   Malicious   PartOfAHorizontalPortScan`;
  const labelled = { ...read, label: "Malicious", detailedLabel: "PartOfAHorizontalPortScan" };
  assert.deepEqual(parse(header, row), labelled);
  assert.deepEqual(parse(header, row.replaceAll("   ", "\t")), labelled);
  assert.deepEqual(parse(header, `${minimal.join("\t")}\t-   -   -`), read);
});

test("Zeek's escapes stand for what they say", () => {
  const values = { ...good, service: "\\x2d", label: "a\\x5cb \\xc3\\xa4 \\\\x41" };
  assert.deepEqual(parse(...columns(values)), { ...read, application: "-", label: "a\\b ä \\x41" });
});

test("a byte order mark, carriage returns, blank lines and comments change nothing", () => {
  const [header, row] = columns(good);
  assert.deepEqual(
    parse(`\ufeff${header}\r`, "", "  \r", "# a remark", "#close\t2014-04-03-10-08-28\r", `${row}\r`),
    read,
  );
  assert.equal(parse(header, row, "#close\t2014-04-03-10-08-28"), undefined);
});

test("a header in the middle holds from there on", () => {
  const [first, ...others] = names;
  const row = [...minimal.slice(1), "1.5"].join("\t");
  assert.deepEqual(
    parse(...columns(good), "#separator \\x09", `#fields\t${others.join("\t")}\t${first}`, row),
    read,
  );
});

test("a JSON record has dotted or underscored keys, and may be wrapped and among those of other logs", () => {
  const record = zeekJsonLine(connection);
  assert.deepEqual(parse(record), connection);
  assert.deepEqual(parse(record.replaceAll("id.", "id_")), connection);
  assert.deepEqual(parse(`{"conn": ${record}}`), connection);
  assert.deepEqual(parse(record.replace("{", '{"_path": "conn", ')), connection);
  assert.equal(parse(`{"dns": ${record}}`), undefined);
  const parser = new ConnectionLogParser("x");
  assert.equal(parser.parse(record.replace("{", '{"_path": "dns", '), 1), undefined);
  assert.deepEqual(parser.others, { count: 1, log: "dns" });
  assert.equal(parser.parse('{"ts":1.5,"uid":"C","request_body_len":0}', 2), undefined);
  assert.deepEqual(parser.others, { count: 2, log: "dns" });
});

test("a JSON record may have an object for the ends, and texts for numbers", () => {
  const record = JSON.parse(zeekJsonLine(connection));
  const ends = Object.keys(record).filter((name) => name.startsWith("id."));
  const id = Object.fromEntries(ends.map((name) => [name.slice(3), record[name]]));
  const others = Object.fromEntries(Object.entries(record).filter(([name]) => !ends.includes(name)));
  assert.deepEqual(parse(JSON.stringify({ ...others, id })), connection);
  const texts = Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
  assert.deepEqual(parse(JSON.stringify(texts)), connection);
});

test("a state that is unset is left out, and bytes that are count as none", () => {
  const { state: _, ...stateless } = read;
  assert.deepEqual(parse(...columns({ ...good, conn_state: "-", orig_bytes: "-" })), stateless);
  for (const conn_state of [null, "-", undefined]) {
    const json = { ...good, orig_bytes: "-", missed_bytes: 0, conn_state };
    assert.deepEqual(parse(JSON.stringify(json)), stateless);
  }
});

test("a JSON record without fields that only connections have is refused", () => {
  const { conn_state: _, ...others } = good;
  assert.throws(() => parse(JSON.stringify({ ...others, mine: "example.org" })), {
    message: "conn.log, line 1: conn_state is missing, which records of connections have",
  });
  assert.throws(() => parse('{"a": 1}'), {
    message: "conn.log, line 1: it is no record of a log that is read",
  });
});

test("times are seconds from anywhere, ISO 8601 to the microsecond, or milliseconds, of four-digit years", () => {
  const json = (ts: unknown) => parse(JSON.stringify({ ...JSON.parse(zeekJsonLine(connection)), ts }))?.start;
  const tsv = (ts: string) => parse(...columns({ ...good, ts }))?.start;
  for (const start of [json, tsv]) {
    assert.equal(start("2019-12-03T22:44:56.052279Z"), 1575413096.052279);
    assert.equal(start("2019-12-03T22:44:56.052279"), 1575413096.052279);
    assert.equal(start("2019-12-03T23:44:56+0100"), 1575413096);
    assert.equal(start("1969-12-31T23:59:59.250000Z"), -0.75);
    assert.throws(() => start("2019-13-03T22:44:56Z"), /must be a time/);
    assert.equal(start("9999-12-31T23:59:59Z"), 253_402_300_799);
    assert.throws(
      () => start("0000-01-01T00:00:00Z"),
      /ts\)? must be a time of the years 1 to 9999, got '0000-/,
    );
  }
  for (const start of [(value: number) => tsv(String(value)), json]) {
    assert.equal(start(1575413096052), 1575413096.052);
    assert.equal(start(99_999_999_999), 99_999_999_999);
    assert.equal(start(-1e11), -1e8);
    for (const value of [253_402_300_800_000, -62_135_596_801_000, 1575413096052279, 1e300])
      assert.throws(() => start(value), /ts\)? must be a time of the years 1 to 9999, got '-?\d/);
  }
  assert.equal(tsv("19.98"), 19.98);
  assert.equal(json(19.98), 19.98);
});

test("a service that is a list in JSON is one name with commas", () => {
  const fields = { ...JSON.parse(zeekJsonLine(connection)), service: ["gssapi", "smb"] };
  assert.equal(parse(JSON.stringify(fields))?.application, "gssapi,smb");
  assert.equal(parse(JSON.stringify({ ...fields, service: [] }))?.application, undefined);
});

test("duration, bytes, service and labels may be missing, unset or null", () => {
  const optional = ["duration", "orig_bytes", "resp_bytes", "service", "label", "detailedlabel"];
  const unset = Object.fromEntries(optional.map((name) => [name, "-"]));
  assert.deepEqual(parse(...columns({ ...good, ...unset })), read);
  assert.deepEqual(parse(...columns({ ...good, service: "(empty)", label: "" })), read);
  const json = {
    ...good,
    ...{ ts: 1.5, "id.orig_p": 1025, "id.resp_p": 80 },
    ...Object.fromEntries(optional.map((name) => [name, null])),
  };
  assert.deepEqual(parse(JSON.stringify(json)), read);
});

test("a missing column is refused by its name, as TSV for the whole log", () => {
  for (const name of names) {
    const { [name]: _, ...others } = good;
    assert.throws(() => parse(...columns(others)), {
      message: `conn.log, line 1: the log has no column ${name}, which connection logs have`,
    });
    if (name === "conn_state") continue; // it may be unset
    const { [name]: __, ...fields } = JSON.parse(zeekJsonLine(connection));
    assert.throws(() => parse(JSON.stringify(fields)), { message: `conn.log, line 1: ${name} is missing` });
    refusesColumn({ [name]: "-" }, `column ${names.indexOf(name) + 1} (${name}) is unset`);
  }
});

test("a bad value is refused by line, column and value", () => {
  refusesColumn({ ts: "soon" }, "column 1 (ts) must be a time, as seconds or as in ISO 8601, got 'soon'");
  refusesColumn({ uid: "" }, "column 2 (uid) must be an identifier, got ''");
  refusesColumn(
    { "id.orig_h": "10.0.0.256" },
    "column 3 (id.orig_h) must be an IP address, got '10.0.0.256'",
  );
  for (const port of ["65536", "-1", "80.5", "http", "0x50", "1e400", ""]) {
    refusesColumn(
      { "id.resp_p": port },
      `column 6 (id.resp_p) must be an integer in [0, 65535], got '${port}'`,
    );
  }
  refusesColumn({ proto: "" }, "column 7 (proto) must be a name, got ''");
  refusesColumn({ conn_state: "S\x1b[31m0" }, "column 8 (conn_state) must be a name, got 'S\ufffd[31m0'");
  for (const duration of ["-0.1", "NaN", "Infinity", "1e999", "3,5"]) {
    refusesColumn(
      { duration },
      `column 9 (duration) must be a finite number of at least 0, got '${duration}'`,
    );
  }
  refusesColumn({ label: "x".repeat(101) }, `column 9 (label) must be a name, got '${"x".repeat(40)}…'`);
  assert.throws(() => parse(...columns(good).slice(0, 1), "1\t2"), {
    message: "conn.log, line 2: expected 8 columns, found 2",
  });
  assert.throws(() => parse(...columns(good).slice(0, 1), `${minimal.join("\t")}\t`), {
    message: "conn.log, line 2: expected 8 columns, found 9",
  });
});

test("a bad field of a JSON record is refused by line, name and value", () => {
  const fields = JSON.parse(zeekJsonLine(connection));
  const refuses = (change: object, reason: string) =>
    assert.throws(() => parse(JSON.stringify({ ...fields, ...change })), {
      message: `conn.log, line 1: ${reason}`,
    });
  refuses({ ts: true }, "ts must be a time, as seconds or as in ISO 8601, got 'true'");
  refuses({ uid: 7 }, "uid must be a text, got '7'");
  refuses({ "id.orig_p": "80.5" }, "id.orig_p must be an integer in [0, 65535], got '80.5'");
  refuses({ "id.orig_p": "" }, "id.orig_p must be an integer in [0, 65535], got ''");
  refuses({ orig_bytes: true }, "orig_bytes must be a finite number of at least 0, got 'true'");
  refuses({ conn_state: 7 }, "conn_state must be a text, got '7'");
  refuses({ orig_bytes: -1 }, "orig_bytes must be a finite number of at least 0, got '-1'");
  refuses({ "id.resp_h": ["::1"] }, "id.resp_h must be a text, got 'a list'");
  refuses({ proto: {} }, "proto must be a text, got 'an object'");
  assert.throws(() => parse('{"ts": 1'), { message: "conn.log, line 1: it is not a JSON object" });
});

test("a bad line can be told from a log that can't be read at all", () => {
  assert.throws(() => parse(...columns({ ...good, ts: "x" })), BadLineError);
  const isAnotherLog = (error: unknown) => error instanceof InputError && !(error instanceof BadLineError);
  assert.throws(() => parse("#path\tdns"), isAnotherLog);
  assert.throws(() => parse("#path\tdns"), { message: "conn.log is a dns log, not a connection log" });
  assert.throws(() => parse("#fields\tts\tuid\tquery"), {
    message: "conn.log is a dns log, not a connection log",
  });
  assert.throws(() => parse("#path\talert"), { message: "conn.log is an alert log, not a connection log" });
});

test("a line without a header before it is refused", () => {
  assert.throws(() => parse(columns(good)[1]), {
    message: "conn.log, line 1: it is neither JSON nor after a header, as in the logs that are read",
  });
});

test("a connection keeps alive no text that it was cut from", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const parser = new ConnectionLogParser("x");
  for (const [i, line] of zeekHeader(0).split("\n").entries()) parser.parse(line, i + 1);
  const line = zeekTsvLine(connection);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 1000 }, (_, i) => {
    const block = Buffer.from(`${line}\n${"x".repeat(20_000)}${i}`).toString();
    return parser.parse(block.slice(0, line.length), 9);
  });
  collectGarbage();
  const each = (process.memoryUsage().heapUsed - before) / kept.length;
  assert.ok(each < 1000, `${each} bytes for each connection`);
});
