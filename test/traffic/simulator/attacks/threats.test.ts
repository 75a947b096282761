import assert from "node:assert/strict";
import { test } from "node:test";
import { threats } from "traffic-anomaly/dist/traffic/simulator/attacks/threats";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import type { SimulatedConnection } from "traffic-anomaly/dist/traffic/simulator/simulated-connection";

const novelFrom = 2_000;
const day = [...simulatedConnections({ classMix: "threats", connections: 22_000, novelFrom })];
const firstOf = (part: (connection: SimulatedConnection) => boolean) => day.findIndex(part);
const planted = threats.filter(({ isBenign }) => !isBenign).map(({ name }) => name);

test("each of today's threats comes once, labelled with its name, and none before its time", () => {
  assert.ok(day.slice(0, novelFrom).every(({ label }) => label === "normal"));
  assert.deepEqual([...new Set(day.map(({ label }) => label))].sort(), [...planted, "normal"].sort());
  const counts = Object.fromEntries(
    planted.map((name) => [name, day.filter(({ label }) => label === name).length]),
  );
  assert.deepEqual(
    [counts.upload, counts.ssh_guessing, counts.beacon, counts.rdp, counts.slow_scan],
    [1, 200, 60, 5, 60],
  );
  assert.equal(
    new Set(planted.map((name) => day[firstOf(({ label }) => label === name)].sourceHost)).size,
    8,
  );
});

test("a new server and a big backup come among them, and are normal", () => {
  for (const isNovelty of [
    ({ destinationHost }: SimulatedConnection) => destinationHost === "10.20.1.20",
    ({ sourceBytes }: SimulatedConnection) => sourceBytes === 4e10,
  ]) {
    const first = firstOf(isNovelty);
    assert.ok(first >= novelFrom);
    assert.equal(day[first].label, "normal");
  }
});

test("threats change nothing of what is usual, and the same seed gives the same", () => {
  const again = simulatedConnections({ classMix: "threats", connections: 22_000, novelFrom });
  assert.deepEqual([...again], day);
  const usual = new Set(Array.from(simulatedConnections({ connections: 30_000 }), ({ uid }) => uid));
  const others = day.filter(({ uid, label }) => label === "normal" && !usual.has(uid));
  assert.equal(others.length, 80 + 1, "but for the new server and the backup");
});
