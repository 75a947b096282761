import assert from "node:assert/strict";
import { test } from "node:test";
import { rowNumbers } from "traffic-anomaly/dist/data/source";

test("row numbers count skipped rows", () => {
  assert.deepEqual(rowNumbers({ skippedRows: [] }, 0, 3), Uint32Array.of(1, 2, 3));
  assert.deepEqual(rowNumbers({ skippedRows: [1, 3, 4] }, 0, 3), Uint32Array.of(2, 5, 6));
  assert.deepEqual(rowNumbers({ skippedRows: [1, 3, 4] }, 1, 3), Uint32Array.of(5, 6));
});
