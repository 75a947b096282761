import { breather } from "../common/progress";
import type { Column, Rows, Table } from "./table";

/** Which rows of a table equal others in all features and in the label. */
export interface EqualRows {
  /** The first row of each group of equal rows, ascending. */
  readonly distinct: Rows;
  /** For each row the position in `distinct` of the one that it equals. */
  readonly places: Uint32Array;
}

const found = new WeakMap<Table, EqualRows>();

/**
 * Groups the equal rows of a table, once: a study asks several times. It goes by columns, as they lie, in 30 bytes a row; the
 * kernel, which finds near rows of a matrix that repeat, needs them one beside the other, 170 bytes a row of KDD'99.
 *
 * Cost: linear. Rows with equal hashes of 64 bits are taken for equal and then compared, column by column.
 */
export function equalRows(table: Table): EqualRows {
  const work = findEqualRows(table);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** {@link equalRows} if somebody has asked for them before. */
export function knownEqualRows(table: Table): EqualRows | undefined {
  return found.get(table);
}

/** {@link equalRows}, but others have their turn meanwhile. @throws the reason of `signal` once it is aborted */
export async function equalRowsInTurns(table: Table, signal?: AbortSignal): Promise<EqualRows> {
  const breatheIfDue = breather(signal);
  const work = findEqualRows(table);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await breatheIfDue();
  }
}

/** Yields after each column. */
function* findEqualRows(table: Table): Generator<void, EqualRows> {
  const known = found.get(table);
  if (known) return known;
  const columns = (table.labels ? [...table.features, table.labels] : table.features).map(valuesOf);
  for (let seed = 1; ; seed++) {
    const places = yield* firstsByHash(columns, table.rows, seed);
    let isRight = true;
    for (let i = 0; i < columns.length && isRight; i++) {
      isRight = allEqual(columns[i], places);
      yield;
    }
    if (!isRight) continue;
    const distinct = places.filter((first, row) => first === row);
    for (let row = 0, count = 0; row < places.length; row++)
      places[row] = places[row] === row ? count++ : places[places[row]];
    found.set(table, { distinct, places });
    return { distinct, places };
  }
}

/**
 * The first row of each group of rows that are equal in all features and in the label, as positions in `rows`
 * (or row numbers, without it), ascending.
 */
export function distinctRows(table: Table, rows?: Rows): Uint32Array {
  const { distinct, places } = equalRows(table);
  if (!rows) return distinct;
  const seen = new Uint8Array(distinct.length);
  return Uint32Array.from(rows.keys()).filter((position) => {
    const place = places[rows[position]];
    const isFirst = seen[place] === 0;
    seen[place] = 1;
    return isFirst;
  });
}

/** For each row the first that has its hash. */
function* firstsByHash(
  columns: readonly ArrayLike<number>[],
  count: number,
  seed: number,
): Generator<void, Uint32Array> {
  const low = new Uint32Array(count).fill(seed);
  const high = new Uint32Array(count).fill(~seed);
  for (const values of columns) {
    addToHash(values, low, high);
    yield;
  }
  const firsts = new Uint32Array(count);
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2))).fill(-1);
  for (let i = 0; i < count; i++) {
    let slot = mix(low[i]) & (slots.length - 1);
    while (slots[slot] >= 0 && (low[slots[slot]] !== low[i] || high[slots[slot]] !== high[i]))
      slot = (slot + 1) & (slots.length - 1);
    if (slots[slot] < 0) slots[slot] = i;
    firsts[i] = slots[slot];
  }
  return firsts;
}

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

function addToHash(values: ArrayLike<number>, low: Uint32Array, high: Uint32Array): void {
  for (let i = 0; i < low.length; i++) {
    const value = values[i];
    number[0] = Number.isNaN(value) ? NaN : value + 0; // NaN has many bit patterns; −0 becomes 0
    const bits = words[0] ^ Math.imul(words[1], 0x9e3779b1);
    low[i] = Math.imul(low[i] ^ bits, 0x85ebca6b) + (low[i] >>> 13);
    high[i] = Math.imul(high[i] ^ words[1] ^ (words[0] >>> 7), 0xc2b2ae35) + (high[i] >>> 15) + words[0];
  }
}

/** Whether each row has the value of the row that it is taken to equal. */
function allEqual(values: ArrayLike<number>, firsts: Uint32Array): boolean {
  for (let i = 0; i < firsts.length; i++) {
    const [value, other] = [values[i], values[firsts[i]]];
    if (value !== other && !(Number.isNaN(value) && Number.isNaN(other))) return false;
  }
  return true;
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
