import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { Duplicates } from "traffic-anomaly/dist/traffic/logs/duplicates";
import { share } from "../../fixtures/cases";
import { someConnections } from "./logs";

const [connection] = someConnections(1);

test("the same connection is told, and counted", () => {
  const duplicates = new Duplicates();
  assert.deepEqual(
    [connection, connection, { ...connection }].map((one) => duplicates.has(one)),
    [false, true, true],
  );
  assert.equal(duplicates.count, 2);
});

test("a connection that differs in any field is another one", () => {
  const changes: Partial<Connection>[] = [
    { uid: "other" },
    { start: connection.start + 1e-6 },
    { duration: 1e-6 },
    { protocol: "udp" },
    { sourceHost: connection.destinationHost, destinationHost: connection.sourceHost },
    { sourcePort: connection.destinationPort, destinationPort: connection.sourcePort },
    { state: "S1" },
    { sourceBytes: 1 },
    { destinationBytes: 1 },
    { application: "ssl" },
    { label: "http", application: undefined },
  ];
  const duplicates = new Duplicates();
  for (const change of [{}, ...changes]) {
    assert.equal(duplicates.has({ ...connection, ...change }), false, JSON.stringify(change));
  }
});

test("it looks back over the window at least, and twice as far at most", () => {
  const connections = someConnections(5000);
  const duplicates = new Duplicates(1000);
  for (const [i, one] of connections.entries()) {
    assert.equal(duplicates.has(one), false);
    if (i >= 1000) assert.ok(duplicates.has(connections[i - 999]), "within the window");
    if (i >= 2000) assert.ok(duplicates.has(connections[i]), "itself");
  }
  assert.equal(duplicates.has(connections[0]), false);
});

test("a million different connections are told apart", () => {
  const duplicates = new Duplicates();
  for (let i = 0; i < share(1_000_000, 5); i++) {
    duplicates.has({ ...connection, start: i, sourcePort: i % 65_536 });
  }
  assert.equal(duplicates.count, 0);
});
