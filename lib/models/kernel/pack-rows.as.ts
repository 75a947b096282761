// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`; packed-columns.ts says what it is for.

/**
 * Finds the columns that hold anything but 0 and 1; −0 is such a thing.
 *
 * @param rows `count` rows of `width` numbers; up to 12 bytes behind them are read
 * @param others of each column a word, set where it holds another number; those that are set stay so. Up to 12 bytes more
 */
export function findOthers(rows: usize, width: u32, count: u32, others: usize): void {
  const bytes = (<usize>width) << 2;
  const zero = i32x4.splat(0);
  const one = f32x4.splat(1);
  for (const end = rows + <usize>count * bytes; rows < end; rows += bytes) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const four = v128.load(rows + at);
      const known = v128.or(i32x4.eq(four, zero), i32x4.eq(four, one));
      v128.store(others + at, v128.or(v128.load(others + at), v128.not(known)));
    }
  }
}

/**
 * Packs rows: first a bit for each number, 1 = it is not 0, in as many words as that takes, then the numbers of some columns.
 *
 * @param rows `count` rows of `width` numbers; up to 12 bytes behind them are read
 * @param numbers which columns' numbers, `numberCount` of them
 * @param to where the first row's first word goes; the next row's goes behind it
 * @param stride bytes from a row's word to its next
 */
export function packRows(
  rows: usize,
  width: u32,
  count: u32,
  numbers: usize,
  numberCount: u32,
  to: usize,
  stride: usize,
): void {
  const bytes = (<usize>width) << 2;
  const end = (<usize>count) << 2;
  for (let first: usize = 0; first < bytes; first += 128, to += stride) {
    const last = min(first + 128, bytes);
    let row = rows;
    for (let at: usize = 0; at < end; at += 4, row += bytes) {
      let bits: u32 = 0;
      let shift: u32 = 0;
      for (let four = first; four < last; four += 16, shift += 4)
        bits |= (<u32>i32x4.bitmask(i32x4.ne(v128.load(row + four), i32x4.splat(0)))) << shift;
      store<u32>(to + at, bits);
    }
  }
  for (let i: u32 = 0; i < numberCount; i++, to += stride) {
    let value = rows + ((<usize>load<u32>(numbers + ((<usize>i) << 2))) << 2);
    for (let at: usize = 0; at < end; at += 4, value += bytes) store<u32>(to + at, load<u32>(value));
  }
}
