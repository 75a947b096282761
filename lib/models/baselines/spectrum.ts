import { formatCount } from "../../common/format";
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
  requireMemory(`principal components of ${formatCount(width)} columns`, 3 * width * width * 8);
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
  // Four rows at a time, so that a sum is fetched and stored once for them; what the last lack stays 0.
  const [a, b, c, d] = Array.from({ length: 4 }, () => new Float64Array(width));
  for (let row = 0; row < rows; row += 4) {
    for (const [k, centred] of [a, b, c, d].entries()) {
      const isRow = row + k < rows;
      for (let i = 0; i < width; i++) centred[i] = isRow ? data[(row + k) * width + i] - mean[i] : 0;
    }
    for (let i = 0, at = 0; i < width; at = ++i * width) {
      const [inA, inB, inC, inD] = [a[i], b[i], c[i], d[i]];
      for (let j = 0; j <= i; j++, at++)
        covariance[at] = covariance[at] + inA * a[j] + inB * b[j] + inC * c[j] + inD * d[j];
    }
    const done = Math.min(row + 4, rows);
    if (done % someRows > 0 && done < rows) continue;
    onProgress?.({ stage: "finding principal components", done, total: rows });
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
