import assert from "node:assert/strict";
import { test } from "node:test";
import { habits } from "traffic-anomaly/dist/traffic/simulator/habits/habits";
import { beginning } from "traffic-anomaly/dist/traffic/simulator/rhythm";
import { Scene } from "traffic-anomaly/dist/traffic/simulator/scene";
import { assertSound } from "../activity";

for (const { name, act } of habits) {
  test(`${name}: connections that can be, in order of time`, () => {
    for (let seed = 0; seed < 20; seed++) {
      const connections = [...act(new Scene(seed, name, "normal"), beginning)];
      assertSound(connections, beginning);
      assert.ok(connections.length < 1_000);
      assert.ok(connections.every(({ label }) => label === "normal"));
    }
  });
}

test("each habit has a name of its own, which its random numbers go by", () => {
  assert.equal(new Set(habits.map(({ name }) => name)).size, habits.length);
});
