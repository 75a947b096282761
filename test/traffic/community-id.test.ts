import assert from "node:assert/strict";
import { test } from "node:test";
import { communityId } from "traffic-anomaly/dist/traffic/community-id";
import { ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";

// Published with the specification, in its baseline of seed 0.
const cases: [string, string, number, string, number, string][] = [
  ["tcp", "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="],
  ["udp", "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="],
  ["icmp", "192.168.0.89", 8, "192.168.0.1", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="],
  ["icmp", "fe80::200:86ff:fe05:80da", 135, "fe80::260:97ff:fe07:69ea", 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="],
];

test("the Community ID is that of the specification's examples, whichever end began", () => {
  for (const [protocol, sourceHost, sourcePort, destinationHost, destinationPort, expected] of cases) {
    assert.equal(
      communityId({ protocol, sourceHost, sourcePort, destinationHost, destinationPort }),
      expected,
    );
    if (protocol === "icmp") continue;
    const [back, port] = [destinationHost, destinationPort];
    assert.equal(
      communityId({
        protocol,
        sourceHost: back,
        sourcePort: port,
        destinationHost: sourceHost,
        destinationPort: sourcePort,
      }),
      expected,
    );
  }
});

test("without addresses, or with a protocol that has no number, there is none", () => {
  const ends = { sourceHost: "printer", sourcePort: 1, destinationHost: "10.0.0.1", destinationPort: 2 };
  assert.equal(communityId({ protocol: "tcp", ...ends }), undefined);
  assert.equal(communityId({ protocol: "unknown_transport", ...ends, sourceHost: "10.0.0.2" }), undefined);
});

test("a log's own Community ID is read, and one that is none is no reason to refuse a line", () => {
  const record = {
    ts: 1,
    uid: "C",
    "id.orig_h": "10.0.0.1",
    "id.orig_p": 1,
    "id.resp_h": "10.0.0.2",
    "id.resp_p": 2,
  };
  const given = (community_id: unknown) =>
    new ConnectionLogParser("conn.log").parse(
      JSON.stringify({ ...record, proto: "tcp", conn_state: "S0", community_id }),
      1,
    )?.communityId;
  const id = cases[0][5];
  assert.deepEqual([given(id), given("<b>"), given(7)], [id, undefined, undefined]);
});
