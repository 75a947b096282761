import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeQueue } from "traffic-anomaly/dist/traffic/time-queue";
import fc from "../fixtures/fast-check";

test("things come out in order of time, and those of one time in the order they came", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const queue = new TimeQueue<number>();
      for (const [i, time] of times.entries()) queue.push(time, i);
      assert.equal(queue.size, times.length);
      const sorted = [...times.keys()].sort((a, b) => times[a] - times[b] || a - b);
      for (const i of sorted) {
        assert.equal(queue.nextTime, times[i]);
        assert.equal(queue.pop(), i);
      }
      assert.equal(queue.size, 0);
    }),
  );
});

test("what is pushed between two pops takes its place", () => {
  const queue = new TimeQueue<string>();
  queue.push(2, "b");
  queue.push(4, "d");
  assert.equal(queue.pop(), "b");
  queue.push(3, "c");
  assert.deepEqual([queue.pop(), queue.pop()], ["c", "d"]);
});

test("an empty queue gives nothing, at no time", () => {
  const queue = new TimeQueue<string>();
  assert.equal(queue.nextTime, Number.POSITIVE_INFINITY);
  assert.equal(queue.pop(), undefined);
});
