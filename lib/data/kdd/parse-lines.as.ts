// AssemblyScript, compiled to dist/data/kdd/parse-lines.wasm by `npm run build`; row-parser.ts says what it is for.

const tab: u8 = 9;
const lineFeed: u8 = 10;
const carriageReturn: u8 = 13;
const space: u8 = 32;
const comma: u8 = 44;

/** Fields of a line, and the bytes by which the codes of two of its columns are apart. */
declare const columns: u32;
declare const columnBytes: usize;

/** Where 65,536 entries of 16 bytes are, at first zeros: a field's bytes, the number of its column from 1 on, its code. */
declare const cache: usize;

/** The code of a field that is not in the cache; −1 if it is not good. */
declare function lookUp(column: u32, start: usize, end: usize): i32;

/** Eight bytes that are one each. */
const ones = u64.MAX_VALUE / 255;

/** Of eight bytes, the highest bit of the first that is not greater than a comma. Letters, digits, dot and minus are. */
function firstEnd(bytes: u64): u64 {
  const ends = (bytes - (comma + 1) * ones) & ~bytes & (128 * ones);
  return ends & -ends;
}

function skipBlanks(start: usize): usize {
  let at = start;
  while (load<u8>(at) <= space && (load<u8>(at) === space || load<u8>(at) === tab)) at++;
  return at;
}

/** Stores the codes of a line's fields. @returns its length; 0 if it is bad or unusual */
function parseLine(start: usize, codes: usize): usize {
  let at = start;
  let place = codes;
  for (let column: u32 = 1; column <= columns; column++) {
    const from = skipBlanks(at);
    let to = from + 8;
    let bytes = load<u64>(from);
    const first = firstEnd(bytes);
    if (first) {
      bytes &= (first >> 7) - 1; // what follows the field becomes zeros
      to = from + (<usize>ctz(first) >> 3);
    } else if (load<u8>(to) > comma) {
      bytes = 0; // a longer field is not in the cache
      while (load<u8>(to) > comma) to++;
    }
    at = skipBlanks(to);
    const separator = load<u8>(at++);
    if (column < columns ? separator !== comma : separator !== lineFeed && separator !== carriageReturn)
      return 0;

    const hash = <u32>bytes * 0x85ebca6b + <u32>(bytes >> 32) * 0x9e3779b1 + column * 0xc2b2ae35;
    const entry = cache + ((<usize>(hash >> 16)) << 4);
    let code = load<i32>(entry, 12);
    if (load<u64>(entry) !== bytes || load<u32>(entry, 8) !== column) {
      code = lookUp(column - 1, from, to);
      if (code < 0) return 0;
      if (bytes !== 0) {
        store<u64>(entry, bytes);
        store<u32>(entry, column, 8);
        store<i32>(entry, code, 12);
      }
    }
    store<u16>(place, <u16>code);
    place += columnBytes;
  }
  if (load<u8>(at - 1) === carriageReturn && load<u8>(at) === lineFeed) at++;
  return at - start;
}

/** Whether a line has the bytes of the one before, which is longer than eight. After a lone \r, \r\n may come. */
function repeats(line: usize, length: usize): bool {
  if (load<u8>(line - 1) !== lineFeed) return false;
  const before = line - length;
  for (let i: usize = 0; i + 8 <= length; i += 8) {
    if (load<u64>(line + i) !== load<u64>(before + i)) return false;
  }
  return load<u64>(line + length - 8) === load<u64>(before + length - 8);
}

/** The position after the last line that was parsed. */
export let position: usize = 0;

/**
 * Stores the codes of the fields of whole lines, until the text ends or a line comes that is bad or unusual.
 *
 * @param rows for how many there is room
 * @param codes where the first row's codes go, pairs of bytes
 * @returns the number of rows
 */
export function parseLines(start: usize, end: usize, rows: u32, codes: usize): u32 {
  let row: u32 = 0;
  let length: usize = 0;
  for (position = start; position < end && row < rows; position += length) {
    let place = codes + ((<usize>row) << 1);
    if (row > 0 && repeats(position, length)) {
      // As in floods by the hundred thousand.
      for (let column: u32 = 0; column < columns; column++) {
        store<u16>(place, load<u16>(place - 2));
        place += columnBytes;
      }
    } else {
      length = parseLine(position, place);
      if (length === 0) break;
    }
    row++;
  }
  return row;
}
