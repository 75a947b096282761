import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "traffic-anomaly";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { FlagError, flagError, kddFlag } from "traffic-anomaly/dist/traffic/flag";
import { kddService } from "traffic-anomaly/dist/traffic/service";
import type { TrafficWindowOptions } from "traffic-anomaly/dist/traffic/windows/options";
import { rate } from "traffic-anomaly/dist/traffic/windows/rate";
import { TrafficWindows, windowFeatureNames } from "traffic-anomaly/dist/traffic/windows/windows";
import fc from "../../fixtures/fast-check";
import { connectionOf, connectionsIn, lastFeatures, windowFeaturesOf } from "../connections";

/** The features of the last connection, from arrays and filters. Without jumps of the clock. */
function slowFeatures(
  connections: readonly Connection[],
  { timeWindow = 511, hostWindow = 255, timeBase = "start" }: TrafficWindowOptions,
): Record<string, number> {
  const present = connections[connections.length - 1];
  const times = connections.map(({ start, duration }) => (timeBase === "start" ? start : start + duration));
  const clocks = times.map((_, i) => Math.max(...times.slice(0, i + 1)));
  const now = clocks[clocks.length - 1];
  const sameHost = (other: Connection) => other.destinationHost === present.destinationHost;
  const sameService = (other: Connection) => serviceName(other) === serviceName(present);

  const recent = connections.filter((_, i) => clocks[i] >= now - 2).slice(-timeWindow);
  const toHost = connections.filter(sameHost).slice(-hostWindow);
  const elsewhere = connections
    .filter(sameService)
    .slice(-hostWindow)
    .filter((other) => !sameHost(other));
  const free = hostWindow - toHost.length;
  const ofService = [...toHost.filter(sameService), ...(free > 0 ? elsewhere.slice(-free) : [])];

  const ofWindow = (prefix: string, host: readonly Connection[], service: readonly Connection[]) => ({
    [`${prefix}count`]: host.length,
    [`${prefix}srv_count`]: service.length,
    [`${prefix}serror_rate`]: rate(host.filter(isError(FlagError.syn)).length, host.length),
    [`${prefix}srv_serror_rate`]: rate(service.filter(isError(FlagError.syn)).length, service.length),
    [`${prefix}rerror_rate`]: rate(host.filter(isError(FlagError.rejection)).length, host.length),
    [`${prefix}srv_rerror_rate`]: rate(service.filter(isError(FlagError.rejection)).length, service.length),
    [`${prefix}same_srv_rate`]: rate(host.filter(sameService).length, host.length),
    [`${prefix}diff_srv_rate`]: shareOfDifferent(host.map(serviceName)),
    [`${prefix}srv_diff_host_rate`]: shareOfDifferent(service.map((other) => other.destinationHost)),
  });
  return {
    ...ofWindow("", recent.filter(sameHost), recent.filter(sameService)),
    ...ofWindow("dst_host_", toHost, ofService),
    dst_host_same_src_port_rate: rate(
      toHost.filter((other) => other.sourcePort === present.sourcePort).length,
      toHost.length,
    ),
  };
}

function serviceName(connection: Connection): string {
  const { protocol, sourcePort, destinationPort } = connection;
  if (protocol === "icmp" || (protocol === "tcp" && sourcePort === 20)) return kddService(connection);
  return protocol === "tcp" && destinationPort === 20 ? "ftp_data" : `${protocol} ${destinationPort}`;
}

const isError = (error: FlagError) => (connection: Connection) => flagError(kddFlag(connection)) === error;

function shareOfDifferent(names: readonly string[]): number {
  const different = new Set(names).size;
  return different === 1 ? 0 : rate(different, names.length);
}

function agrees(connections: readonly Connection[], options: TrafficWindowOptions): void {
  const fast = windowFeaturesOf(connections, options);
  for (let i = 0; i < connections.length; i++) {
    const slow = slowFeatures(connections.slice(0, i + 1), options);
    for (const name of windowFeatureNames)
      assert.equal(fast[i][name], slow[name], `${name} of connection ${i}`);
  }
}

const options = fc.record({
  timeWindow: fc.constantFrom(1, 5, 511),
  hostWindow: fc.constantFrom(1, 3, 7, 255),
  timeBase: fc.constantFrom("start" as const, "end" as const),
});

test("features are those of the slow, obvious computation", () => {
  fc.assert(fc.property(connectionsIn(), options, agrees));
});

test("so are those of connections that come late", () => {
  fc.assert(fc.property(connectionsIn({ steps: [-5, -0.1, 0, 0.5, 1, 3] }), options, agrees));
});

test("so are those of long bursts, which overflow both windows", () => {
  const bursts = connectionsIn({ steps: [0, 0, 0, 0.001, 0.01], hosts: 2, maxLength: 1_200 });
  const [burst] = fc.sample(
    bursts.filter(({ length }) => length > 1_000),
    { numRuns: 1, seed: 3 },
  );
  const windows = new TrafficWindows();
  const values = new Float64Array(windowFeatureNames.length);
  for (let i = 0; i < burst.length; i++) {
    windows.update(burst[i], values);
    if (i % 50 !== 0 && i < burst.length - 1) continue;
    const slow = slowFeatures(burst.slice(0, i + 1), {});
    for (const [k, name] of windowFeatureNames.entries())
      assert.equal(values[k], slow[name], `${name} of connection ${i}`);
  }
});

test("a connection happens when it starts, or when it ends if that is asked for", () => {
  const connections = [
    { start: 0, duration: 10 },
    { start: 10, duration: 0 },
  ];
  assert.equal(lastFeatures(connections).count, 1);
  assert.equal(lastFeatures(connections, { timeBase: "end" }).count, 2);
});

test("a late connection counts as if it happened now", () => {
  assert.equal(lastFeatures([{ start: 0 }, { start: 100 }, { start: 99 }]).count, 2);
  assert.equal(lastFeatures([{ start: 100 }, { start: 0 }, { start: 101.5 }]).count, 3);
});

test("when the clock goes back for good, the window of two seconds starts anew", () => {
  const windows = new TrafficWindows();
  const values = new Float64Array(19);
  for (let i = 0; i < 100; i++) windows.update(connectionOf({ start: 1e9 }), values);
  const counts = Array.from({ length: 18 }, (_, i) => {
    windows.update(connectionOf({ start: i }), values);
    return values[0];
  });
  assert.deepEqual(counts.slice(14), [115, 1, 2, 3]);
  assert.equal(windows.clockJumps, 1);
});

test("one time far in the future spoils no more than sixteen connections", () => {
  const windows = new TrafficWindows();
  const values = new Float64Array(19);
  const counts = Array.from({ length: 60 }, (_, i) => {
    windows.update(connectionOf({ start: i === 20 ? 1e12 : i }), values);
    return values[0];
  });
  assert.deepEqual(counts.slice(17, 24), [3, 3, 3, 1, 2, 3, 4]);
  assert.deepEqual(
    counts.slice(38),
    Array.from({ length: 22 }, () => 3),
  );
});

test("values are written from the offset on, and nowhere else", () => {
  const into = new Float64Array(24).fill(-1);
  new TrafficWindows().update(connectionOf(), into, 3);
  assert.deepEqual([...into.subarray(0, 5)], [-1, -1, -1, 1, 1]);
  assert.deepEqual([...into.subarray(22)], [-1, -1]);
});

test("options out of range are refused, naming the range", () => {
  assert.throws(() => new TrafficWindows({ hostWindow: 0 }), InputError);
  assert.throws(
    () => new TrafficWindows({ hostWindow: 2.5 }),
    /hostWindow must be an integer in \[1, 1000\], got 2.5/,
  );
  assert.throws(
    () => new TrafficWindows({ timeWindow: 5_000 }),
    /timeWindow must be an integer in \[1, 4096\]/,
  );
});
