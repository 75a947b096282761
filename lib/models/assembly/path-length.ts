// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`. It does what path-length.ts does, to the bit,
// several times as fast. Each step of a walk down a tree waits for memory, so sixteen rows walk at a time, without
// branches: a leaf leads back to itself, and numbers are compared as integers, which a processor does sooner.

// Memory from address 0: the sixteen rows' nodes, their sums of path lengths, and their values, column by column.
const nodes: usize = 0;
const sums: usize = 64;
const values: usize = 192;

/**
 * Whole numbers that are greater just if the values are. What is no number becomes the least one, so that it goes left.
 */
function ordered(four: v128): v128 {
  const bits = f32x4.add(four, f32x4.splat(0)); // −0 becomes 0
  const whole = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(i32.MAX_VALUE)));
  return v128.bitselect(whole, i32x4.splat(i32.MIN_VALUE), f32x4.eq(four, four));
}

/** Puts four rows side by side, from the `first` of sixteen on; the last there is stands in for those that are missing. */
function gather(rows: usize, width: u32, count: u32, first: u32): void {
  const rowBytes = (<usize>width) << 2;
  const a = rows + <usize>min(first, count - 1) * rowBytes;
  const b = rows + <usize>min(first + 1, count - 1) * rowBytes;
  const c = rows + <usize>min(first + 2, count - 1) * rowBytes;
  const d = rows + <usize>min(first + 3, count - 1) * rowBytes;
  let to = values + ((<usize>first) << 2);
  let at: usize = 0;
  for (; at + 16 <= rowBytes; at += 16) {
    const low = v128.shuffle<i32>(v128.load(a + at), v128.load(b + at), 0, 4, 1, 5);
    const high = v128.shuffle<i32>(v128.load(a + at), v128.load(b + at), 2, 6, 3, 7);
    const lowOther = v128.shuffle<i32>(v128.load(c + at), v128.load(d + at), 0, 4, 1, 5);
    const highOther = v128.shuffle<i32>(v128.load(c + at), v128.load(d + at), 2, 6, 3, 7);
    v128.store(to, ordered(v128.shuffle<i64>(low, lowOther, 0, 2)));
    v128.store(to, ordered(v128.shuffle<i64>(low, lowOther, 1, 3)), 64);
    v128.store(to, ordered(v128.shuffle<i64>(high, highOther, 0, 2)), 128);
    v128.store(to, ordered(v128.shuffle<i64>(high, highOther, 1, 3)), 192);
    to += 256;
  }
  for (; at < rowBytes; at += 4) {
    let four = f32x4.splat(load<f32>(a + at));
    four = f32x4.replace_lane(four, 1, load<f32>(b + at));
    four = f32x4.replace_lane(four, 2, load<f32>(c + at));
    four = f32x4.replace_lane(four, 3, load<f32>(d + at));
    v128.store(to, ordered(four));
    to += 64;
  }
}

/**
 * A row's step to a child. A node has 24 bytes: split value, address of its column's values, left child, right child,
 * path length.
 *
 * @param row its number times four
 */
// @ts-expect-error: decorator
function step(row: usize): void {
  const node: usize = load<u32>(nodes + row);
  const value: usize = load<u32>(node, 4);
  const right = usize(load<i32>(value + row) > load<i32>(node));
  store<u32>(nodes + row, load<u32>(node + (right << 2), 8));
}

/** Leaves at `sums` the sums, in the order of the trees, of the path lengths of 1 to 16 rows of `width` numbers. */
export function sumPathLengths(
  roots: usize,
  trees: u32,
  depth: u32,
  rows: usize,
  width: u32,
  count: u32,
): void {
  for (let i: u32 = 0; i < 16; i += 4) gather(rows, width, count, i);
  memory.fill(sums, 0, 128);
  for (let tree: u32 = 0; tree < trees; tree++) {
    const root = load<u32>(roots + ((<usize>tree) << 2));
    for (let i: usize = 0; i < 64; i += 4) store<u32>(nodes + i, root);
    for (let level: u32 = 0; level < depth; level++) {
      step(0);
      step(4);
      step(8);
      step(12);
      step(16);
      step(20);
      step(24);
      step(28);
      step(32);
      step(36);
      step(40);
      step(44);
      step(48);
      step(52);
      step(56);
      step(60);
    }
    for (let i: usize = 0; i < 64; i += 4) {
      const length = load<f64>(load<u32>(nodes + i), 16);
      store<f64>(sums + (i << 1), load<f64>(sums + (i << 1)) + length);
    }
  }
}
