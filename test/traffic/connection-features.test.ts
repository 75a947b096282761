import assert from "node:assert/strict";
import { test } from "node:test";
import { kddFeatures } from "traffic-anomaly";
import { connectionFeatures } from "traffic-anomaly/dist/traffic/connection-table";

test("26 of KDD's 41 features are in a log of connections, in KDD's order", () => {
  const names = connectionFeatures.map(({ name }) => name);
  assert.equal(names.length, 26);
  assert.deepEqual(
    names,
    kddFeatures.map(({ name }) => name).filter((name) => names.includes(name)),
  );
});

test("content features, wrong fragments and urgent packets are not among them", () => {
  const content = kddFeatures.slice(9, 22).map(({ name }) => name);
  for (const name of [...content, "wrong_fragment", "urgent"])
    assert.ok(!connectionFeatures.some((feature) => feature.name === name), name);
});

test("a protocol may be other", () => {
  const protocol = connectionFeatures.find(({ name }) => name === "protocol_type");
  assert.deepEqual(protocol?.values, ["icmp", "other", "tcp", "udp"]);
});
