// AssemblyScript, compiled to dist/data/formats/parse-rows.wasm by `npm run build`; row-kernel.ts says what it is for.

const space: u8 = 32;
const lineFeed: u8 = 10;
const carriageReturn: u8 = 13;
const minus: u8 = 45;
const zero: u8 = 48;

// What a column is read as; a flag is 3, and 0 is not read.
const number: u32 = 1;
const name: u32 = 2;

// Settings, which whoever starts the kernel gives it: bytes of the dialect.
declare const delimiter: u32;
declare const quote: u32;
/** Has another mean what it is; that of quotes if there is none. */
declare const escapeCharacter: u32;
/** Begins a line of comment; more than 255 if there are none. */
declare const comment: u32;
declare const point: u32;

/** Fields of a row, and how many of them are names. */
declare const columns: u32;
declare const names: u32;
/** Bytes of the longest line. */
declare const longestLine: usize;

// Settings: addresses.
/** Of each byte: 1 if it ends a field, or is a quote or an escape. */
declare const stops: usize;
/** Of each column two numbers of four bytes: what it is read as; where its numbers go, or which of the names it is. */
declare const kinds: usize;
/** Room for where, in one line, its names begin and end. */
declare const spans: usize;
/** Of each name three numbers of four bytes: its column; where its codes go; where codes are remembered. */
declare const codes: usize;
/** Where the header's first field stands, and its length; −1 if there is no header. */
declare const header: usize;
declare const headerLength: i32;

/** Sets a number that is written in another way, or a flag. @returns 0 if it is neither */
declare function setOther(column: u32, row: u32, start: usize, end: usize): u32;

/** The code of a name. @returns −1 if it is the label and has no value: its line may hold nothing */
declare function codeOf(column: u32, start: usize, end: usize): i32;

function isStop(byte: u8): bool {
  return load<u8>(stops + byte) === 1;
}

function isBlank(byte: u8): bool {
  return byte <= space && (byte === space || (byte >= 9 && byte <= 12));
}

const mostDigits: u64 = 9007199254740991; // all integers up to it are exact
const mostDecimals: u32 = 22; // so are powers of ten
const powersOfTen = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);

/**
 * Stores the number that some bytes begin with, if it is of the kind that most are: digits with a point among them, so few
 * that they and the power of ten are exact. Then one division rounds as `Number` does (Clinger 1990).
 *
 * @returns where it ends; `start` if there is none
 */
function readDecimal(start: usize, place: usize): usize {
  const isNegative = load<u8>(start) === minus;
  const first = isNegative ? start + 1 : start;
  let at = first;
  let digits: u64 = 0;
  let digit: u32 = <u32>load<u8>(at) - zero;
  while (digit <= 9) {
    digits = digits * 10 + digit;
    digit = <u32>load<u8>(++at) - zero;
  }
  let count = at - first;
  let decimals: usize = 0;
  if (load<u8>(at) === point) {
    const tenths = ++at;
    digit = <u32>load<u8>(at) - zero;
    while (digit <= 9) {
      digits = digits * 10 + digit;
      digit = <u32>load<u8>(++at) - zero;
    }
    decimals = at - tenths;
    count += decimals;
  }
  // More than 19 digits may be more than 64 bits hold.
  if (count === 0 || count > 19 || digits > mostDigits || decimals > mostDecimals) return start;
  const size = decimals === 0 ? <f64>digits : <f64>digits / load<f64>(powersOfTen + (decimals << 3));
  store<f64>(place, isNegative ? 0 - size : size);
  return at;
}

function isSame(text: usize, other: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(text + i) !== load<u8>(other + i)) return false;
  return true;
}

function isHeader(start: usize, end: usize): bool {
  return <i32>(end - start) === headerLength && isSame(start, header, end - start);
}

// Of each name's codes so many are remembered, in slots of its length + 1, its code, and its text.
const slots: u32 = 256; // a power of two
const slotBytes: usize = 64;
const longestName: usize = slotBytes - 4;

/** The code of a name, remembered by its bytes, as most come again; one gives way to another of its hash. */
function rememberedCode(column: u32, cache: usize, start: usize, end: usize): i32 {
  const length = end - start;
  if (length > longestName) return codeOf(column, start, end);
  let hash: u32 = <u32>length;
  for (let at = start; at < end; at++) hash = (hash ^ load<u8>(at)) * 0x01000193;
  const slot = cache + ((hash ^ (hash >>> 15)) & (slots - 1)) * <u32>slotBytes;
  if (load<u16>(slot) === length + 1 && isSame(start, slot + 4, length)) return load<u16>(slot, 2);
  const code = codeOf(column, start, end);
  if (code < 0) return code;
  store<u16>(slot, <u16>(length + 1));
  store<u16>(slot, <u16>code, 2);
  memory.copy(slot + 4, start, length);
  return code;
}

/** Stores the codes of a good line's names: those of others must not become categories. @returns whether it is regular */
function storeCodes(row: u32): bool {
  for (let name: u32 = 0; name < names; name++) {
    const span = spans + (name << 3);
    const described = codes + name * 12;
    const code = rememberedCode(
      load<u32>(described),
      load<u32>(described, 8),
      load<u32>(span),
      load<u32>(span, 4),
    );
    if (code < 0) return false;
    store<u16>(load<u32>(described, 4) + (row << 1), <u16>code);
  }
  return true;
}

/** The position after a line end, \n, \r\n or \r. */
function afterLineEnd(at: usize): usize {
  return at + (load<u8>(at) === carriageReturn && load<u8>(at + 1) === lineFeed ? 2 : 1);
}

/** Stores the values of a line. @returns the position after it; 0 if it is not regular */
function parseLine(line: usize, row: u32): usize {
  if (load<u8>(line) === comment) return 0;
  let at = line;
  for (let column: u32 = 0; column <= columns; column++) {
    if (delimiter !== space) while (load<u8>(at) === space) at++;
    const isQuoted = load<u8>(at) === quote;
    let start = isQuoted ? at + 1 : at;
    const kind = load<u32>(kinds + (column << 3));
    const place = load<u32>(kinds + (column << 3), 4);
    let end = kind === number ? readDecimal(start, place + (row << 3)) : start;
    const decimalEnd = end;
    if (end !== start && !isQuoted && load<u8>(end) === delimiter && column > 0) {
      at = end + 1; // as most fields are
      continue;
    }
    if (isQuoted) {
      while (!isStop(load<u8>(end)) || load<u8>(end) === delimiter) end++;
      if (load<u8>(end) !== quote) return 0;
      at = end + 1;
      if (!isStop(load<u8>(at))) return 0;
    } else {
      while (!isStop(load<u8>(end))) end++;
      at = end;
    }
    if (end !== decimalEnd || start === end) {
      while (start < end && isBlank(load<u8>(start))) start++;
      while (end > start && isBlank(load<u8>(end - 1))) end--;
      if (kind === name) {
        const span = spans + (place << 3);
        store<u32>(span, <u32>start);
        store<u32>(span, <u32>end, 4);
      } else if (kind === number && start === end) store<f64>(place + (row << 3), NaN);
      else if (kind !== 0 && setOther(column, row, start, end) === 0) return 0;
    }
    if (column === 0 && isHeader(start, end)) return 0;
    const stop = load<u8>(at);
    if (stop === quote || stop === escapeCharacter) return 0;
    if (stop === delimiter) at++;
    else {
      // An empty field after the last is let pass; a single empty one is a blank line.
      const isLastEmpty = start === end;
      const isRow = column + 1 === columns ? column > 0 || !isLastEmpty : column === columns && isLastEmpty;
      return isRow && at - line <= longestLine && storeCodes(row) ? afterLineEnd(at) : 0;
    }
  }
  return 0;
}

/** The position after the last line that was parsed. */
export let position: usize = 0;

/**
 * Stores the values of whole lines, until the text ends or a line comes that is not regular.
 *
 * @returns the number of rows, `mostRows` at most
 */
export function parseRows(start: usize, end: usize, mostRows: u32): u32 {
  position = start;
  let row: u32 = 0;
  while (row < mostRows && position < end) {
    const next = parseLine(position, row);
    if (next === 0) break;
    position = next;
    row++;
  }
  return row;
}
