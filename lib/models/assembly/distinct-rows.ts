// AssemblyScript, compiled to dist/models/kernel.wasm by `npm run build`; distinct-rows.ts says what it is for.

/** Mixes the bits of a row: four chains, since each multiplication waits for the one before. */
function hash(row: usize, bytes: usize): u32 {
  let a: u64 = 0;
  let b: u64 = 0;
  let c: u64 = 0;
  let d: u64 = 0;
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    a = mix(a ^ load<u64>(row + at));
    b = mix(b ^ load<u64>(row + at, 8));
    c = mix(c ^ load<u64>(row + at, 16));
    d = mix(d ^ load<u64>(row + at, 24));
  }
  for (; at < bytes; at += 4) a = mix(a ^ load<u32>(row + at));
  return <u32>mix(a ^ mix(b ^ mix(c ^ mix(d))));
}

function mix(bits: u64): u64 {
  // biome-ignore lint/correctness/noPrecisionLoss: here it is an integer of 64 bits
  const product = bits * 0x9e3779b97f4a7c15; // 2⁶⁴ divided by the golden ratio
  return product ^ (product >> 32);
}

function equal(row: usize, other: usize, bytes: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= bytes; at += 8) if (load<u64>(row + at) !== load<u64>(other + at)) return false;
  return at === bytes || load<u32>(row + at) === load<u32>(other + at);
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
