import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Barrier } from "traffic-anomaly/dist/models/kernel/barrier";

const shared = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));

/** In each round a thread writes the round's number, and past the barrier reads those of all others. */
const thread = `
  const { parentPort, workerData: { state, slots, own, rounds } } = require("node:worker_threads");
  const { Barrier } = require("traffic-anomaly/dist/models/kernel/barrier");
  const barrier = new Barrier(state, slots.length);
  let wrong = 0;
  for (let round = 1; round <= rounds; round++) {
    slots[own] = round;
    barrier.wait();
    wrong += slots.filter((slot) => slot !== round).length;
    barrier.wait();
  }
  parentPort.postMessage(wrong);
`;

test("no thread passes the barrier before all have come", async () => {
  for (const threads of [1, 2, 5]) {
    const [state, slots] = [shared(2), shared(threads)];
    const wrong = await Promise.all(
      Array.from(slots, async (_, own) => {
        const workerData = { state, slots, own, rounds: 300 };
        const [count] = await once(new Worker(thread, { eval: true, workerData }), "message");
        return count as number;
      }),
    );
    assert.deepEqual(wrong, Array(threads).fill(0));
  }
});

test("a sleeping thread that is woken too early sleeps on", async () => {
  const [state, slots] = [shared(2), shared(2)];
  const other = new Worker(thread, { eval: true, workerData: { state, slots, own: 1, rounds: 1 } });
  let wrong: number | undefined;
  other.once("message", (count) => {
    wrong = count;
  });
  for (let woken = 0; woken < 2 && wrong === undefined; woken += Atomics.notify(state, 1))
    await setTimeout(1);
  assert.equal(wrong, undefined, "the thread went on alone");
  slots[0] = 1;
  const barrier = new Barrier(state, 2);
  barrier.wait();
  barrier.wait();
  await once(other, "exit");
  assert.equal(wrong, 0);
});

test("a wait for a thread that does not come ends after the time given", () => {
  const barrier = new Barrier(shared(2), 2);
  const meeting = barrier.arrive();
  assert.equal(barrier.waitFor(meeting, 20), false);
  barrier.arrive();
  assert.equal(barrier.waitFor(meeting, 20), true);
});
