import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Heap } from "traffic-anomaly/dist/common/heap";

test("whatever order numbers come in, each that is taken out is the least of those inside", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = new Heap<number>();
      const inside: number[] = [];
      for (const step of steps) {
        if (step !== undefined) {
          heap.push(step, step, 0);
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

test("of things with the same key that with the least rank comes first", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer())), (things) => {
      const heap = new Heap<readonly [key: number, rank: number]>();
      assert.equal(heap.firstKey, Number.POSITIVE_INFINITY);
      for (const [key, rank] of things) heap.push([key, rank], key, rank);
      const inOrder = [...things].sort(([a, i], [b, j]) => a - b || i - j);
      for (const thing of inOrder) {
        assert.equal(heap.firstKey, thing[0]);
        assert.deepEqual(heap.pop(), thing);
      }
      assert.equal(heap.pop(), undefined);
    }),
  );
});
