import assert from "node:assert/strict";
import { test } from "node:test";
import { checked } from "traffic-anomaly/dist/common/json-file";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { type WarmState, WarmWindows } from "traffic-anomaly/dist/traffic/windows/warm-windows";
import { windowFeatureNames } from "traffic-anomaly/dist/traffic/windows/windows";
import { warmStateSchema } from "traffic-anomaly/dist/traffic/windows/windows-schema";
import { onlyInCi } from "../../fixtures/cases";
import fc from "../../fixtures/fast-check";
import { connectionOf, connectionsIn, windowFeaturesOf } from "../connections";

function take(windows: WarmWindows, connections: readonly Connection[]): number[][] {
  return connections.map((connection) => {
    const values = new Float64Array(windowFeatureNames.length);
    windows.update(connection, values);
    return [...values];
  });
}

/** As a file gives it back. */
function stored(windows: WarmWindows): WarmState {
  return checked(warmStateSchema, JSON.parse(JSON.stringify(windows.state)), "state.json");
}

const options = fc.record({
  timeWindow: fc.constantFrom(1, 5, 511),
  hostWindow: fc.constantFrom(1, 3, 7, 255),
  timeBase: fc.constantFrom("start" as const, "end" as const),
});

test("windows that go on from a file in the middle of a log give the features of windows that were never interrupted", () => {
  const steps = [-7_200, -5, 0, 0, 0.1, 0.5, 1, 3];
  fc.assert(
    fc.property(connectionsIn({ steps }), options, fc.array(fc.nat(60)), (connections, own, cuts) => {
      const uncut = windowFeaturesOf(connections, own).map(Object.values);
      let windows = WarmWindows.cold(own);
      const found = connections.flatMap((connection, i) => {
        if (cuts.includes(i)) windows = WarmWindows.ofSameLog(stored(windows));
        return take(windows, [connection]);
      });
      assert.deepEqual(found, uncut);
    }),
  );
});

test("so do those of a sweep of more hosts than are remembered", () => {
  const sweep = Array.from({ length: 21_000 }, (_, i) =>
    connectionOf({ start: i / 100, destinationHost: `10.${i % 17_000}`, sourcePort: i % 60_000 }),
  );
  const uncut = take(WarmWindows.cold(), sweep);
  const windows = WarmWindows.cold();
  take(windows, sweep.slice(0, 18_000));
  assert.deepEqual(take(WarmWindows.ofSameLog(stored(windows)), sweep.slice(18_000)), uncut.slice(18_000));
});

test("logs that are cut where connections end, each sorted, give all that come after a cut the features of one sorted log", () => {
  const byEnd = (a: Connection, b: Connection) => a.start + a.duration - b.start - b.duration;
  const byStart = (a: Connection, b: Connection) => a.start - b.start;
  fc.assert(
    fc.property(connectionsIn(), fc.array(fc.nat(60), { maxLength: 3 }), (connections, cuts) => {
      const written = connections.map((c, i) => ({ ...c, start: c.start + i * 1e-4 })).sort(byEnd);
      const sorted = written.slice().sort(byStart);
      const whole = take(WarmWindows.cold(), sorted);
      let windows = WarmWindows.cold();
      const places = [...new Set([0, ...cuts, written.length])]
        .sort((a, b) => a - b)
        .filter((i) => i <= written.length);
      for (const [i, end] of places.slice(1).entries()) {
        const log = written.slice(places[i], end).sort(byStart);
        const after = new Set(written.slice(end).map(({ uid }) => uid));
        const found = take(windows, log);
        for (const [row, connection] of log.entries()) {
          // Those that started before and are written later are not known yet.
          if (sorted.slice(0, sorted.indexOf(connection)).some(({ uid }) => after.has(uid))) continue;
          assert.deepEqual(found[row], whole[sorted.indexOf(connection)], connection.uid);
        }
        windows = WarmWindows.ofNextLog(stored(windows));
      }
    }),
  );
});

test("a log of another time starts the clock anew with its first connection", () => {
  const windows = WarmWindows.cold();
  take(
    windows,
    [0, 0.5, 1].map((start) => connectionOf({ start: 50_000 + start })),
  );
  const next = WarmWindows.ofNextLog(stored(windows));
  const counts = take(
    next,
    [0, 1, 2, 5].map((start) => connectionOf({ start })),
  ).map(([count]) => count);
  assert.deepEqual(counts, [1, 2, 3, 1]);
});

test("a file that is damaged is refused, naming the place", () => {
  const windows = WarmWindows.cold();
  take(windows, [connectionOf(), connectionOf({ start: 10_000 })]);
  const good = stored(windows);
  const refuses = (bad: unknown, message: RegExp) =>
    assert.throws(() => checked(warmStateSchema, bad, "state.json"), message);
  for (const [change, message] of [
    [
      { hosts: [[], [["10.0.0.2", 0, "AAA="]]] },
      /hosts\.1\.0\.2 must be 8 bytes of each connection, in base64/,
    ],
    [
      { hosts: [[], [["10.0.0.2", -1, ""]]] },
      /hosts\.1\.0\.1 must be an integer in \[0, 1073741823\], got -1/,
    ],
    [{ hosts: [[]] }, /hosts must be a list of at least 2/],
    [
      { recent: [[0, 9, 0, 0]] },
      /must be connections in order of time, to hosts and of services that it remembers/,
    ],
    [{ recent: [[5e9, 0, 80, 0]] }, /must be connections in order of time/],
    [{ clock: { now: Number.POSITIVE_INFINITY, behind: 0 } }, /clock\.now must be a finite number/],
    [
      { windows: { ...good.windows.windows, hostWindow: 1e6 } },
      /windows\.hostWindow must be an integer in \[1, 1000\]/,
    ],
  ] as const)
    refuses({ ...good, windows: { ...good.windows, ...change } }, message);
  for (const latest of [
    { ...good.latest, hosts: [] },
    { ...good.latest, times: "AAAAAAAA8H8=" },
    { ...good.latest, words: "" },
  ])
    refuses({ ...good, latest }, /latest must be connections with finite times to hosts that it names/);
});

test("what the most hosts leave is about 12 MB at most", { skip: onlyInCi("some seconds") }, () => {
  const windows = WarmWindows.cold();
  const values = new Float64Array(windowFeatureNames.length);
  const connection = connectionOf();
  for (let i = 0; i < 2_200 * 255; i++)
    windows.update(
      { ...connection, start: i / 1_000, destinationHost: `${i % 2_200}`, destinationPort: i % 900 },
      values,
    );
  const bytes = JSON.stringify(windows.state).length;
  assert.ok(bytes > 6e6 && bytes < 12e6, `${bytes} bytes`);
});
