import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createRandom,
  explainedVariance,
  fitPrincipalComponents,
  type Matrix,
  projectRows,
  reconstructRows,
} from "traffic-anomaly";

const random = createRandom(1, "test projection");
const rows = 200;
const columns = ["a", "b", "c"];
const data = Float32Array.from(
  Array.from({ length: rows }, () => {
    const [t, u, v] = [random.uniform(), random.uniform(), random.uniform()];
    return [3 * t, t + u, 0.1 * v];
  }).flat(),
);
const matrix: Matrix = { rows, columns, data };

test("projections on all components keep the distances of rows", async () => {
  const projected = projectRows(await fitPrincipalComponents(matrix, { components: 3 }), matrix);
  const distance = (values: Float32Array, a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((i) => values[3 * a + i] - values[3 * b + i]));
  for (let row = 1; row < rows; row++) {
    assert.ok(Math.abs(distance(data, 0, row) - distance(projected.data, 0, row)) < 1e-6);
  }
});

test("shares of variance fall, and those of all components sum to 1", async () => {
  const shares = explainedVariance(await fitPrincipalComponents(matrix, { components: 3 }), matrix);
  assert.ok(shares[0] > shares[1] && shares[1] > shares[2]);
  assert.ok(Math.abs(shares[0] + shares[1] + shares[2] - 1) < 1e-6);
});

test("what rows are reconstructed as has the error that they are scored by", async () => {
  const fitted = await fitPrincipalComponents(matrix, { components: 2 });
  const reconstruction = reconstructRows(fitted, matrix);
  const errors = await fitted.score(matrix);
  for (let row = 0; row < rows; row++) {
    const error = [0, 1, 2].reduce(
      (sum, i) => sum + (data[3 * row + i] - reconstruction.data[3 * row + i]) ** 2 / 3,
      0,
    );
    assert.ok(Math.abs(error - errors[row]) < 1e-7);
  }
});

test("a matrix of other columns is refused", async () => {
  const other = { ...matrix, columns: ["a", "b", "d"] };
  const fitted = await fitPrincipalComponents(matrix, { components: 2 });
  assert.throws(() => projectRows(fitted, other), RangeError);
});
