import assert from "node:assert/strict";
import { test } from "node:test";
import { categoryOf, InputError } from "traffic-anomaly";
import { attacks } from "traffic-anomaly/dist/traffic/simulator/attacks/intruders";
import {
  type SimulationOptions,
  simulatedConnections,
} from "traffic-anomaly/dist/traffic/simulator/simulate";
import type { SimulatedConnection } from "traffic-anomaly/dist/traffic/simulator/simulated-connection";
import { assertSound } from "./activity";

const connectionsOf = (options: SimulationOptions): SimulatedConnection[] => [
  ...simulatedConnections(options),
];
const attackShare = (connections: readonly SimulatedConnection[]) =>
  connections.filter(({ label }) => label !== "normal").length / connections.length;

test("the same seed gives the same traffic, another seed another", () => {
  const options = { seed: 3, connections: 5_000 };
  assert.deepEqual(connectionsOf(options), connectionsOf(options));
  assert.notDeepEqual(connectionsOf(options), connectionsOf({ ...options, seed: 4 }));
});

test("the number of connections doesn't change any connection", () => {
  const all = connectionsOf({ connections: 3_000 });
  assert.deepEqual(connectionsOf({ connections: 2_500 }), all.slice(0, 2_500));
});

test("connections can be, no two start at the same time or have the same identifier", () => {
  const connections = connectionsOf({ connections: 50_000, classMix: "kdd" });
  assert.equal(connections.length, 50_000);
  assertSound(connections, 0);
  assert.equal(new Set(connections.map(({ start }) => start)).size, connections.length);
  assert.equal(new Set(connections.map(({ uid }) => uid)).size, connections.length);
});

test("normal traffic is the same whatever the attacks are", () => {
  const normal = (classMix: "realistic" | "kdd") =>
    connectionsOf({ connections: 30_000, classMix })
      .filter(({ label }) => label === "normal")
      .map(({ uid }) => uid);
  const besideMany = normal("kdd");
  assert.ok(besideMany.length > 4_000);
  assert.deepEqual(normal("realistic").slice(0, besideMany.length), besideMany);
});

test("3 % of the connections belong to attacks, or with KDD's mix 80 %, nearly all to two floods", () => {
  for (const seed of [1, 2, 3]) {
    const realistic = attackShare(connectionsOf({ seed, connections: 40_000 }));
    assert.ok(realistic > 0.02 && realistic < 0.04, `${realistic}`);
    const kdd = connectionsOf({ seed, connections: 100_000, classMix: "kdd" });
    assert.ok(Math.abs(attackShare(kdd) - 0.8) < 0.06, `${attackShare(kdd)}`);
    const floods = kdd.filter(({ label }) => label === "smurf" || label === "neptune").length;
    assert.ok(floods > 0.95 * attackShare(kdd) * kdd.length);
  }
});

test("every category occurs; novel types only where they may", () => {
  const novelFrom = 60_000;
  const connections = connectionsOf({ connections: 100_000, novelFrom });
  const labels = (part: readonly SimulatedConnection[]) => new Set(part.map(({ label }) => label));
  const before = labels(connections.slice(0, novelFrom));
  const after = labels(connections.slice(novelFrom));
  const novel = attacks.filter(({ novel }) => novel).map(({ label }) => label);
  for (const part of [before, after]) {
    const categories = [...new Set([...part].map(categoryOf))].sort();
    assert.deepEqual(categories, ["dos", "normal", "other", "probe", "r2l", "u2r"]);
  }
  assert.deepEqual(
    novel.filter((label) => before.has(label)),
    [],
  );
  assert.ok(novel.filter((label) => after.has(label)).length > novel.length / 2);
});

test("options out of range are refused", () => {
  const refused = (options: SimulationOptions, sentence: RegExp) => {
    const isRefusal = (error: unknown) => error instanceof InputError && sentence.test(error.message);
    assert.throws(() => connectionsOf(options), isRefusal);
  };
  refused({ connections: 0 }, /^connections must be an integer in \[1, ∞\), got 0$/);
  refused({ connections: 1.5 }, /^connections must be an integer in \[1, ∞\), got 1\.5$/);
  refused({ seed: -1 }, /^seed must be an integer in \[0, 4294967295\], got -1$/);
  refused({ novelFrom: -1 }, /^novelFrom must be an integer in \[0, ∞\), got -1$/);
});
