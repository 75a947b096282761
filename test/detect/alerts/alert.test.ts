import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert } from "traffic-anomaly";
import { libraryVersion } from "traffic-anomaly/dist/common/version";
import { createAlert, timestamp } from "traffic-anomaly/dist/detect/alerts/alert";
import { alertFields, alertFormat, alertForms } from "traffic-anomaly/dist/detect/alerts/alert-lines";
import { connectionOf } from "../../traffic/connections";

const score = { score: 0.7, threshold: 0.6, p_value: 0.01, verdict: "anomalous" } as const;

function alertOf(values: Parameters<typeof connectionOf>[0] = {}): Alert {
  const reason = {
    feature: "count",
    value: "412",
    usual: "1 (0 to 8)",
    share: 0.5,
    text: 'a, "b"; usual: 1',
  };
  return createAlert({
    model: "office",
    connection: connectionOf(values),
    incident: "0123456789abcdef",
    scores: new Map([["isolation-forest", score]]),
    pValue: 0.02,
    riskScore: 50,
    reasons: [reason],
  });
}

const given = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";

test("an alert is nested as ECS has it, and survives JSON", () => {
  const alert = alertOf({
    uid: "CAbc",
    start: 1655157610.743948,
    duration: 1.5,
    application: "HTTP",
    sourceBytes: 300,
    destinationBytes: 9000,
    sourcePackets: 5,
    destinationPackets: 8,
    label: "Malicious",
    communityId: given,
  });
  assert.deepEqual(JSON.parse(JSON.stringify(alert)), {
    "@timestamp": "2022-06-13T22:00:12.243948Z",
    ecs: { version: "8.11.0" },
    event: {
      kind: "alert",
      category: ["network"],
      type: ["info"],
      dataset: "traffic_anomaly.alert",
      id: "CAbc",
      start: "2022-06-13T22:00:10.743948Z",
      end: "2022-06-13T22:00:12.243948Z",
      created: "2022-06-13T22:00:12.243948Z",
      duration: 1_500_000_000,
      risk_score: 50,
    },
    message: '10.0.0.1 → 10.0.0.2, tcp port 80: a, "b"; usual: 1',
    observer: { type: "ids", product: "traffic-anomaly", version: libraryVersion },
    related: { ip: ["10.0.0.1", "10.0.0.2"] },
    source: { address: "10.0.0.1", ip: "10.0.0.1", port: 40_000, bytes: 300, packets: 5 },
    destination: { address: "10.0.0.2", ip: "10.0.0.2", port: 80, bytes: 9000, packets: 8 },
    network: {
      ...{ transport: "tcp", type: "ipv4", protocol: "http", community_id: given },
      ...{ bytes: 9300, packets: 13 },
    },
    traffic_anomaly: {
      model: "office",
      incident: "0123456789abcdef",
      p_value: 0.02,
      isolation_forest: score,
      reasons: [
        { feature: "count", value: "412", usual: "1 (0 to 8)", share: 0.5, text: 'a, "b"; usual: 1' },
      ],
      label: "Malicious",
    },
  });
});

test("icmp has type and code instead of ports, and a name of its own over IPv6", () => {
  const ping = { protocol: "icmp", sourcePort: 8, destinationPort: 0 };
  const alert = alertOf(ping);
  assert.deepEqual(alert.traffic_anomaly.icmp, { type: 8, code: 0 });
  assert.deepEqual([alert.source.port, alert.destination.port], [undefined, undefined]);
  assert.match(alert.message, /^10\.0\.0\.1 → 10\.0\.0\.2, icmp type 8: /);
  const v6 = alertOf({ ...ping, sourceHost: "fe80::1%eth0", destinationHost: "ff02::2" });
  assert.deepEqual([v6.network.transport, v6.network.type, v6.source.ip], ["ipv6-icmp", "ipv6", "fe80::1"]);
});

test("a host that is not an address has no ip, which an index would refuse", () => {
  const { source } = alertOf({ sourceHost: "printer" });
  assert.deepEqual([source.address, source.ip], ["printer", undefined]);
});

test("times are told to the microsecond; relative ones count from 1970", () => {
  assert.equal(timestamp(19.98), "1970-01-01T00:00:19.980000Z");
  assert.equal(timestamp(1.9999999), "1970-01-01T00:00:02.000000Z");
  assert.equal(timestamp(0), "1970-01-01T00:00:00.000000Z");
});

test("a line of CSV has a value for each column, quoted where it must be", () => {
  const line = alertForms.csv.line(alertOf());
  assert.ok(line.includes(',"a, ""b""; usual: 1",'));
  assert.equal(alertForms.csv.head.split(",").length, alertFields.length);
  assert.equal(line.replace(/"(""|[^"])*"/g, "x").split(",").length, alertFields.length);
});

test("the format is the one asked for, or what the file's name promises; a contradiction is refused", () => {
  const formats = [
    "a.json",
    "a.JSONL",
    "a.ndjson",
    "a.csv",
    "a.Parquet",
    "a.log",
    "/dev/null",
    undefined,
  ].map((out) => alertFormat(undefined, out));
  assert.deepEqual(formats, ["json", "json", "json", "csv", "parquet", "json", "json", "json"]);
  assert.equal(alertFormat("csv", "alerts.txt"), "csv");
  assert.equal(alertFormat("csv", undefined), "csv");
  assert.throws(
    () => alertFormat("json", "a.parquet"),
    /^InputError: a\.parquet is named as parquet, but the format is json: change one of them$/,
  );
});
