import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctBlocks } from "traffic-anomaly/dist/models/kernel/distinct-blocks";
import fc from "../../fixtures/fast-check";

test("blocks hold each kind of row once, in order, and say where every row is", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 19 }).chain((width) =>
        fc.record({
          width: fc.constant(width),
          taken: fc.nat(100),
          rows: fc.array(
            fc.array(fc.constantFrom(0, -0, 1, NaN, 1e-45, Infinity), { minLength: width, maxLength: width }),
            { minLength: 1, maxLength: 60 },
          ),
        }),
      ),
      ({ width, taken, rows }) => {
        const data = Float32Array.from(rows.flat());
        const seen = new Map<string, number>();
        const key = (values: Float32Array) => Buffer.from(values.slice().buffer).toString("hex");
        const expected = rows.slice(1).map((_, i) => {
          const kind = key(data.subarray((i + 1) * width, (i + 2) * width));
          return seen.get(kind) ?? seen.set(kind, seen.size).size - 1;
        });
        const blocks = Array.from(
          distinctBlocks(data, width, 1, rows.length, taken),
          ({ rows: distinct, ...block }) => ({
            ...block,
            kinds: Array.from({ length: block.count }, (_, i) =>
              key(distinct.subarray(i * width, (i + 1) * width)),
            ),
            places: [...block.places],
          }),
        );
        const kinds = [...seen.keys()];
        const notFinite = [...kinds.keys()].filter((kind) => {
          const row = 1 + expected.indexOf(kind);
          return !rows[row].every(Number.isFinite);
        });
        assert.deepEqual(
          blocks,
          rows.length === 1
            ? []
            : [{ start: 1, end: rows.length, count: seen.size, kinds, places: expected, notFinite }],
        );
      },
    ),
  );
});

test("a matrix larger than a block comes in several, without gaps", () => {
  const width = 4096;
  const data = new Float32Array(1500 * width).map((_, i) => Math.floor(i / width / 3));
  let next = 0;
  let blocks = 0;
  for (const { start, end, rows, count, places } of distinctBlocks(data, width, 0, 1500)) {
    assert.equal(start, next);
    for (let row = start; row < end; row++)
      assert.equal(rows[places[row - start] * width + 7], Math.floor(row / 3));
    assert.ok(count <= Math.ceil((end - start) / 3) + 1);
    next = end;
    blocks++;
  }
  assert.equal(next, 1500);
  assert.ok(blocks > 1);
});
