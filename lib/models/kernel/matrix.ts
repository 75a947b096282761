import type { Kernel } from "./kernel";

/** A matrix in the kernel's memory: its address, and the bytes from one row or column to the next. */
export interface KernelMatrix {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowBytes: number;
  readonly columnBytes: number;
}

/** Divides the kernel's memory into matrices, one after another. */
export class MatrixAllocator {
  /** Bytes that are taken, from address 0 on. */
  bytes = 0;

  /** Room for a matrix whose rows are padded, since the kernel takes 16 numbers at a time. */
  take(rows: number, columns: number): KernelMatrix {
    const at = this.bytes;
    const rowBytes = Math.ceil(columns / 16) * 64;
    this.bytes += rows * rowBytes;
    return { at, rows, columns, rowBytes, columnBytes: 4 };
  }
}

/** One row of a matrix in the memory that it lies in. */
export function rowOf(
  memory: Float32Array,
  { at, columns, rowBytes }: KernelMatrix,
  row: number,
): Float32Array {
  return memory.subarray((at + row * rowBytes) / 4).subarray(0, columns);
}

/** Fills a matrix with numbers, row by row. */
export function fill(memory: Float32Array, matrix: KernelMatrix, values: Float32Array): void {
  const { rows, columns } = matrix;
  for (let row = 0; row < rows; row++)
    rowOf(memory, matrix, row).set(values.subarray(row * columns, (row + 1) * columns));
}

/** The numbers of a matrix, row by row: what {@link fill} was given. */
export function valuesOf(memory: Float32Array, matrix: KernelMatrix): Float32Array {
  const { rows, columns } = matrix;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) values.set(rowOf(memory, matrix, row), row * columns);
  return values;
}

/** The same memory read the other way. */
export function transposed({ at, rows, columns, rowBytes, columnBytes }: KernelMatrix): KernelMatrix {
  return { at, rows: columns, columns: rows, rowBytes: columnBytes, columnBytes: rowBytes };
}

/** Rows `start` to `end` (exclusive). */
export function slice(matrix: KernelMatrix, start: number, end: number): KernelMatrix {
  return { ...matrix, at: matrix.at + start * matrix.rowBytes, rows: end - start };
}

/** `out = start + a·b`; a start of one row counts for every row. `list` is room for twice the columns of `a`. */
export function multiply(
  kernel: Kernel,
  a: KernelMatrix,
  b: KernelMatrix,
  start: KernelMatrix,
  out: KernelMatrix,
  list: KernelMatrix,
): void {
  const startBytes = start.rows > 1 ? start.rowBytes : 0;
  const { at, rows, rowBytes, columnBytes, columns } = a;
  kernel.multiply(
    at,
    rows,
    rowBytes,
    columnBytes,
    columns,
    b.at,
    b.rowBytes,
    start.at,
    startBytes,
    out.at,
    list.at,
  );
}

/** A layer of a network, with the rows that are in it. */
export interface DenseLayer {
  readonly input: KernelMatrix;
  readonly weights: KernelMatrix;
  readonly bias: KernelMatrix;
  readonly output: KernelMatrix;
  /** All but the last layer have it. */
  readonly hasRelu: boolean;
}

/** Lets rows pass through a layer: `output = input·weights + bias`, and with relu what of it is above 0. */
export function passLayer(
  kernel: Kernel,
  { input, weights, bias, output, hasRelu }: DenseLayer,
  list: KernelMatrix,
): void {
  multiply(kernel, input, weights, bias, output, list);
  if (hasRelu) kernel.relu(output.at, input.rows * output.rowBytes);
}
