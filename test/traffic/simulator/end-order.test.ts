import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import { inOrderOfEnd } from "traffic-anomaly/dist/traffic/simulator/write-simulated";

test("connections come as they end, and none is lost", () => {
  const options = { seed: 5, connections: 20_000 };
  const asTheyStart = [...simulatedConnections(options)];
  const asTheyEnd = [...inOrderOfEnd(simulatedConnections(options))];
  const ends = asTheyEnd.map(({ start, duration }) => start + duration);
  assert.deepEqual(
    ends,
    [...ends].sort((a, b) => a - b),
  );
  assert.deepEqual(
    [...asTheyEnd].sort((a, b) => a.start - b.start),
    asTheyStart,
  );
  assert.notDeepEqual(asTheyEnd, asTheyStart);
});
