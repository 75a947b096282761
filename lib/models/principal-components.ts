import { InputError, requireNumber } from "../common/errors";
import { square } from "../common/exact-math";
import { breather, type WorkOptions } from "../common/progress";
import type { Matrix } from "../preprocess/matrix";
import { requireColumns } from "./detector";
import { distinctBlocks, spread } from "./kernel/distinct-blocks";

/** Principal components fitted on rows of a matrix: the linear counterpart of an autoencoder. */
export interface PrincipalComponents {
  readonly columns: readonly string[];
  readonly mean: Float64Array;
  /** One unit vector a component, largest variance first. */
  readonly components: readonly Float64Array[];
}

/** Rows between two looks at the clock. */
const someRows = 256;

/**
 * Principal component analysis (Pearson 1901; as a detector Shyu et al. 2003). Cost: rows × columns², then columns³.
 *
 * @param components how many to keep, an integer in [1, number of columns]
 * @throws {InputError} if that is out of range or the matrix has no rows
 * @throws the reason of `signal` once it is aborted
 */
export async function fitPrincipalComponents(
  matrix: Matrix,
  components: number,
  { onProgress, signal }: WorkOptions = {},
): Promise<PrincipalComponents> {
  const { rows, columns, data } = matrix;
  const width = columns.length;
  requireNumber("components", components, { min: 1, max: width, integer: true });
  if (rows === 0) throw new InputError("principal components need at least one row");
  signal?.throwIfAborted();
  const breatheIfDue = breather(signal);
  const mean = new Float64Array(width);
  for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < width; i++) mean[i] += data[at++];
  for (let i = 0; i < width; i++) mean[i] /= rows;

  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) centred[i] = data[row * width + i] - mean[i];
    for (let i = 0; i < width; i++) {
      const value = centred[i];
      for (let j = 0; j <= i; j++) covariance[i * width + j] += value * centred[j];
    }
    if ((row + 1) % someRows > 0 && row + 1 < rows) continue;
    onProgress?.({ stage: "finding principal components", done: row + 1, total: rows });
    await breatheIfDue();
  }
  const { Matrix: DenseMatrix, EigenvalueDecomposition } = require("ml-matrix") as typeof import("ml-matrix");
  const symmetric = DenseMatrix.zeros(width, width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      symmetric.set(i, j, covariance[i * width + j] / rows);
      symmetric.set(j, i, covariance[i * width + j] / rows);
    }
  }
  // Eigenvalues come in ascending order.
  const { eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return {
    columns,
    mean,
    components: Array.from({ length: components }, (_, k) =>
      Float64Array.from(eigenvectorMatrix.getColumn(width - 1 - k)),
    ),
  };
}

/**
 * Mean over the columns of the squared reconstruction error, one a row; higher = more anomalous.
 *
 * @throws {RangeError} if the matrix has other columns
 */
export function reconstructionErrors(fitted: PrincipalComponents, matrix: Matrix): Float64Array {
  requireColumns(fitted, matrix);
  const { mean, components } = fitted;
  const width = mean.length;
  const centred = new Float64Array(width);
  const errors = new Float64Array(matrix.rows);
  for (const { rows, count, ...block } of distinctBlocks(matrix.data, width, 0, matrix.rows)) {
    const distinct = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      let error = 0;
      for (let i = 0; i < width; i++) {
        centred[i] = rows[row * width + i] - mean[i];
        error += square(centred[i]);
      }
      // The components are orthonormal: what a row keeps of its length is the sum of its squared projections.
      for (const component of components) {
        let projection = 0;
        for (let i = 0; i < width; i++) projection += component[i] * centred[i];
        error -= square(projection);
      }
      distinct[row] = Math.max(error, 0) / width;
    }
    spread(block, distinct, errors);
  }
  return errors;
}
