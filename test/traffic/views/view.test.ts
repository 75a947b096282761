import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Connection, createRandom } from "traffic-anomaly";
import { checked } from "traffic-anomaly/dist/common/json-file";
import { projectPath } from "traffic-anomaly/dist/common/project";
import { hour, View, type ViewName, viewKinds, viewNames } from "traffic-anomaly/dist/traffic/views/view";
import type { ViewRow } from "traffic-anomaly/dist/traffic/views/view-row";
import { viewTable } from "traffic-anomaly/dist/traffic/views/view-table";
import { viewStateSchema } from "traffic-anomaly/dist/traffic/views/views-schema";
import { connectionOf } from "../connections";

const day = 24 * hour;

/** The features of a view's rows by name, of all connections. */
function rowsOf(name: ViewName, connections: readonly Connection[]): Record<string, number>[] {
  const view = new View(name, hour);
  const rows: ViewRow[] = connections.flatMap((connection) => view.add(connection, connection.start));
  rows.push(...view.end());
  const { features } = viewTable(name, rows);
  return rows.map((_, row) =>
    Object.fromEntries(
      features.map((column) => [column.name, column.kind === "numeric" ? column.values[row] : 0]),
    ),
  );
}

function many(count: number, of: (i: number) => Parameters<typeof connectionOf>[0]): Connection[] {
  return Array.from({ length: count }, (_, i) => connectionOf({ uid: `C${i}`, ...of(i) }));
}

test("a host's hour counts connections, peers, ports, services, bytes and failures", () => {
  const connections = many(10, (i) => ({
    start: 10 * i,
    destinationHost: `10.0.1.${i % 5}`,
    destinationPort: i < 8 ? 443 : 22,
    sourceBytes: 100,
    destinationBytes: i < 2 ? 0 : 50,
    state: "SF",
  }));
  const [row, ...more] = rowsOf("hosts", connections);
  assert.deepEqual(more, []);
  assert.deepEqual(row, {
    host_connections: 10,
    host_peers: 5,
    host_ports: 2,
    host_services: 2,
    host_bytes_out: 1_000,
    host_bytes_in: 400,
    host_bytes_outside: 0,
    host_failed_rate: 0.2,
    host_new_peer_rate: Number.NaN,
    host_new_service_rate: Number.NaN,
  });
});

test("what is new to a source is told from the second day on, of sources that were met before", () => {
  const to = (start: number, sourceHost: string, destinationHost: string) =>
    connectionOf({ start, sourceHost, destinationHost, destinationPort: 443 });
  const connections = [
    to(0, "10.0.0.1", "10.0.1.1"),
    to(2 * hour, "10.0.0.1", "10.0.1.2"),
    to(day + 1, "10.0.0.1", "10.0.1.1"),
    to(day + 2, "10.0.0.1", "10.0.1.9"),
    to(day + 3, "10.0.0.2", "10.0.1.9"),
  ];
  const shares = rowsOf("hosts", connections).map((row) => row.host_new_peer_rate);
  assert.deepEqual(shares, [Number.NaN, Number.NaN, 1 / 2, Number.NaN]);
  const news = rowsOf("pairs", connections).map((row) => row.pair_new);
  assert.deepEqual(news, [Number.NaN, Number.NaN, 0, 1, Number.NaN]);
});

test("a beacon's pair is regular, and one at random times is not; fewer than nine connections never are", () => {
  const random = createRandom(1, "beacon");
  const at = (times: number[]) =>
    rowsOf(
      "pairs",
      many(times.length, (i) => ({ start: times[i], sourceBytes: 520 })),
    );
  const beacon = at(Array.from({ length: 30 }, (_, i) => 60 * i + 0.4 * random.uniform()))[0];
  assert.ok(Math.abs(beacon.pair_interval - 60) < 0.4);
  assert.ok(beacon.pair_interval_regularity > 0.8, String(beacon.pair_interval_regularity));
  assert.equal(beacon.pair_size_regularity, 1);
  const chance = at(Array.from({ length: 30 }, () => 1_800 * random.uniform()).sort((a, b) => a - b))[0];
  assert.ok(chance.pair_interval_regularity < 0.7, String(chance.pair_interval_regularity));
  const few = at(Array.from({ length: 8 }, (_, i) => 60 * i))[0];
  assert.equal(few.pair_interval_regularity, 0);
});

/** Connections of some hosts over some hours. */
function randomConnections(count: number): Connection[] {
  const random = createRandom(2, "views");
  let start = 1.7e9;
  return many(count, () => {
    start += 20 * random.uniform();
    return {
      start,
      sourceHost: `10.0.0.${random.integer(9)}`,
      destinationHost: `10.0.1.${random.integer(30)}`,
      destinationPort: [22, 53, 443][random.integer(3)],
      sourceBytes: random.integer(1_000),
      destinationBytes: random.integer(3),
      duration: random.uniform(),
    };
  });
}

test("a view that goes on from another's state, as JSON, gives the same rows", () => {
  const connections = randomConnections(5_000);
  const random = createRandom(3, "restarts");
  for (const name of viewNames) {
    const whole = new View(name, hour);
    let resumed = new View(name, hour);
    const parts = (rows: readonly ViewRow[]) => rows.map((row) => row.parts);
    for (const connection of connections) {
      const expected = parts(whole.add(connection, connection.start));
      assert.deepEqual(parts(resumed.add(connection, connection.start)), expected);
      if (random.uniform() > 0.01) continue;
      const state = checked(viewStateSchema, JSON.parse(JSON.stringify(resumed.state)), "state");
      resumed = View.resume(name, state);
    }
    assert.deepEqual(parts(resumed.end()), parts(whole.end()));
  }
});

test("of more rows than there is room for, those without a connection for longest are over first, and none is lost", () => {
  const view = new View("pairs", day);
  const over: ViewRow[] = [];
  for (let i = 0; i < 60_000; i++) {
    const usual = connectionOf({ start: i / 10, uid: `C${i}`, destinationHost: "10.0.9.9" });
    const address = `10.${(i >> 16) + 1}.${(i >> 8) & 255}.${i & 255}`;
    over.push(...view.add({ ...usual, destinationHost: address }, usual.start));
    if (i % 1_000 === 0) over.push(...view.add(usual, usual.start));
  }
  assert.ok(over.length > 20_000);
  assert.ok(over.every(({ connections }) => connections === 1));
  const all = [...over, ...view.end()];
  assert.equal(
    all.reduce((sum, { connections }) => sum + connections, 0),
    60_060,
  );
  assert.equal(Math.max(...all.map(({ connections }) => connections)), 60);
});

test("the README lists every feature of the views", () => {
  const readme = readFileSync(projectPath("README.md"), "utf8");
  for (const { features } of Object.values(viewKinds))
    for (const { name } of features) assert.ok(readme.includes(`\`${name}\``), name);
});
