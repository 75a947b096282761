import { square } from "../../../common/exact-math";
import type { Matrix } from "../../../preprocess/matrix";
import { type Detector, requireColumns } from "../../detector";
import type { Components } from "./reconstruction-errors";

/** Fitted principal components, as far as rows are moved by them. */
type Fitted = Components & Pick<Detector, "columns">;

/**
 * Positions of rows on principal components, relative to the mean of the rows that these were fitted on:
 * `rows × components`, columns `component 1`, `component 2`, …
 *
 * @throws {RangeError} if the matrix has other columns
 * @example
 * const network = await fitAutoencoder(matrix);
 * const code = await network.encode(matrix);
 * const flat = projectRows(await fitPrincipalComponents(code, { components: 2 }), code);
 */
export function projectRows(fitted: Fitted, matrix: Matrix): Matrix {
  requireColumns(fitted, matrix);
  const { mean, components } = fitted;
  const width = mean.length;
  const data: Float32Array = new Float32Array(matrix.rows * components.length);
  for (let row = 0; row < matrix.rows; row++) {
    components.forEach((component, k) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += component[i] * (matrix.data[row * width + i] - mean[i]);
      data[row * components.length + k] = sum;
    });
  }
  return { rows: matrix.rows, columns: components.map((_, k) => `component ${k + 1}`), data };
}

/** The share of the variance of the rows, around the fitted mean, that each component holds; in [0, 1], largest first. */
export function explainedVariance(fitted: Fitted, matrix: Matrix): number[] {
  const projected = projectRows(fitted, matrix);
  const width = fitted.mean.length;
  let total = 0;
  for (let i = 0; i < matrix.data.length; i++) total += square(matrix.data[i] - fitted.mean[i % width]);
  return fitted.components.map((_, k) => {
    let sum = 0;
    for (let i = k; i < projected.data.length; i += fitted.components.length)
      sum += square(projected.data[i]);
    return total === 0 ? 0 : sum / total;
  });
}

/** The points of the fitted subspace nearest to the rows: what principal components reconstruct them as. */
export function reconstructRows(fitted: Fitted, matrix: Matrix): Matrix {
  const projected = projectRows(fitted, matrix);
  const { mean, components } = fitted;
  const width = mean.length;
  const data = Float32Array.from(matrix.data, (_, at) => {
    const row = Math.floor(at / width);
    const column = at % width;
    return components.reduce(
      (sum, component, k) => sum + component[column] * projected.data[row * components.length + k],
      mean[column],
    );
  });
  return { rows: matrix.rows, columns: matrix.columns, data };
}
