// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`. It does what path-length.ts does, to the bit,
// several times as fast. Each step of a walk down a tree waits for memory, so sixteen rows walk at a time, without
// branches: a leaf leads back to itself, and numbers are compared as integers, which a processor does sooner.

// Memory from address 0: the sixteen rows' nodes, their sums of path lengths, and their values, column by column.
const nodes: usize = 0;
const sums: usize = 64;
const values: usize = 192;

/** A whole number that is greater just if the value is. What is no number comes first, so that it goes left. */
function ordered(value: f32): i32 {
  const bits = reinterpret<i32>(value + 0); // −0 becomes 0
  return F32.isNaN(value) ? i32.MIN_VALUE : bits ^ ((bits >> 31) & i32.MAX_VALUE);
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
  let row = rows;
  for (let i: usize = 0; i < 64; i += 4) {
    for (let column: usize = 0; column < <usize>width; column++)
      store<i32>(values + (column << 6) + i, ordered(load<f32>(row + (column << 2))));
    if (i + 4 < (<usize>count) << 2) row += (<usize>width) << 2; // the last row stands in for those that are missing
  }
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
