import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Heap } from "traffic-anomaly/dist/common/heap";

test("whatever order numbers come in, each that is taken out is the least of those inside", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const inside: number[] = [];
      for (const step of steps) {
        if (step !== undefined) {
          heap.push(step);
          inside.push(step);
        } else {
          inside.sort((a, b) => a - b);
          assert.equal(heap.items[0], inside[0]);
          assert.equal(heap.pop(), inside.shift());
        }
        assert.equal(heap.items.length, inside.length);
      }
    }),
  );
});
