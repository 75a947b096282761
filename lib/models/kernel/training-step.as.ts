// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`; the arithmetic of training-step.ts.
// Matrices lie row by row, `stride` bytes from one to the next, each row padded to a multiple of 16 numbers of 4 bytes.

/** Columns of a product that are summed at a time, in bytes: V8 keeps four sums in registers, but not eight. */
const block: usize = 64;

/**
 * `out = start + a·b`. Every number of the product is summed from first to last, whatever thread computes it. Zeros in `a` are
 * passed over, four at a time where they lie side by side: one-hot columns and units that relu has switched off are mostly zeros.
 *
 * @param a `rows × inner`, its rows `aRow` and its columns `aColumn` bytes apart: exchanged, it is transposed
 * @param b `inner × columns`, as far as its stride goes; the stride of `out` too
 * @param start what the sums begin at: rows `startRow` bytes apart, 0 for the same one every time; may be `out`
 * @param list room for `inner` times 8 bytes
 */
export function multiply(
  a: usize,
  rows: u32,
  aRow: usize,
  aColumn: usize,
  inner: u32,
  b: usize,
  stride: usize,
  start: usize,
  startRow: usize,
  out: usize,
  list: usize,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    multiplyRow(list, listFactors(a, aColumn, inner, b, stride, list), stride, start, out);
    a += aRow;
    start += startRow;
    out += stride;
  }
}

/**
 * Lists the numbers of a row other than zero, each behind the address of the row of `b` that it is multiplied by.
 *
 * @returns where the list ends
 */
function listFactors(
  from: usize,
  aColumn: usize,
  inner: u32,
  factors: usize,
  stride: usize,
  list: usize,
): usize {
  let end = list;
  let i: u32 = 0;
  if (aColumn === 4) {
    for (; i + 4 <= inner; i += 4) {
      const four = v128.load(from);
      const mask = i32x4.bitmask(f32x4.ne(four, f32x4.splat(0)));
      if (mask !== 0) {
        store<usize>(end, factors);
        v128.store32_lane(end, four, 0, 4);
        end += (mask & 1) << 3;
        store<usize>(end, factors + stride);
        v128.store32_lane(end, four, 1, 4);
        end += (mask & 2) << 2;
        store<usize>(end, factors + 2 * stride);
        v128.store32_lane(end, four, 2, 4);
        end += (mask & 4) << 1;
        store<usize>(end, factors + 3 * stride);
        v128.store32_lane(end, four, 3, 4);
        end += mask & 8;
      }
      from += 16;
      factors += 4 * stride;
    }
  }
  for (; i < inner; i++) {
    const value = load<f32>(from);
    store<usize>(end, factors);
    store<f32>(end, value, 4);
    end += (<usize>(value !== 0)) << 3;
    from += aColumn;
    factors += stride;
  }
  return end;
}

/** One row of the product, from the listed numbers. */
function multiplyRow(list: usize, end: usize, stride: usize, start: usize, out: usize): void {
  for (let column: usize = 0; column < stride; column += block) {
    let sum0 = v128.load(start + column);
    let sum1 = v128.load(start + column, 16);
    let sum2 = v128.load(start + column, 32);
    let sum3 = v128.load(start + column, 48);
    for (let at = list; at < end; at += 8) {
      const factor = load<usize>(at) + column;
      const value = v128.load32_splat(at, 4);
      sum0 = f32x4.add(sum0, f32x4.mul(value, v128.load(factor)));
      sum1 = f32x4.add(sum1, f32x4.mul(value, v128.load(factor, 16)));
      sum2 = f32x4.add(sum2, f32x4.mul(value, v128.load(factor, 32)));
      sum3 = f32x4.add(sum3, f32x4.mul(value, v128.load(factor, 48)));
    }
    v128.store(out + column, sum0);
    v128.store(out + column, sum1, 16);
    v128.store(out + column, sum2, 32);
    v128.store(out + column, sum3, 48);
  }
}

/** `to = fromᵀ` */
export function transpose(
  from: usize,
  rows: u32,
  columns: u32,
  stride: usize,
  to: usize,
  toStride: usize,
): void {
  for (let row: u32 = 0; row < rows; row++)
    for (let column: u32 = 0; column < columns; column++)
      store<f32>(
        to + <usize>column * toStride + ((<usize>row) << 2),
        load<f32>(from + <usize>row * stride + ((<usize>column) << 2)),
      );
}

export function relu(x: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(x + i, f32x4.max(v128.load(x + i), f32x4.splat(0)));
}

/** Makes the gradient by the output of relu, `y`, that by its input. */
export function reluGradient(y: usize, gradient: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(gradient + i, v128.and(v128.load(gradient + i), f32x4.gt(v128.load(y + i), f32x4.splat(0))));
}

/**
 * Writes each row's mean error, squared or absolute, and the gradient of the mean over `share = 1 / (rows of the batch ·
 * columns)` numbers. TensorFlow.js takes the derivative of an absolute error at 0 for -1.
 */
export function rowErrors(
  output: usize,
  target: usize,
  rows: u32,
  columns: u32,
  stride: usize,
  squared: bool,
  share: f32,
  errors: usize,
  gradient: usize,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    let total: f32 = 0;
    for (let i: usize = 0; i < (<usize>columns) << 2; i += 4) {
      const difference = load<f32>(output + i) - load<f32>(target + i);
      if (squared) {
        total += difference * difference;
        store<f32>(gradient + i, share * (difference * 2));
      } else {
        total += abs<f32>(difference);
        store<f32>(gradient + i, difference > 0 ? share : -share);
      }
    }
    store<f32>(errors + ((<usize>row) << 2), total / <f32>columns);
    output += stride;
    target += stride;
    gradient += stride;
  }
}

/** Adam's update of `bytes / 4` parameters (Kingma and Ba 2015, algorithm 1), which sets the gradient to 0. */
export function adam(
  parameters: usize,
  gradient: usize,
  firstMoment: usize,
  secondMoment: usize,
  bytes: usize,
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  oneMinusBeta1: f32,
  oneMinusBeta2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    const m = f32x4.add(
      f32x4.mul(v128.load(firstMoment + i), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(oneMinusBeta1)),
    );
    const v = f32x4.add(
      f32x4.mul(v128.load(secondMoment + i), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(oneMinusBeta2)),
    );
    const direction = f32x4.div(
      f32x4.div(m, f32x4.splat(correction1)),
      f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2))), f32x4.splat(epsilon)),
    );
    v128.store(firstMoment + i, m);
    v128.store(secondMoment + i, v);
    v128.store(
      parameters + i,
      f32x4.add(f32x4.mul(direction, f32x4.splat(-learningRate)), v128.load(parameters + i)),
    );
    v128.store(gradient + i, f32x4.splat(0));
  }
}
