import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionFeatures, fitPreprocessor } from "traffic-anomaly";
import { reasonWords } from "traffic-anomaly/dist/detect/reasons/wording";
import type { TypicalValue } from "traffic-anomaly/dist/models/typical-values";
import { tableOf } from "../../fixtures/table";
import { connectionOf } from "../../traffic/connections";

const medians: Readonly<Record<string, number>> = {
  duration: 0.32,
  src_bytes: 512,
  dst_bytes: 4_200,
  count: 2,
  srv_count: 3,
  same_srv_rate: 1,
  dst_host_count: 255,
  dst_host_srv_count: 255,
  dst_host_same_srv_rate: 1,
};
const names = {
  protocol_type: { tcp: 0.96, udp: 0.04 },
  service: { http: 0.64, dns: 0.2, smtp: 0.001 },
  flag: { SF: 0.96, S0: 0.04 },
};
const numberAround = (median: number, low = median, high = median): TypicalValue => ({
  ...{ kind: "number", low, median, high },
});
const usual = new Map<string, TypicalValue>(
  connectionFeatures.map(({ name, measure }) =>
    measure === "nominal"
      ? [
          name,
          {
            kind: "name",
            names: Object.entries(names[name as keyof typeof names]).map(([name, share]) => ({
              name,
              share,
            })),
          },
        ]
      : [name, numberAround(medians[name] ?? 0)],
  ),
);
const telnet = connectionOf({ destinationPort: 23, sourcePort: 1025 });
const ping = connectionOf({ protocol: "icmp", sourcePort: 8, destinationPort: 0 });

const say = (
  feature: string,
  value: number | string,
  others: Readonly<Record<string, number>> = {},
  connection = telnet,
) => reasonWords(feature, value, (name) => others[name] ?? 0, usual, connection);

const sentences: [ReturnType<typeof say>, string][] = [
  [say("duration", 0.0004), "lasted < 1 ms; usual: 320 ms"],
  [say("duration", 83), "lasted 83 s; usual: 320 ms"],
  [say("duration", 7980), "lasted 2.2 h; usual: 320 ms"],
  [say("duration", 1e6), "lasted 12 days; usual: 320 ms"],
  [say("protocol_type", "udp"), "protocol udp; usual: tcp 96 %, udp 4 %"],
  [say("service", "telnet"), "service telnet, port 23; usual: http 64 %, dns 20 %, smtp < 1 %"],
  [say("service", "icmp-echo", {}, ping), "service icmp-echo; usual: http 64 %, dns 20 %, smtp < 1 %"],
  [say("flag", "S0"), "got no answer (S0); usual: SF 96 %, S0 4 %"],
  [say("flag", "RSTO"), "was reset by the source (RSTO); usual: SF 96 %, S0 4 %"],
  [say("src_bytes", 3_141_592), "3.14 MB sent by the source; usual: 512 B"],
  [say("dst_bytes", 999_600), "1 MB sent by the destination; usual: 4.2 kB"],
  [say("land", 1), "same address and port at both ends; usual: different"],
  [say("count", 412), "412 connections to this host within 2 s; usual: 2"],
  [say("count", 511), "511 or more connections to this host within 2 s; usual: 2"],
  [say("srv_count", 1), "1 connection to port 23 within 2 s; usual: 3"],
  [say("srv_count", 40, {}, ping), "40 connections of icmp type 8 within 2 s; usual: 3"],
  [
    say("serror_rate", 0.98, { count: 50 }),
    "98 % of the connections to this host within 2 s stayed unanswered or open; usual: 0 %",
  ],
  [
    say("srv_serror_rate", 0.98, { srv_count: 50 }),
    "98 % of the connections to port 23 within 2 s stayed unanswered or open; usual: 0 %",
  ],
  [
    say("rerror_rate", 0.5, { count: 40 }),
    "50 % of the connections to this host within 2 s were rejected or reset; usual: 0 %",
  ],
  [
    say("srv_rerror_rate", 0.5, { srv_count: 40 }),
    "50 % of the connections to port 23 within 2 s were rejected or reset; usual: 0 %",
  ],
  [
    say("same_srv_rate", 0.03, { count: 200 }),
    "3 % of the connections to this host within 2 s went to port 23; usual: 100 %",
  ],
  [say("diff_srv_rate", 0.5, { count: 74 }), "37 services of this host contacted within 2 s; usual: 1"],
  [say("srv_diff_host_rate", 1, { srv_count: 412 }), "412 hosts contacted on port 23 within 2 s; usual: 1"],
  [
    say("srv_diff_host_rate", 1, { srv_count: 9 }, ping),
    "9 hosts contacted by icmp type 8 within 2 s; usual: 1",
  ],
  [say("dst_host_count", 1), "1 connection to this host lately; usual: 255"],
  [say("dst_host_srv_count", 7), "7 connections to port 23 lately; usual: 255"],
  [
    say("dst_host_same_srv_rate", 0.1, { dst_host_count: 255 }),
    "10 % of the last 255 connections to this host went to port 23; usual: 100 %",
  ],
  [
    say("dst_host_diff_srv_rate", 0.5, { dst_host_count: 180 }),
    "90 services contacted by the last 180 connections to this host; usual: 1",
  ],
  [
    say("dst_host_same_src_port_rate", 1, { dst_host_count: 40 }),
    "100 % of the last 40 connections to this host came from port 1025; usual: 0 %",
  ],
  [
    say("dst_host_srv_diff_host_rate", 0.4, { dst_host_srv_count: 255 }),
    "102 hosts contacted by the last 255 connections to port 23; usual: 1",
  ],
  [
    say("dst_host_serror_rate", 0.996, { dst_host_count: 255 }),
    "> 99 % of the last 255 connections to this host stayed unanswered or open; usual: 0 %",
  ],
  [
    say("dst_host_srv_serror_rate", 0.9, { dst_host_srv_count: 255 }),
    "90 % of the last 255 connections to port 23 stayed unanswered or open; usual: 0 %",
  ],
  [
    say("dst_host_rerror_rate", 0.9, { dst_host_count: 20 }),
    "90 % of the last 20 connections to this host were rejected or reset; usual: 0 %",
  ],
  [
    say("dst_host_srv_rerror_rate", 1, { dst_host_srv_count: 201 }),
    "> 99 % of the last 201 connections to port 23 were rejected or reset; usual: 0 %",
  ],
  [
    say("same_srv_rate", 0, { count: 511 }),
    "< 1 % of the connections to this host within 2 s went to port 23; usual: 100 %",
  ],
];

for (const [said, expected] of sentences) {
  test(expected, () => {
    assert.equal(said, expected);
  });
}

test("every feature of connections has words of its own", () => {
  for (const { name, measure } of connectionFeatures) {
    const said = say(name, measure === "nominal" ? "xyz" : measure === "flag" ? 1 : 0.5, {
      count: 10,
      srv_count: 10,
      dst_host_count: 10,
      dst_host_srv_count: 10,
    });
    assert.ok(said, name);
    assert.ok(measure === "nominal" || !said.startsWith(name), said);
  }
});

test("a value that reads as the usual one is no reason", () => {
  assert.equal(say("duration", 0.3204), undefined);
  assert.equal(say("service", "http"), undefined);
  assert.equal(say("serror_rate", 0, { count: 5 }), undefined);
});

test("nor is the time between two connections, the only ones of their pair", () => {
  const pairs = new Map([["pair_interval", numberAround(60, 1, 600)]]);
  const every = (connections: number) =>
    reasonWords("pair_interval", 54_000, () => connections, pairs, telnet);
  assert.equal(every(2), undefined);
  assert.match(every(3)!, /^1 connection every 15 h; usual: /);
});

test("neither is one that nearly is", () => {
  assert.equal(say("dst_host_count", 250), undefined, "usual: 255");
  assert.ok(say("dst_host_count", 200));
});

test("nor are no more different services or hosts than usual, of however many connections", () => {
  const several = new Map(usual)
    .set("dst_host_diff_srv_rate", numberAround(0.02))
    .set("dst_host_count", numberAround(250, 1, 255));
  const services = (rate: number, among: number) =>
    reasonWords("dst_host_diff_srv_rate", rate, () => among, several, telnet);
  assert.equal(services(1, 5), undefined, "5 of 5, usually 5 of 250");
  assert.equal(services(1, 6), "6 services contacted by the last 6 connections to this host; usual: 5");
});

test("a share of fewer than ten connections says nothing", () => {
  assert.equal(say("dst_host_same_src_port_rate", 1, { dst_host_count: 9 }), undefined);
  assert.ok(say("dst_host_same_src_port_rate", 1, { dst_host_count: 10 }));
  const { steps } = fitPreprocessor(tableOf({ rerror_rate: [0, 0] }));
  assert.equal(
    reasonWords("rerror_rate", 0.33, () => 3, usual, telnet, steps[0]),
    undefined,
    "33 % of the last 3, never seen in training",
  );
});

test("what lies in the usual range is no reason, and the range is told with what does not", () => {
  const ranged = new Map(usual).set("dst_host_count", numberAround(255, 12, 255));
  const connections = (count: number) => reasonWords("dst_host_count", count, () => 0, ranged, telnet);
  assert.equal(connections(1), "1 connection to this host lately; usual: 12 to 255");
  assert.equal(connections(12), undefined);
  assert.equal(connections(40), undefined, "far from the median");
  assert.equal(connections(11), undefined, "nearly");
  assert.equal(say("service", "dns"), undefined, "a fifth of the connections");
  assert.ok(say("service", "smtp"));
});

test("a value that no training row had is said to be new, however near to the usual it is", () => {
  const table = tableOf({ count: [0, 2, 2], service: ["http", "smtp", "http"], serror_rate: [0, 0, 0] });
  const [count, service, rate] = fitPreprocessor(table).steps;
  const others = () => 10;
  assert.equal(
    reasonWords("count", 3, others, usual, telnet, count),
    "3 connections to this host within 2 s, beyond anything in training (at most 2); usual: 2",
  );
  assert.equal(
    reasonWords("service", "telnet", others, usual, telnet, service),
    "service telnet, port 23, never seen in training; usual: http 64 %, dns 20 %, smtp < 1 %",
  );
  assert.match(
    reasonWords("serror_rate", 1, others, usual, telnet, rate) ?? "",
    /, always 0 % in training; usual: /,
  );
});
