// Connections for tests.

import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import type { TrafficWindowOptions } from "traffic-anomaly/dist/traffic/windows/options";
import { TrafficWindows, windowFeatureNames } from "traffic-anomaly/dist/traffic/windows/windows";
import fc from "../fixtures/fast-check";

/** A connection to a web server, but for what is said. */
export function connectionOf(values: Partial<Connection> = {}): Connection {
  return {
    uid: "C",
    start: 0,
    duration: 0,
    protocol: "tcp",
    sourceHost: "10.0.0.1",
    sourcePort: 40_000,
    destinationHost: "10.0.0.2",
    destinationPort: 80,
    state: "SF",
    sourceBytes: 0,
    destinationBytes: 0,
    ...values,
  };
}

/** Connections of few hosts, ports and states, so that much coincides, each some time after the one before. */
export function connectionsIn({
  steps = [0, 0, 0.1, 0.5, 1, 2, 3],
  hosts = 4,
  maxLength = 60,
}: {
  /** Seconds between two connections; negative ones come late. */
  readonly steps?: readonly number[];
  readonly hosts?: number;
  readonly maxLength?: number;
} = {}): fc.Arbitrary<Connection[]> {
  const step = fc.record({
    after: fc.constantFrom(...steps),
    duration: fc.constantFrom(0, 0.5, 4),
    protocol: fc.constantFrom("tcp", "tcp", "tcp", "udp", "icmp", "gre"),
    sourcePort: fc.constantFrom(3, 8, 20, 40_000, 40_001),
    host: fc.integer({ min: 1, max: hosts }),
    destinationPort: fc.constantFrom(0, 3, 53, 80, 3_000, 4_000),
    state: fc.constantFrom("SF", "SF", "S0", "S1", "SH", "REJ", "RSTO", "RSTRH", "OTH"),
  });
  return fc.array(step, { maxLength, size: "max" }).map((all) => {
    let start = 1_000;
    return all.map(({ after, host, ...values }, i) => {
      start += after;
      return connectionOf({ ...values, uid: `C${i}`, start, destinationHost: `10.0.0.${host}` });
    });
  });
}

/** The window features of connections that come in this order, by name. */
export function windowFeaturesOf(
  connections: readonly Connection[],
  options: TrafficWindowOptions = {},
): Record<string, number>[] {
  const windows = new TrafficWindows(options);
  const values = new Float64Array(windowFeatureNames.length);
  return connections.map((connection) => {
    windows.update(connection, values);
    return Object.fromEntries(windowFeatureNames.map((name, i) => [name, values[i]]));
  });
}

/** The window features of the last of these connections. */
export function lastFeatures(
  connections: readonly Partial<Connection>[],
  options: TrafficWindowOptions = {},
): Record<string, number> {
  const all = windowFeaturesOf(connections.map(connectionOf), options);
  return all[all.length - 1];
}
