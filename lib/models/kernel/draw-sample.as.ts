// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`: the random numbers of common/random.ts, to the bit, and
// samples of rows by them.

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
export function uniform(): f64 {
  const high = <f64>(random32() & 0x3ffffff);
  const low = <f64>(random32() & 0x7ffffff);
  return high * (1.0 / 0x4000000) + low * (1.0 / 0x20000000000000);
}

/** As `integer` of common/random.ts. */
export function integer(below: u32): u32 {
  let drawn = random32() ^ 0x80000000;
  // Only the last `below` numbers may lie beyond the greatest multiple: the others are taken without a division.
  while (drawn > 0xffffffff - below && below > 2 && <u64>drawn >= (0x100000000 / <u64>below) * below)
    drawn = random32() ^ 0x80000000;
  return drawn % below;
}

export function takeState(from: usize): void {
  state1 = ((<u64>load<u32>(from, 8)) << 32) | load<u32>(from, 12);
  state0 = ((<u64>load<u32>(from)) << 32) | load<u32>(from, 4);
}

function leaveState(at: usize): void {
  store<u32>(at, <u32>(state0 >> 32));
  store<u32>(at, <u32>state0, 4);
  store<u32>(at, <u32>(state1 >> 32), 8);
  store<u32>(at, <u32>state1, 12);
}

/** Adds an integer to a set, a bit each. @returns whether it is new */
function add(set: usize, number: u32): bool {
  const at = set + ((<usize>number >> 6) << 3);
  const bit = (<u64>1) << (number & 63);
  const bits = load<u64>(at);
  store<u64>(at, bits | bit);
  return (bits & bit) === 0;
}

/**
 * As `sampleWithoutReplacement` of common/random.ts, but in ascending order, in which rows come from memory faster.
 *
 * @param state the random generator's: four words, as pure-rand gives them, which are moved on
 * @param set room for a bit a number, and for 8 bytes at least
 * @param drawn where the numbers go
 */
export function drawSample(state: usize, count: u32, size: u32, set: usize, drawn: usize): void {
  takeState(state);
  const end = set + (((<usize>count + 63) >> 6) << 3);
  memory.fill(set, 0, end - set);
  for (let last = count - size; last < count; last++) if (!add(set, integer(last + 1))) add(set, last);
  for (let at = set, first: u32 = 0; at < end; at += 8, first += 64) {
    for (let bits = load<u64>(at); bits !== 0; bits &= bits - 1) {
      store<u32>(drawn, first + <u32>ctz<u64>(bits));
      drawn += 4;
    }
  }
  leaveState(state);
}
