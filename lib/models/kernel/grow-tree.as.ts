// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`. It does what isolation-forest/tree.ts does, to the
// bit and with the same random numbers, several times as fast: rows that repeat are looked at once, columns of zeros and ones
// share words, the values of a column lie together, and a column that is constant in a node is not looked at again below it.
import { integer, takeState, uniform } from "./draw-sample.as";

const nodeBytes: usize = 16;
const rowBytes: usize = 8;

// The tree that is being grown.
let columns: usize;
let width: u32;
/** Of each column the word of a row that it is in, times 64, and its bit there; 32 where the word is a number. */
let places: usize;
let words: u32;
/** Bytes from a word of a row to its next. */
let wordBytes: usize;
let deepest: u32;
/** Different rows, 8 bytes each: where in a column it has its word, and how often it is in the sample. A node holds a stretch. */
let order: usize;
let candidates: usize;
/** Of each word the bits that are constant in the node that is being split, 1 for a number; and so for each depth. */
let constant: usize;
let nodes: usize;
let next: u32;

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
function part(column: usize, bit: u32, split: f32, start: usize, end: usize): usize {
  let middle = start;
  if (bit < 32) {
    for (let at = start; at < end; at += rowBytes)
      middle = put(at, middle, <bool>((load<u32>(column + load<u32>(at)) >> bit) & 1));
  } else {
    for (let at = start; at < end; at += rowBytes)
      middle = put(at, middle, load<f32>(column + load<u32>(at)) > split);
  }
  return middle;
}

/** Exchanges a row that goes left with the first that does not. @returns where that is then */
function put(at: usize, middle: usize, goesRight: bool): usize {
  const row = load<u64>(at);
  const other = load<u64>(middle);
  store<u64>(middle, select(other, row, goesRight));
  store<u64>(at, select(row, other, goesRight));
  return middle + select(<usize>0, rowBytes, goesRight);
}

/** How many rows of the sample a stretch of the order stands for. */
function countRows(start: usize, end: usize): u32 {
  let count: u32 = 0;
  for (let at = start; at < end; at += rowBytes) count += load<u32>(at, 4);
  return count;
}

/** Splits a node as long as it can be, and its children. A node: column or −1, split value, left child, number of rows. */
function grow(node: u32, start: usize, end: usize, count: u32, depth: u32): void {
  const at = nodes + <usize>node * nodeBytes;
  store<i32>(at, -1);
  store<u32>(at, count, 12);
  if (count <= 1 || depth >= deepest) return;
  const bytes = (<usize>words) << 2;
  const isConstant = constant + <usize>depth * bytes;
  for (let left = width; left > 0; left--) {
    const number = take(left);
    const place = load<u32>(places + ((<usize>number) << 2));
    const word = <usize>(place >> 6);
    const bit = place & 63;
    const known = isConstant + (word << 2);
    if ((load<u32>(known) >> (bit & 31)) & 1) continue;
    const column = columns + word * wordBytes;
    let minimum = f32.POSITIVE_INFINITY;
    let maximum = f32.NEGATIVE_INFINITY;
    if (bit < 32) {
      let any: u32 = 0;
      let all: u32 = 0xffffffff;
      for (let row = start; row < end; row += rowBytes) {
        const bits = load<u32>(column + load<u32>(row));
        any |= bits;
        all &= bits;
      }
      store<u32>(known, ~(any ^ all)); // of the other columns in the word, too
      minimum = <f32>((all >> bit) & 1);
      maximum = <f32>((any >> bit) & 1);
      if (minimum === maximum) continue;
    } else {
      for (let row = start; row < end; row += rowBytes) {
        const value = load<f32>(column + load<u32>(row));
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
      }
      if (minimum === maximum) {
        store<u32>(known, 1);
        continue;
      }
    }
    let split = <f32>(<f64>minimum + uniform() * (<f64>maximum - <f64>minimum));
    if (split >= maximum) split = minimum + 0;
    const middle = part(column, bit, split, start, end);
    const leftCount = countRows(start, middle);
    const child = next;
    next += 2;
    store<u32>(at, number);
    store<f32>(at, split, 4);
    store<u32>(at, child, 8);
    memory.copy(isConstant + bytes, isConstant, bytes);
    grow(child, start, middle, leftCount, depth + 1);
    memory.copy(isConstant + bytes, isConstant, bytes);
    grow(child + 1, middle, end, count - leftCount, depth + 1);
    return;
  }
}

/**
 * Grows a tree on `count` different rows of `columnCount` numbers.
 *
 * @param state the random generator's
 * @param rows their numbers
 * @param repeats how often each is in the sample
 * @param size rows in the sample
 * @param most the depth that no node may pass
 * @param placesAt of each column the word of a row that it is in, times 64, and its bit there; 32 where the word is a number
 * @param wordCount words a row
 * @param columnsAt the first words of all rows from number 0 on, then their next words, as packRows leaves them
 * @param stride bytes from a row's word to its next
 * @param work room for 8 bytes a row, 4 a column, and 4 a word for each depth
 * @param nodesAt room for 16 bytes a node
 * @returns the number of nodes
 */
export function growTree(
  state: usize,
  rows: usize,
  repeats: usize,
  count: u32,
  size: u32,
  columnCount: u32,
  most: u32,
  placesAt: usize,
  wordCount: u32,
  columnsAt: usize,
  stride: usize,
  work: usize,
  nodesAt: usize,
): u32 {
  takeState(state);
  columns = columnsAt;
  width = columnCount;
  places = placesAt;
  words = wordCount;
  wordBytes = stride;
  deepest = most;
  order = work;
  candidates = order + <usize>count * rowBytes;
  constant = candidates + ((<usize>width) << 2);
  nodes = nodesAt;
  next = 1;
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u32>(order + i * rowBytes, load<u32>(rows + (i << 2)) << 2);
    store<u32>(order + i * rowBytes, load<u32>(repeats + (i << 2)), 4);
  }
  for (let column: u32 = 0; column < width; column++) store<u32>(candidates + ((<usize>column) << 2), column);
  memory.fill(constant, 0, (<usize>words) << 2);
  grow(0, order, candidates, size, 0);
  return next;
}
