import { requireMemory } from "../../common/memory";
import { loadPackage } from "../../common/packages";
import { breather, type WorkOptions } from "../../common/progress";
import type { Matrix } from "../../preprocess/matrix";

/** The directions in which rows spread around their mean, which lie at right angles to each other. */
export interface Spectrum {
  readonly mean: Float64Array;
  /** Variance along each direction, largest first: the eigenvalues of the covariance matrix. */
  readonly variances: Float64Array;
  /** One unit vector a direction: the eigenvectors. */
  readonly directions: readonly Float64Array[];
}

/** Rows between two looks at the clock. */
const someRows = 256;

/**
 * Mean, eigenvalues and eigenvectors of the covariance of rows. Cost: rows × columns², then columns³.
 *
 * @throws {InputError} if the columns take too much memory; the reason of `signal` once it is aborted
 */
export async function spectrumOf(matrix: Matrix, options: WorkOptions = {}): Promise<Spectrum> {
  const width = matrix.columns.length;
  requireMemory(`principal components of ${width.toLocaleString("en")} columns`, 3 * width * width * 8);
  options.signal?.throwIfAborted();
  const mean = columnMeans(matrix);
  return { mean, ...eigenvectors(await covarianceOf(matrix, mean, options), width) };
}

function columnMeans({ rows, columns, data }: Matrix): Float64Array {
  const width = columns.length;
  const mean = new Float64Array(width);
  for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < width; i++) mean[i] += data[at++];
  for (let i = 0; i < width; i++) mean[i] /= rows;
  return mean;
}

/** The lower triangle of the covariance matrix, row-major. */
async function covarianceOf(
  { rows, columns, data }: Matrix,
  mean: Float64Array,
  { onProgress, signal }: WorkOptions,
): Promise<Float64Array> {
  const width = columns.length;
  const breatheIfDue = breather(signal);
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
  return covariance.map((sum) => sum / rows);
}

function eigenvectors(lowerTriangle: Float64Array, width: number): Omit<Spectrum, "mean"> {
  const { Matrix: DenseMatrix, EigenvalueDecomposition } = loadPackage(
    "ml-matrix",
    () => require("ml-matrix") as typeof import("ml-matrix"),
  );
  const symmetric = DenseMatrix.zeros(width, width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      symmetric.set(i, j, lowerTriangle[i * width + j]);
      symmetric.set(j, i, lowerTriangle[i * width + j]);
    }
  }
  // Eigenvalues come in ascending order.
  const found = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return {
    variances: Float64Array.from(found.realEigenvalues).reverse(),
    directions: Array.from({ length: width }, (_, k) =>
      Float64Array.from(found.eigenvectorMatrix.getColumn(width - 1 - k)),
    ),
  };
}
