// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`; distinct-blocks.ts says what it is for.

/** Mixes the bits of a row: four chains of eight numbers, since each multiplication waits for the one before. */
function hash(row: usize, bytes: usize): u32 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let at: usize = 0;
  for (; at + 128 <= bytes; at += 128) {
    a = mix(a, both(row + at));
    b = mix(b, both(row + at + 32));
    c = mix(c, both(row + at + 64));
    d = mix(d, both(row + at + 96));
  }
  for (; at + 64 <= bytes; at += 64) {
    a = mix(a, v128.load(row + at));
    b = mix(b, v128.load(row + at, 16));
    c = mix(c, v128.load(row + at, 32));
    d = mix(d, v128.load(row + at, 48));
  }
  for (; at + 16 <= bytes; at += 16) a = mix(a, v128.load(row + at));
  for (; at < bytes; at += 4) b = mix(b, v128.load32_zero(row + at));
  return <u32>fold(fold(fold(fold(0, a), b), c), d);
}

/** Eight numbers as four, for one multiplication: the second four are rotated, so that equal ones do not cancel out. */
function both(numbers: usize): v128 {
  const second = v128.load(numbers, 16);
  return v128.xor(v128.load(numbers), v128.or(i32x4.shl(second, 13), i32x4.shr_u(second, 19)));
}

function mix(chain: v128, bits: v128): v128 {
  const product = i32x4.mul(v128.xor(chain, bits), i32x4.splat(0x9e3779b1)); // near 2³² divided by the golden ratio, and prime
  return v128.xor(product, i32x4.shr_u(product, 15));
}

function fold(hash: u64, chain: v128): u64 {
  return mix64(mix64(hash ^ i64x2.extract_lane(chain, 0)) ^ i64x2.extract_lane(chain, 1));
}

function mix64(bits: u64): u64 {
  // biome-ignore lint/correctness/noPrecisionLoss: here it is an integer of 64 bits
  const product = bits * 0x9e3779b97f4a7c15; // 2⁶⁴ divided by the golden ratio
  return product ^ (product >> 32);
}

function equal(row: usize, other: usize, bytes: usize): bool {
  let at: usize = 0;
  let different = i32x4.splat(0);
  for (; at + 16 <= bytes; at += 16) {
    different = v128.or(different, v128.xor(v128.load(row + at), v128.load(other + at)));
  }
  for (; at < bytes; at += 4) {
    different = v128.or(different, v128.xor(v128.load32_zero(row + at), v128.load32_zero(other + at)));
  }
  return !v128.any_true(different);
}

/** Whether none of `count` numbers is NaN or infinite: such a number minus itself is not 0. */
export function allFinite(numbers: usize, count: u32): bool {
  const end = numbers + ((<usize>count) << 2);
  let differences = i32x4.splat(0);
  let at = numbers;
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at);
    differences = v128.or(differences, f32x4.sub(four, four));
  }
  for (; at < end; at += 4) {
    const one = v128.load32_zero(at);
    differences = v128.or(differences, f32x4.sub(one, one));
  }
  return !v128.any_true(differences);
}

/**
 * Moves the first of each group of rows with equal bits to the front, in order, over the rows that were there.
 *
 * @param slots room for `slotCount` numbers, a power of two greater than `count`
 * @param places where to write, for each row, the place at the front of the one that equals it
 * @returns the number of rows at the front
 */
export function distinctRows(
  rows: usize,
  width: u32,
  count: u32,
  slots: usize,
  slotCount: u32,
  places: usize,
): u32 {
  const bytes = (<usize>width) << 2;
  memory.fill(slots, 0, (<usize>slotCount) << 2);
  let distinct: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = rows + <usize>i * bytes;
    let slot = hash(row, bytes) & (slotCount - 1);
    // A slot holds a place plus one, or 0 while it is free.
    let place = load<u32>(slots + ((<usize>slot) << 2));
    while (place > 0 && !equal(row, rows + <usize>(place - 1) * bytes, bytes)) {
      slot = (slot + 1) & (slotCount - 1);
      place = load<u32>(slots + ((<usize>slot) << 2));
    }
    if (place === 0) {
      if (distinct < i) memory.copy(rows + <usize>distinct * bytes, row, bytes);
      place = ++distinct;
      store<u32>(slots + ((<usize>slot) << 2), place);
    }
    store<u32>(places + ((<usize>i) << 2), place - 1);
  }
  return distinct;
}
