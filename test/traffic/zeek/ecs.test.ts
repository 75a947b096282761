import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";

/** Made up, in the fields of Elastic's integration; what is read of it. */
const filebeat = {
  "@timestamp": "2026-01-05T08:00:05.331Z",
  agent: { name: "sensor", type: "filebeat" },
  event: { dataset: "zeek.connection", duration: 76_967_000, id: "C1" },
  source: { address: "10.0.0.1", ip: "10.0.0.1", port: 38_334, bytes: 103, packets: 1 },
  destination: { address: "10.0.1.8", ip: "10.0.1.8", port: 53, bytes: 206, packets: 1 },
  network: { transport: "udp", protocol: "dns", direction: "external" },
  zeek: { session_id: "C1", connection: { history: "Dd", state: "SF", missed_bytes: 0 } },
};
const read: Connection = {
  uid: "C1",
  start: 1_767_600_005.331,
  duration: 0.076967,
  protocol: "udp",
  sourceHost: "10.0.0.1",
  sourcePort: 38_334,
  destinationHost: "10.0.1.8",
  destinationPort: 53,
  state: "SF",
  sourceBytes: 103,
  destinationBytes: 206,
  sourcePackets: 1,
  destinationPackets: 1,
  application: "dns",
};
/** The same connection as Security Onion stores it. */
const securityOnion = {
  "@timestamp": "2026-01-05T08:00:05.331Z",
  event: { dataset: "conn", duration: 0.076967, module: "zeek" },
  source: { ip: "10.0.0.1", port: 38_334 },
  client: { ip: "10.0.0.1", port: 38_334, bytes: 75, ip_bytes: 103, packets: 1 },
  destination: { ip: "10.0.1.8", port: 53 },
  server: { ip: "10.0.1.8", port: 53, bytes: 178, packets: 1 },
  network: { transport: "udp", protocol: "dns", bytes: 253 },
  connection: { state: "SF", history: "Dd" },
  log: { id: { uid: "C1" } },
};
const payload = { ...read, sourceBytes: 75, destinationBytes: 178 };

function dotted(value: object, prefix = ""): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      typeof inner === "object"
        ? Object.entries(dotted(inner, `${prefix}${name}.`))
        : [[prefix + name, inner]],
    ),
  );
}

function parse(record: object): { connection?: Connection; form?: string; others: number } {
  const parser = new ConnectionLogParser("x");
  const connection = parser.parse(JSON.stringify(record), 1);
  return { connection, form: parser.form?.name, others: parser.others.count };
}

test("Filebeat's fields are read nested, dotted, and as a search's hit; durations are nanoseconds", () => {
  for (const record of [filebeat, dotted(filebeat), { _index: "logs-zeek", _source: filebeat }])
    assert.deepEqual(parse(record), { connection: read, form: "zeek-ecs", others: 0 });
});

test("Security Onion's are read with the payload's bytes; durations are seconds", () => {
  for (const record of [securityOnion, dotted(securityOnion)])
    assert.deepEqual(parse(record), { connection: payload, form: "zeek", others: 0 });
});

test("where the original line is at hand it is read instead, and counts as Zeek's own", () => {
  const { uid, start, duration, sourceHost, sourcePort, destinationHost, destinationPort } = payload;
  const original = JSON.stringify({
    ...{ ts: start, uid, proto: "udp", service: "dns", duration, conn_state: "SF" },
    ...{ "id.orig_h": sourceHost, "id.orig_p": sourcePort, "id.resp_h": destinationHost },
    ...{ "id.resp_p": destinationPort, orig_bytes: 75, resp_bytes: 178, orig_pkts: 1, resp_pkts: 1 },
  });
  const bare = {
    "@timestamp": "2026-01-05T08:01:00Z",
    log: { file: { path: "conn.log" } },
    message: original,
  };
  const kept = { ...filebeat, event: { ...filebeat.event, original } };
  for (const record of [bare, kept])
    assert.deepEqual(parse(record), { connection: payload, form: "zeek", others: 0 });
  assert.deepEqual(parse({ ...filebeat, message: "{not JSON" }).connection, read);
});

test("a gap is found, and the history tells a state that is not set, in both", () => {
  const tcp = { network: { transport: "tcp" } };
  const connection = { history: "ShADadFf", missed_bytes: 9 };
  for (const record of [
    { ...filebeat, ...tcp, zeek: { session_id: "C1", connection } },
    { ...securityOnion, ...tcp, connection: { history: "ShADadFf", bytes: { missed: 9 } } },
  ]) {
    const found = parse(record).connection;
    assert.deepEqual([found?.state, found?.hasGap], ["SF", true]);
  }
});

test("the type and code of icmp are found where Elastic's integration puts them", () => {
  const { port: _, ...source } = filebeat.source;
  const { port: __, ...destination } = filebeat.destination;
  const icmp = {
    ...{ ...filebeat, source, destination, network: { transport: "icmp" } },
    zeek: { session_id: "C1", connection: { state: "OTH", icmp: { type: 8, code: 0 } } },
  };
  const { application: ___, ...others } = read;
  const expected = { ...others, protocol: "icmp", sourcePort: 8, destinationPort: 0, state: "OTH" };
  assert.deepEqual(parse(icmp).connection, expected);
});

test("records of Zeek's other logs are counted, not read", () => {
  const dns = { ...filebeat, event: { dataset: "zeek.dns" }, zeek: { session_id: "C1", dns: {} } };
  assert.deepEqual(parse(dns), { connection: undefined, form: undefined, others: 1 });
  const other = { ...securityOnion, event: { dataset: "dns", module: "zeek" } };
  assert.deepEqual(parse(other), { connection: undefined, form: undefined, others: 1 });
});

test("a missing or bad field is refused by its name", () => {
  const refuses = (record: object, reason: string) =>
    assert.throws(() => parse(record), { name: "InputError", message: `x, line 1: ${reason}` });
  refuses({ ...filebeat, source: {} }, "source.ip is missing");
  refuses(
    { ...filebeat, "@timestamp": "soon" },
    "@timestamp must be a time, as seconds or as in ISO 8601, got 'soon'",
  );
  refuses({ ...filebeat, network: {} }, "network.transport is missing");
  refuses(
    { ...filebeat, destination: { ...filebeat.destination, bytes: -1 } },
    "destination.bytes must be a finite number of at least 0, got '-1'",
  );
});
