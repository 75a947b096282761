import assert from "node:assert/strict";
import { test } from "node:test";
import { categoryOf } from "traffic-anomaly";
import { attacks, Intruders } from "traffic-anomaly/dist/traffic/simulator/attacks/intruders";
import { beginning } from "traffic-anomaly/dist/traffic/simulator/rhythm";
import { Scene } from "traffic-anomaly/dist/traffic/simulator/scene";
import { assertSound } from "../activity";

for (const [i, { label, size, act }] of attacks.entries()) {
  test(`attack ${i}, ${label}: connections that can be, in order of time, as many as it is to have`, () => {
    const [least, most] = size;
    for (let seed = 0; seed < 20; seed++) {
      const wanted = least + (seed % (most - least + 1));
      const connections = [...act(new Scene(seed, label, label), beginning, wanted)];
      assertSound(connections, beginning);
      assert.equal(connections.length, wanted);
      assert.ok(connections.every((connection) => connection.label === label));
    }
  });
}

test("there are attacks of every category, and of types that KDD'99 does not know", () => {
  const categories = new Set(attacks.map(({ label }) => categoryOf(label)));
  assert.deepEqual([...categories].sort(), ["dos", "other", "probe", "r2l", "u2r"]);
});

test("types that are novel are none of those that come before", () => {
  const known = new Set(attacks.filter(({ novel }) => !novel).map(({ label }) => label));
  const novel = attacks.filter(({ novel }) => novel).map(({ label }) => label);
  assert.ok(novel.length >= 5);
  for (const label of novel) assert.ok(!known.has(label), label);
});

test("attacks begin only as far as their share goes", () => {
  const intruders = new Intruders(1, "realistic");
  let attacking = 0;
  for (let connections = 0; connections < 200_000; connections += 100) {
    for (const _ of intruders.begin(beginning, connections, false) ?? []) attacking++;
    assert.ok(attacking <= 0.03 * connections + 200, `${attacking} of ${connections}`);
  }
  assert.ok(attacking > 0.03 * 200_000 - 350);
});
