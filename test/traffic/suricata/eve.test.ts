import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";

/** Made up, in the form of Suricata's manual. */
const flow = {
  timestamp: "2026-01-05T08:01:10.000000+0100",
  flow_id: 1_234_567_890_123_456,
  in_iface: "eth0",
  event_type: "flow",
  src_ip: "10.0.0.1",
  src_port: 40_000,
  dest_ip: "10.0.1.8",
  dest_port: 443,
  proto: "TCP",
  app_proto: "tls",
  flow: {
    ...{ pkts_toserver: 9, pkts_toclient: 7, bytes_toserver: 1369, bytes_toclient: 5372 },
    ...{ start: "2026-01-05T08:00:05.250000+0100", end: "2026-01-05T08:00:07.750000+0100", age: 2 },
    ...{ state: "closed", reason: "timeout", alerted: false },
  },
  tcp: { tcp_flags: "1b", tcp_flags_ts: "1b", tcp_flags_tc: "1b", syn: true, fin: true, state: "closed" },
};
type Flow = Omit<typeof flow, "tcp" | "app_proto"> & { tcp?: object; app_proto?: string };

function parse(record: object) {
  const parser = new ConnectionLogParser("eve.json");
  return { connection: parser.parse(JSON.stringify(record), 1), parser };
}

const stateOf = (record: object) => parse(record).connection?.state;

test("a flow is a connection, with the bytes of whole packets", () => {
  const { connection, parser } = parse(flow);
  assert.deepEqual(connection, {
    uid: "1234567890123456",
    start: 1_767_596_405.25,
    duration: 2.5,
    protocol: "tcp",
    sourceHost: "10.0.0.1",
    sourcePort: 40_000,
    destinationHost: "10.0.1.8",
    destinationPort: 443,
    state: "SF",
    sourceBytes: 1369,
    destinationBytes: 5372,
    sourcePackets: 9,
    destinationPackets: 7,
    application: "tls",
  });
  assert.equal(parser.form?.name, "suricata");
});

test("other events are counted, and not read", () => {
  const { connection, parser } = parse({ ...flow, event_type: "alert" });
  assert.equal(connection, undefined);
  assert.deepEqual(parser.others, { count: 1, log: "alert" });
});

test("the state of tcp is that of both sides' flags, or what flow.state says for sure", () => {
  const flags = (tcp_flags_ts: string, tcp_flags_tc: string) =>
    stateOf({ ...flow, tcp: { tcp_flags_ts, tcp_flags_tc } });
  assert.equal(flags("02", "00"), "S0");
  assert.equal(flags("02", "14"), "REJ");
  assert.equal(flags("1f", "1b"), "RSTO");
  assert.equal(flags("1a", "12"), "S1");
  const untracked = (state: string, pkts_toclient: number) =>
    stateOf({
      ...flow,
      flow: { ...flow.flow, state, pkts_toclient },
      tcp: { tcp_flags_ts: "00", tcp_flags_tc: "00" },
    });
  assert.equal(untracked("new", 0), "S0");
  assert.equal(untracked("established", 7), "S1");
  assert.equal(untracked("new", 1), undefined);
  assert.equal(untracked("closed", 7), undefined);
  const { tcp: _, ...without }: Flow = flow;
  assert.equal(stateOf({ ...without, flow: { ...flow.flow, state: "bypassed" } }), undefined);
});

test("udp has been answered or not, icmp has type and code, an unknown protocol is none", () => {
  const { tcp: _, app_proto: __, src_port: ___, dest_port: ____, ...ends } = flow;
  const udp = { ...ends, src_port: 5353, dest_port: 53, proto: "UDP", app_proto: "failed" };
  assert.equal(parse(udp).connection?.state, "SF");
  assert.equal(parse(udp).connection?.application, undefined);
  assert.equal(stateOf({ ...udp, flow: { ...flow.flow, pkts_toclient: 0 } }), "S0");
  const icmp = parse({ ...ends, proto: "IPv6-ICMP", icmp_type: 128, icmp_code: 0 }).connection;
  assert.deepEqual(
    [icmp?.protocol, icmp?.sourcePort, icmp?.destinationPort, icmp?.state],
    ["icmp", 128, 0, "OTH"],
  );
  assert.equal(parse({ ...ends, proto: "GRE" }).connection?.sourcePort, 0);
});

test("a missing or bad field is refused by its name", () => {
  const refuses = (record: object, reason: string) =>
    assert.throws(() => parse(record), { name: "InputError", message: `eve.json, line 1: ${reason}` });
  refuses({ ...flow, flow: undefined }, "flow.start is missing");
  refuses({ ...flow, src_ip: "10.0.0" }, "src_ip must be an IP address, got '10.0.0'");
  refuses({ ...flow, dest_port: undefined }, "dest_port is missing");
  refuses({ ...flow, flow_id: undefined }, "flow_id must be an identifier, got ''");
  const end = "2026-01-05T08:00:05.249999+0100";
  refuses(
    { ...flow, flow: { ...flow.flow, end } },
    `flow.end must be no earlier than flow.start, got '${end}'`,
  );
});
