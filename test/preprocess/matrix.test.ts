import assert from "node:assert/strict";
import { test } from "node:test";
import { type Matrix, selectMatrixRows } from "traffic-anomaly";
import { sourceFeature, wholeMatrix } from "traffic-anomaly/dist/preprocess/matrix";

const matrix: Matrix = { rows: 3, columns: ["x", "y"], data: Float32Array.of(0, 1, 10, 11, 20, 21) };

test("rows of a matrix are selected in the order given, and may repeat", () => {
  assert.deepEqual(selectMatrixRows(matrix, Uint32Array.of(2, 0, 2)), {
    rows: 3,
    columns: ["x", "y"],
    data: Float32Array.of(20, 21, 0, 1, 20, 21),
  });
  assert.deepEqual(selectMatrixRows(matrix, Uint32Array.of()), {
    rows: 0,
    columns: ["x", "y"],
    data: new Float32Array(),
  });
});

test("a lazy matrix is asked for the rows wanted, or for all", async () => {
  const lazy = {
    rows: 3,
    columns: matrix.columns,
    select: (rows: Uint32Array) => ({ ...matrix, rows: rows.length }),
    whole: async () => matrix,
  };
  assert.equal(selectMatrixRows(lazy, Uint32Array.of(1, 2)).rows, 2);
  assert.equal(await wholeMatrix(lazy), matrix);
  assert.equal(await wholeMatrix(matrix), matrix);
});

test("the feature of a one-hot column ends at its first =", () => {
  assert.equal(sourceFeature("service=http"), "service");
  assert.equal(sourceFeature("service=a=b"), "service");
  assert.equal(sourceFeature("duration"), "duration");
});
