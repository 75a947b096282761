import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WindowEvent } from "traffic-anomaly/dist/traffic/windows/event";
import { LatestEvents } from "traffic-anomaly/dist/traffic/windows/latest-events";

const event = fc.record(
  {
    time: fc.double({ noNaN: true }),
    host: fc.string(),
    service: fc.integer({ min: 0, max: 2 ** 18 }),
    error: fc.integer({ min: 0, max: 2 }),
    sourcePort: fc.integer({ min: 0, max: 65_535 }),
  },
  { noNullPrototype: true },
);

test("events leave in the order in which they came, as they were", () => {
  fc.assert(
    fc.property(fc.array(fc.option(event, { nil: undefined })), (steps) => {
      const latest = new LatestEvents(5);
      const inside: WindowEvent[] = [];
      for (const step of steps) {
        if (step && inside.length < 5) {
          latest.push(step);
          inside.push(step);
        } else if (inside.length > 0) {
          assert.equal(latest.oldestTime, inside[0].time);
          assert.deepEqual(latest.shift(), inside.shift());
        }
        assert.equal(latest.size, inside.length);
        assert.deepEqual(latest.events, inside);
      }
    }),
  );
});
