import type { Column, Rows, Table } from "./table";

/**
 * The first row of each group of rows that are equal in all features and in the label, as positions in `rows`
 * (or row numbers, without it), ascending.
 *
 * Cost: linear; one hash a row and a comparison of the rows that share it.
 */
export function distinctRows(table: Table, rows?: Rows): Uint32Array {
  const columns = table.labels ? [...table.features, table.labels] : table.features;
  const count = rows ? rows.length : table.rows;
  const row = (position: number) => (rows ? rows[position] : position);
  const hashes = new Uint32Array(count);
  for (const column of columns) {
    const values = valuesOf(column);
    for (let i = 0; i < count; i++) {
      const value = values[row(i)];
      // Whole part and hundredths: enough to tell almost all values apart; equality decides.
      const bits = Math.trunc(value) ^ Math.imul(Math.round((value % 1) * 100), 0x9e3779b1);
      hashes[i] = Math.imul(hashes[i] ^ bits, 0x85ebca6b) + (hashes[i] >>> 13);
    }
  }

  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2))).fill(-1);
  const equal = (a: number, b: number) =>
    hashes[a] === hashes[b] &&
    columns.every((column) => valuesOf(column)[row(a)] === valuesOf(column)[row(b)]);
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    let slot = mix(hashes[i]) & (slots.length - 1);
    while (slots[slot] >= 0 && !equal(slots[slot], i)) slot = (slot + 1) & (slots.length - 1);
    if (slots[slot] >= 0) continue;
    slots[slot] = i;
    found.push(i);
  }
  return Uint32Array.from(found);
}

function valuesOf(column: Column): ArrayLike<number> {
  return column.kind === "nominal" ? column.codes : column.values;
}

/** Spreads a hash over all 32 bits (MurmurHash3's finaliser). */
function mix(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const most = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return most ^ (most >>> 16);
}
