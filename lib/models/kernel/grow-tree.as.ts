// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`. It does what isolation-forest/tree.ts does, to the
// bit and with the same random numbers, several times as fast: rows that repeat are looked at once, 64 values of a column lie in
// one piece, so that a node's values of one are near each other, and a column that is constant in a node is not looked at again
// below it.
const nodeBytes: usize = 16;
const rowBytes: usize = 8;

// The tree that is being grown.
let columns: usize;
let width: u32;
let deepest: u32;
/** Different rows, 8 bytes each: where in a column it has its value, and how often it is in the sample. A node holds a stretch. */
let order: usize;
let candidates: usize;
/** A byte a column, 1 = constant in the node that is being split; and so for each depth. */
let constant: usize;
let nodes: usize;
let next: u32;

// xoroshiro128+, as pure-rand has it.
let state0: u64;
let state1: u64;

function random32(): u32 {
  const result = <u32>(state0 + state1);
  const mixed = state0 ^ state1;
  state0 = rotl<u64>(state0, 24) ^ mixed ^ (mixed << 16);
  state1 = rotl<u64>(mixed, 37);
  return result;
}

/** As `uniform` of common/random.ts. */
function uniform(): f64 {
  const high = <f64>(random32() & 0x3ffffff);
  const low = <f64>(random32() & 0x7ffffff);
  return high * (1.0 / 0x4000000) + low * (1.0 / 0x20000000000000);
}

/** As `integer` of common/random.ts. */
function integer(below: u32): u32 {
  const end: u64 = below > 2 ? (0x100000000 / <u64>below) * below : 0x100000000;
  let drawn = random32() ^ 0x80000000;
  while (<u64>drawn >= end) drawn = random32() ^ 0x80000000;
  return drawn % below;
}

function takeState(from: usize): void {
  state1 = ((<u64>load<u32>(from, 8)) << 32) | load<u32>(from, 12);
  state0 = ((<u64>load<u32>(from)) << 32) | load<u32>(from, 4);
}

function leaveState(at: usize): void {
  store<u32>(at, <u32>(state0 >> 32));
  store<u32>(at, <u32>state0, 4);
  store<u32>(at, <u32>(state1 >> 32), 8);
  store<u32>(at, <u32>state1, 12);
}

/** Adds an integer to a set, whose slots hold one more than their number, or 0 while free. @returns whether it is new */
function add(slots: usize, bits: u32, number: u32): bool {
  const mask = (1 << bits) - 1;
  let slot = (number * 0x9e3779b1) >> (32 - bits); // near 2³² divided by the golden ratio, and prime
  for (; load<u32>(slots + ((<usize>slot) << 2)) > 0; slot = (slot + 1) & mask)
    if (load<u32>(slots + ((<usize>slot) << 2)) === number + 1) return false;
  store<u32>(slots + ((<usize>slot) << 2), number + 1);
  return true;
}

/**
 * As `sampleWithoutReplacement` of common/random.ts.
 *
 * @param state the random generator's: four words, as pure-rand gives them, which are moved on
 * @param slots room for 2 to the power of `bits` numbers of 4 bytes, more than `size`
 * @param drawn where the numbers go
 */
export function drawSample(state: usize, count: u32, size: u32, slots: usize, bits: u32, drawn: usize): void {
  takeState(state);
  memory.fill(slots, 0, (<usize>4) << bits);
  for (let last = count - size; last < count; last++) {
    const candidate = integer(last + 1);
    const isNew = add(slots, bits, candidate);
    if (!isNew) add(slots, bits, last);
    store<u32>(drawn, isNew ? candidate : last);
    drawn += 4;
  }
  leaveState(state);
}

/** Draws one of the first `left` candidates, and puts it behind them. */
function take(left: u32): u32 {
  const drawn = candidates + ((<usize>integer(left)) << 2);
  const last = candidates + ((<usize>left - 1) << 2);
  const column = load<u32>(drawn);
  store<u32>(drawn, load<u32>(last));
  store<u32>(last, column);
  return column;
}

/** Moves the rows of a node that go left before the others, without a branch. @returns where these start */
function part(column: usize, split: f32, start: usize, end: usize): usize {
  let middle = start;
  for (let at = start; at < end; at += rowBytes) {
    const row = load<u64>(at);
    const other = load<u64>(middle);
    const goesRight = load<f32>(column + <u32>row) > split;
    store<u64>(middle, select(other, row, goesRight));
    store<u64>(at, select(row, other, goesRight));
    middle += select(<usize>0, rowBytes, goesRight);
  }
  return middle;
}

/** How many rows of the sample a stretch of the order stands for. */
function countRows(start: usize, end: usize): u32 {
  let count: u32 = 0;
  for (let at = start; at < end; at += rowBytes) count += load<u32>(at, 4);
  return count;
}

/** Where a row has its value, from the beginning of a column. */
function placeOf(row: u32): usize {
  return <usize>(row >> 6) * width * 256 + ((<usize>(row & 63)) << 2);
}

/** Splits a node as long as it can be, and its children. A node: column or −1, split value, left child, number of rows. */
function grow(node: u32, start: usize, end: usize, count: u32, depth: u32): void {
  const at = nodes + <usize>node * nodeBytes;
  store<i32>(at, -1);
  store<u32>(at, count, 12);
  if (count <= 1 || depth >= deepest) return;
  const isConstant = constant + <usize>depth * width;
  for (let left = width; left > 0; left--) {
    const number = take(left);
    if (load<u8>(isConstant + number)) continue;
    const column = columns + ((<usize>number) << 8);
    let minimum = f32.POSITIVE_INFINITY;
    let maximum = f32.NEGATIVE_INFINITY;
    for (let row = start; row < end; row += rowBytes) {
      const value = load<f32>(column + load<u32>(row));
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    if (minimum === maximum) {
      store<u8>(isConstant + number, 1);
      continue;
    }
    let split = <f32>(<f64>minimum + uniform() * (<f64>maximum - <f64>minimum));
    if (split >= maximum) split = minimum + 0;
    const middle = part(column, split, start, end);
    const leftCount = countRows(start, middle);
    const child = next;
    next += 2;
    store<u32>(at, number);
    store<f32>(at, split, 4);
    store<u32>(at, child, 8);
    memory.copy(isConstant + width, isConstant, width);
    grow(child, start, middle, leftCount, depth + 1);
    memory.copy(isConstant + width, isConstant, width);
    grow(child + 1, middle, end, count - leftCount, depth + 1);
    return;
  }
}

/**
 * Grows a tree on `count` different rows of `columnCount` numbers.
 *
 * @param state the random generator's
 * @param repeats how often each row is in the sample
 * @param size rows in the sample
 * @param most the depth that no node may pass
 * @param columnsAt the values: of each 64 rows, or what is left of them, 256 bytes a column
 * @param work room for 8 bytes a row, 4 a column, and one a column for each depth
 * @param nodesAt room for 16 bytes a node
 * @returns the number of nodes
 */
export function growTree(
  state: usize,
  repeats: usize,
  count: u32,
  size: u32,
  columnCount: u32,
  most: u32,
  columnsAt: usize,
  work: usize,
  nodesAt: usize,
): u32 {
  takeState(state);
  columns = columnsAt;
  width = columnCount;
  deepest = most;
  order = work;
  candidates = order + <usize>count * rowBytes;
  constant = candidates + ((<usize>width) << 2);
  nodes = nodesAt;
  next = 1;
  for (let row: u32 = 0; row < count; row++) {
    store<u32>(order + <usize>row * rowBytes, <u32>placeOf(row));
    store<u32>(order + <usize>row * rowBytes, load<u32>(repeats + ((<usize>row) << 2)), 4);
  }
  for (let column: u32 = 0; column < width; column++) store<u32>(candidates + ((<usize>column) << 2), column);
  memory.fill(constant, 0, width);
  grow(0, order, candidates, size, 0);
  return next;
}
