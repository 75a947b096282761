import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fitPrincipalComponents, type Matrix } from "traffic-anomaly";
import { PrincipalComponents } from "traffic-anomaly/dist/models/baselines/principal-components/principal-components";
import { assertAbortable } from "../../../fixtures/abort";
import fc from "../../../fixtures/fast-check";

const reference: {
  rows: number;
  width: number;
  mean: number[];
  components: number[][];
  errors: number[];
} = JSON.parse(readFileSync(join(__dirname, "principal-components.reference.json"), "utf8"));

/** The same generator as in principal-components.reference.py. */
function generate(): Matrix {
  let state = 12345;
  const draw = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state >>> 24) / 8;
  };
  const data = Array.from({ length: reference.rows }, () => {
    const [a, b, c, d, e] = Array.from({ length: reference.width }, draw);
    return [a, a + b / 2, c / 4, d / 8 - a, e / 8];
  });
  return { rows: reference.rows, columns: ["a", "b", "c", "d", "e"], data: Float32Array.from(data.flat()) };
}

const matrix = generate();
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

/** Any small matrix of few distinct values, so that columns are constant or equal now and then. */
const anyMatrix = fc.integer({ min: 1, max: 5 }).chain((width) =>
  fc
    .array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 12,
    })
    .map(
      (rows): Matrix => ({
        rows: rows.length,
        columns: rows[0].map((_, i) => `x${i}`),
        data: Float32Array.from(rows.flat()),
      }),
    ),
);

test("mean, components and errors agree with NumPy's singular value decomposition", async () => {
  const fitted = await fitPrincipalComponents(matrix, { components: reference.components.length });
  assert.ok(largestDifference(fitted.mean, reference.mean) < 1e-12);
  fitted.components.forEach((component, k) => {
    // A component's sign is free.
    assert.ok(Math.abs(Math.abs(dot(component, reference.components[k])) - 1) < 1e-12, `component ${k}`);
  });
  const largest = largestDifference(await fitted.score(matrix), reference.errors);
  assert.ok(largest < 1e-9, `largest difference ${largest}`);
});

test("components are orthonormal, the one of largest variance first", async () => {
  await fc.assert(
    fc.asyncProperty(anyMatrix, async (matrix) => {
      const width = matrix.columns.length;
      const { components, mean } = await fitPrincipalComponents(matrix, { components: width });
      const variances = components.map((component, k) => {
        components.forEach((other, j) => {
          assert.ok(Math.abs(dot(component, other) - Number(j === k)) < 1e-9);
        });
        let sum = 0;
        for (let row = 0; row < matrix.rows; row++) {
          const values = matrix.data.subarray(row * width, (row + 1) * width);
          sum +=
            dot(
              component,
              Array.from(values, (value, i) => value - mean[i]),
            ) ** 2;
        }
        return sum;
      });
      assert.ok(variances.every((variance, k) => k === 0 || variance <= variances[k - 1] + 1e-9));
    }),
    { numRuns: 300 },
  );
});

test("all components leave no error", async () => {
  await fc.assert(
    fc.asyncProperty(anyMatrix, async (matrix) => {
      const errors = await (
        await fitPrincipalComponents(matrix, { components: matrix.columns.length })
      ).score(matrix);
      assert.ok(errors.every((error) => error >= 0 && error < 1e-12));
    }),
    { numRuns: 300 },
  );
});

test("each component more leaves no larger an error", async () => {
  const { columns, mean } = await fitPrincipalComponents(matrix, { components: 1 });
  let previous = await new PrincipalComponents(columns, mean, []).score(matrix);
  for (let kept = 1; kept <= 5; kept++) {
    const errors = await (await fitPrincipalComponents(matrix, { components: kept })).score(matrix);
    assert.ok(errors.every((error, row) => error <= previous[row] + 1e-12));
    previous = errors;
  }
});

test("a row off the line of the others has the error of its distance", async () => {
  const line = { rows: 3, columns: ["x", "y"], data: Float32Array.of(-1, -1, 0, 0, 1, 1) };
  const fitted = await fitPrincipalComponents(line, { components: 1 });
  const far = { rows: 2, columns: ["x", "y"], data: Float32Array.of(1, -1, 100, 100) };
  // (1, −1) is √2 off the line x = y: the mean over two columns of its square is 1. (100, 100) lies on it.
  const [off, on] = await fitted.score(far);
  assert.ok(Math.abs(off - 1) < 1e-12 && on < 1e-9);
});

test("the number of components must be in [1, columns], and there must be rows", async () => {
  for (const wrong of [0, 6, 1.5])
    await assert.rejects(fitPrincipalComponents(matrix, { components: wrong }), {
      name: "InputError",
      message: `components must be an integer in [1, 5], got ${wrong}`,
    });
  const none = { ...matrix, rows: 0, data: new Float32Array() };
  await assert.rejects(fitPrincipalComponents(none, { components: 1 }), { name: "InputError" });
});

test("a matrix of other columns is refused", async () => {
  const fitted = await fitPrincipalComponents(matrix, { components: 2 });
  const renamed = { ...matrix, columns: ["a", "b", "c", "d", "f"] };
  await assert.rejects(fitted.score(renamed), RangeError);
  await assert.rejects(fitted.explainRows(renamed), RangeError);
});

test("the matrix is not changed", async () => {
  const before = matrix.data.slice();
  await (await fitPrincipalComponents(matrix, { components: 2 })).score(matrix);
  assert.deepEqual(matrix.data, before);
});

test("an abort ends the search for components", async () => {
  const columns = Array.from({ length: 60 }, (_, i) => `column ${i}`);
  const large = { rows: 100_000, columns, data: new Float32Array(60 * 100_000) };
  await assertAbortable((signal) => fitPrincipalComponents(large, { components: 1, signal }));
});
