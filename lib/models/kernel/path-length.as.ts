// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`. It does what anomaly-scores.ts does, to the bit,
// several times as fast. 64 rows go down the trees together, as rays do in packets: in traffic, rows that stand near each
// other are alike, and most splits send all of them to one side. A party is a node and, a bit each, the rows that are there.
// It parts without a branch, which a processor would often guess wrong. Where a tree has scattered the rows, each goes on
// alone, which is cheaper then.

/** Trees whose parties are in a list at a time, so that there are always some that do not wait for each other. */
const someTrees: u32 = 16;

/** Rows go on alone once the trees in a list have more parties than this, on average. */
const mostParties: usize = 7;

// Memory from address 0: the rows' sums of path lengths, the numbers of their parties, two lists, each with room for twice
// 7 × 16 parties and one more, and the rows' values, column by column.
const sums: usize = 0;
const numbers: usize = 512;
const list: usize = 576;
const otherList: usize = 4224;
const values: usize = 7872;

const partyBytes: usize = 16;
const nodeBytes: u32 = 24;

/**
 * Puts four rows side by side, from the `first` of `count` on; the last there is stands in for those that are missing.
 *
 * @param to where their values of the first column go; those of the next go 256 bytes behind
 */
export function gather(rows: usize, width: u32, count: u32, first: u32, to: usize): void {
  const rowBytes = (<usize>width) << 2;
  const a = rows + <usize>min(first, count - 1) * rowBytes;
  const b = rows + <usize>min(first + 1, count - 1) * rowBytes;
  const c = rows + <usize>min(first + 2, count - 1) * rowBytes;
  const d = rows + <usize>min(first + 3, count - 1) * rowBytes;
  let at: usize = 0;
  for (; at + 16 <= rowBytes; at += 16) {
    const low = v128.shuffle<i32>(v128.load(a + at), v128.load(b + at), 0, 4, 1, 5);
    const high = v128.shuffle<i32>(v128.load(a + at), v128.load(b + at), 2, 6, 3, 7);
    const lowOther = v128.shuffle<i32>(v128.load(c + at), v128.load(d + at), 0, 4, 1, 5);
    const highOther = v128.shuffle<i32>(v128.load(c + at), v128.load(d + at), 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(low, lowOther, 0, 2));
    v128.store(to, v128.shuffle<i64>(low, lowOther, 1, 3), 256);
    v128.store(to, v128.shuffle<i64>(high, highOther, 0, 2), 512);
    v128.store(to, v128.shuffle<i64>(high, highOther, 1, 3), 768);
    to += 1024;
  }
  for (; at < rowBytes; at += 4) {
    store<f32>(to, load<f32>(a + at));
    store<f32>(to, load<f32>(b + at), 4);
    store<f32>(to, load<f32>(c + at), 8);
    store<f32>(to, load<f32>(d + at), 12);
    to += 256;
  }
}

/** A bit for each of 16 values: whether it is greater. What is not a number never is. */
function greater(values: usize, split: v128): u64 {
  const a = f32x4.gt(v128.load(values), split);
  const b = f32x4.gt(v128.load(values, 16), split);
  const c = f32x4.gt(v128.load(values, 32), split);
  const d = f32x4.gt(v128.load(values, 48), split);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/**
 * Moves the parties of a list down by a level, into another list. A node has 24 bytes: address of its column's values, split
 * value, left child, which the right one follows, nothing, path length. A leaf leads back to itself.
 *
 * @returns the end of the other list
 */
function descend(party: usize, end: usize, to: usize): usize {
  for (; party < end; party += partyBytes) {
    const node: usize = load<u32>(party);
    const rows = load<u64>(party, 8);
    const column: usize = load<u32>(node);
    const split = v128.load32_splat(node, 4);
    const right =
      rows &
      (greater(column, split) |
        (greater(column + 64, split) << 16) |
        (greater(column + 128, split) << 32) |
        (greater(column + 192, split) << 48));
    const left = rows ^ right;
    const child = load<u32>(node, 8);
    // A child without rows is written over by the next.
    store<u32>(to, child);
    store<u64>(to, left, 8);
    if (left !== 0) to += partyBytes;
    store<u32>(to, child + nodeBytes);
    store<u64>(to, right, 8);
    if (right !== 0) to += partyBytes;
  }
  return to;
}

/** The child of a node that a row goes to; `offset` is the row's in a column of values. */
function childOf(node: usize, offset: usize): usize {
  const right = u32(load<f32>(<usize>load<u32>(node) + offset) > load<f32>(node, 4));
  return load<u32>(node, 8) + right * nodeBytes;
}

/**
 * Adds the path lengths in one tree to the sums: each row finds its party by number, and goes on from there.
 *
 * @param first the tree's first party; its parties hold all 64 rows
 * @param levels how far it is to the deepest leaf
 * @returns the next tree's first party
 */
function addPathLengths(first: usize, levels: u32): usize {
  const each = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  let party = first;
  let missing = u64.MAX_VALUE;
  for (let number: i8 = 0; missing !== 0; number++) {
    const rows = load<u64>(party, 8);
    for (let row: usize = 0; row < 64; row += 16) {
      const bits = i16x8.splat(<i16>(rows >> row));
      const byEight = v128.shuffle<i8>(bits, bits, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
      const here = i8x16.eq(v128.and(byEight, each), each);
      v128.store(numbers + row, v128.bitselect(i8x16.splat(number), v128.load(numbers + row), here));
    }
    missing ^= rows;
    party += partyBytes;
  }
  for (let row: usize = 0; row < 64; row += 4) {
    // Four at a time, since each step waits for the one before.
    const offset = row << 2;
    let p: usize = load<u32>(first + partyBytes * load<u8>(numbers + row));
    let q: usize = load<u32>(first + partyBytes * load<u8>(numbers + row, 1));
    let r: usize = load<u32>(first + partyBytes * load<u8>(numbers + row, 2));
    let s: usize = load<u32>(first + partyBytes * load<u8>(numbers + row, 3));
    for (let level: u32 = 0; level < levels; level++) {
      p = childOf(p, offset);
      q = childOf(q, offset + 4);
      r = childOf(r, offset + 8);
      s = childOf(s, offset + 12);
    }
    const sum = sums + (row << 3);
    const two = v128.load64_lane(q + 16, v128.load64_zero(p + 16), 1);
    const otherTwo = v128.load64_lane(s + 16, v128.load64_zero(r + 16), 1);
    v128.store(sum, f64x2.add(v128.load(sum), two));
    v128.store(sum, f64x2.add(v128.load(sum, 16), otherTwo), 16);
  }
  return party;
}

/** Leaves at `sums` the sums, in the order of the trees, of the path lengths of 1 to 64 rows of `width` numbers. */
export function sumPathLengths(
  roots: usize,
  trees: u32,
  depth: u32,
  rows: usize,
  width: u32,
  count: u32,
): void {
  for (let i: u32 = 0; i < 64; i += 4) gather(rows, width, count, i, values + ((<usize>i) << 2));
  memory.fill(sums, 0, 512);
  for (let tree: u32 = 0; tree < trees; ) {
    let from = list;
    let to = otherList;
    let end = from;
    for (const next = min(tree + someTrees, trees); tree < next; tree++) {
      store<u32>(end, load<u32>(roots + ((<usize>tree) << 2)));
      store<u64>(end, u64.MAX_VALUE, 8);
      end += partyBytes;
    }
    const most = (end - from) * mostParties;
    let level: u32 = 0;
    for (; level < depth && end - from <= most; level++) {
      end = descend(from, end, to);
      const emptied = from;
      from = to;
      to = emptied;
    }
    while (from < end) from = addPathLengths(from, depth - level);
  }
}
