import assert from "node:assert/strict";
import { test } from "node:test";
import { Seen } from "traffic-anomaly/dist/traffic/windows/seen";
import fc from "../../fixtures/fast-check";

test("a number is new once, until the set is emptied", () => {
  const rounds = fc.array(
    fc.array(
      fc.oneof(
        fc.nat(2 ** 30 - 1),
        fc.nat(20).map((n) => n * 64),
      ),
      { maxLength: 20 },
    ),
  );
  fc.assert(
    fc.property(rounds, (all) => {
      const seen = new Seen(20);
      for (const numbers of all) {
        seen.clear();
        const reference = new Set<number>();
        for (const number of numbers) {
          assert.equal(seen.add(number), !reference.has(number));
          reference.add(number);
        }
      }
    }),
  );
});
