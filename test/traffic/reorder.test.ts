import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "traffic-anomaly";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { ReorderBuffer, type ReorderOptions } from "traffic-anomaly/dist/traffic/reorder";
import fc from "../fixtures/fast-check";
import { connectionOf, connectionsIn } from "./connections";

/** Connections that start at these times, named by their place. */
const at = (...starts: number[]) => starts.map((start, i) => connectionOf({ start, uid: `C${i}` }));
const starts = (connections: readonly Connection[]) => connections.map(({ start }) => start);

/** What comes out, one connection at a time. */
function reordered(connections: readonly Connection[], options: ReorderOptions = {}) {
  const buffer = new ReorderBuffer(options);
  const released = connections.flatMap((connection) => buffer.push([connection]));
  return { released, all: [...released, ...buffer.flush()], buffer };
}

const anyOrder = connectionsIn({ steps: [-4_000, -50, -1, 0, 0, 1, 2, 50, 4_000] });
const options = fc.record({
  capacity: fc.integer({ min: 1, max: 20 }),
  lateness: fc.constantFrom(0, 1, 60, Infinity),
  timeBase: fc.constantFrom("start" as const, "end" as const),
});

test("a log of up to the capacity is sorted completely, in the order of arrival where times are equal", () => {
  fc.assert(
    fc.property(anyOrder, fc.constantFrom("start" as const, "end" as const), (connections, timeBase) => {
      const { released, all, buffer } = reordered(connections, { timeBase });
      const time = ({ start, duration }: Connection) => (timeBase === "start" ? start : start + duration);
      assert.deepEqual(released, []);
      assert.deepEqual(
        all,
        [...connections].sort((a, b) => time(a) - time(b)),
      );
      assert.equal(buffer.late, 0);
    }),
  );
});

test("what goes in comes out, once", () => {
  fc.assert(
    fc.property(anyOrder, options, (connections, chosen) => {
      const { all, buffer } = reordered(connections, chosen);
      assert.deepEqual(all.map(({ uid }) => uid).sort(), connections.map(({ uid }) => uid).sort());
      assert.equal(buffer.size, 0);
    }),
  );
});

test("no more than the capacity is held", () => {
  fc.assert(
    fc.property(anyOrder, options, (connections, chosen) => {
      const buffer = new ReorderBuffer(chosen);
      for (const connection of connections) {
        buffer.push([connection]);
        assert.ok(buffer.size <= chosen.capacity);
      }
    }),
  );
});

test("the output is in order but for late connections and jumps", () => {
  fc.assert(
    fc.property(anyOrder, options, (connections, chosen) => {
      const { all, buffer } = reordered(connections, chosen);
      const time = ({ start, duration }: Connection) =>
        chosen.timeBase === "start" ? start : start + duration;
      let latest = Number.NEGATIVE_INFINITY;
      let late = 0;
      for (const connection of all) {
        if (time(connection) < latest) late++;
        latest = Math.max(latest, time(connection));
      }
      if (buffer.jumps === 0) assert.equal(buffer.late, late);
    }),
  );
});

test("how a log is cut into blocks does not matter", () => {
  fc.assert(
    fc.property(anyOrder, options, fc.nat(60), (connections, chosen, cut) => {
      const buffer = new ReorderBuffer(chosen);
      const blocks = [connections.slice(0, cut), connections.slice(cut)];
      const all = [...blocks.flatMap((block) => buffer.push(block)), ...buffer.flush()];
      assert.deepEqual(all, reordered(connections, chosen).all);
    }),
  );
});

test("with a lateness, connections are released once time has passed", () => {
  const { released, all } = reordered(at(10, 5, 20, 15, 30, 31), { lateness: 10 });
  assert.deepEqual(starts(released), [5, 10, 15]); // two in succession have reached 30 − 10 = 20
  assert.deepEqual(starts(all), [5, 10, 15, 20, 30, 31]);
});

test("a row later than what was released is passed on at once and counted", () => {
  const buffer = new ReorderBuffer({ lateness: 1 });
  assert.deepEqual(starts(buffer.push(at(10, 20, 21))), [10]);
  assert.deepEqual(starts(buffer.push(at(9))), [9]);
  assert.equal(buffer.late, 1);
});

test("one time far in the future releases nothing", () => {
  const { released, buffer } = reordered(at(1, 2, 1e12, 3, 4, 5), { lateness: 10 });
  assert.deepEqual(released, []);
  assert.equal(buffer.late, 0);
});

test("when the clock goes back for good, the order starts anew", () => {
  const before = Array.from({ length: 100 }, (_, i) => 1e6 + i);
  const after = Array.from({ length: 100 }, (_, i) => i ^ 1); // 1, 0, 3, 2, …
  const { all, buffer } = reordered(at(...before, ...after), { capacity: 10 });
  assert.equal(buffer.jumps, 1);
  assert.equal(buffer.late, 16);
  const anew = starts(all).slice(-84);
  assert.deepEqual(
    anew,
    [...anew].sort((a, b) => a - b),
  );
});

test("options out of range are refused", () => {
  assert.throws(() => new ReorderBuffer({ capacity: 0 }), InputError);
  assert.throws(() => new ReorderBuffer({ lateness: -1 }), /lateness must be a number in \[0, ∞\), got -1/);
  assert.throws(() => new ReorderBuffer({ lateness: Number.NaN }), InputError);
});
