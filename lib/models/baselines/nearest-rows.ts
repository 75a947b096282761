// What k nearest neighbours and the local outlier factor share: a sample of rows, and those of it that are nearest to a row.
import { createRandom, sampleWithoutReplacement } from "../../common/random";
import { shared, sharedBytes } from "../../common/shared";
import { type LazyMatrix, type Matrix, selectMatrixRows } from "../../preprocess/matrix";

/** Rows in memory that threads can share: `rows × width`, row-major. */
export interface Sample {
  readonly data: Float32Array;
  readonly width: number;
  readonly rows: number;
  /** The columns by falling variance: where rows differ, one that is too far is given up soonest. */
  readonly order: Uint32Array;
  /** The rows with their columns in that order. */
  readonly ordered: Float32Array;
}

/** Settings of a detector that keeps a sample of rows, defaults filled in. */
export interface SampleSettings {
  readonly neighbours: number;
  readonly sampleSize: number;
  readonly seed: number;
}

/** Columns between two looks at whether a row is too far already. */
const someColumns = 8;

/** Draws rows without replacement: all of them where there are no more than `size`. */
export function sampleRows(matrix: Matrix | LazyMatrix, size: number, seed: number, purpose: string): Sample {
  const count = Math.min(size, matrix.rows);
  const drawn = sampleWithoutReplacement(matrix.rows, count, createRandom(seed, purpose)).sort();
  const { columns, data } = selectMatrixRows(matrix, drawn);
  return sampleOf(shared(data), columns.length, count);
}

/** @param data `rows × width`, row-major */
export function sampleOf(data: Float32Array, width: number, rows: number): Sample {
  const variances = Array.from({ length: width }, (_, column) => {
    let [sum, squares] = [0, 0];
    for (let at = column; at < data.length; at += width) {
      sum += data[at];
      squares += data[at] * data[at];
    }
    return squares / rows - (sum / rows) ** 2;
  });
  const order = Uint32Array.from(variances.keys()).sort((a, b) => variances[b] - variances[a]);
  const ordered: Float32Array = new Float32Array(sharedBytes(data.length * 4));
  for (let at = 0; at < data.length; at += width)
    for (let i = 0; i < width; i++) ordered[at + i] = data[at + order[i]];
  return { data, width, rows, order, ordered };
}

/**
 * The k rows of a sample that are nearest to a row by Euclidean distance, nearest first; of rows equally far, the first.
 * The result is exact: a row is given up as soon as some of its columns alone are farther than the k nearest so far.
 *
 * @param except a row of the sample that does not count: the row itself
 * @returns positions in the sample, and the squared distances
 */
export function nearestRows(
  { width, rows, order, ordered }: Sample,
  row: Float32Array,
  k: number,
  except = -1,
): { readonly nearest: Int32Array; readonly squares: Float64Array } {
  const nearest = new Int32Array(k).fill(-1);
  const squares = new Float64Array(k).fill(Infinity);
  const own = Float64Array.from(order, (column) => row[column]);
  for (let other = 0; other < rows; other++) {
    if (other === except) continue;
    const limit = squares[k - 1];
    const at = other * width;
    let sum = 0;
    for (let i = 0; i < width && sum < limit; ) {
      for (const stop = Math.min(i + someColumns, width); i < stop; i++) {
        const difference = own[i] - ordered[at + i];
        sum += difference * difference;
      }
    }
    if (!(sum < limit)) continue;
    let place = k - 1;
    for (; place > 0 && squares[place - 1] > sum; place--) {
      squares[place] = squares[place - 1];
      nearest[place] = nearest[place - 1];
    }
    squares[place] = sum;
    nearest[place] = other;
  }
  return { nearest, squares };
}

/** The squared difference between a row and one of a sample, by column. */
export function squaredDifferences({ data, width }: Sample, row: Float32Array, other: number): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => {
    const difference = row[i] - data[other * width + i];
    return difference * difference;
  });
}
