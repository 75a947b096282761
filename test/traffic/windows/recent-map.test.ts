import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentMap } from "traffic-anomaly/dist/traffic/windows/recent-map";
import fc from "../../fixtures/fast-check";

test("the keys asked for last are remembered, and no more than twice as many", () => {
  const asked = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 200 });
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 6 }), (keys, capacity) => {
      const map = new RecentMap(capacity, (key: number) => ({ key }));
      const values = new Map<number, { key: number }>();
      for (const [i, key] of keys.entries()) {
        const since = keys.slice(keys.lastIndexOf(key, i - 1) + 1, i);
        const isRecent = i > 0 && keys.lastIndexOf(key, i - 1) >= 0 && new Set(since).size < capacity;
        const value = map.get(key);
        assert.equal(value.key, key);
        if (isRecent) assert.equal(value, values.get(key));
        values.set(key, value);
        assert.ok(map.generations.flat().length <= 2 * capacity);
      }
    }),
  );
});
