import { range } from "../../common/range";
import { firstNotFinite } from "../../preprocess/matrix";
import { kernel, reserve } from "./kernel";

/** Some rows of a matrix, each kind of row once: in traffic rows repeat, in floods by the hundred thousand. */
export interface DistinctBlock {
  /** The rows `start` to `end` (exclusive) of the matrix. */
  readonly start: number;
  readonly end: number;
  /** The first of each group of rows with equal bits: `count × width`, in the kernel's memory until the next block. */
  readonly rows: Float32Array;
  readonly count: number;
  /** For each row from `start` on, which of these equals it. */
  readonly places: Uint32Array;
  /** Which of these hold a value that is NaN or infinite: as good as always none. */
  readonly notFinite: readonly number[];
}

/** Bytes of rows that are compared with each other: most repetitions are near. */
const blockBytes = 2 ** 23;

/**
 * Rows `start` to `end` of a matrix in blocks without repetitions, for work whose result for a row depends on that row
 * alone. It costs little beside such work, and saves most of it where traffic repeats itself. Without WebAssembly no
 * repetition is found.
 *
 * @param taken bytes at the beginning of the kernel's memory that are the caller's
 */
export function* distinctBlocks(
  data: Float32Array,
  width: number,
  start: number,
  end: number,
  taken = 0,
): Generator<DistinctBlock> {
  const running = kernel();
  if (!running) {
    const places = range(0, end - start);
    const rows = data.subarray(start * width, end * width);
    const notFinite = firstNotFinite(rows) < 0 ? [] : rowsNotFinite(rows, width);
    yield { start, end, rows, count: end - start, places, notFinite };
    return;
  }
  const blockRows = Math.max(1, Math.min(end - start, Math.floor(blockBytes / (width * 4))));
  const slotCount = 2 ** Math.ceil(Math.log2(2 * blockRows));
  const rowsAt = Math.ceil(taken / 8) * 8;
  const slotsAt = rowsAt + blockRows * width * 4;
  const placesAt = slotsAt + slotCount * 4;
  reserve(running, placesAt + blockRows * 4);
  const { buffer } = running.memory;
  for (let from = start; from < end; from += blockRows) {
    const to = Math.min(from + blockRows, end);
    new Float32Array(buffer, rowsAt).set(data.subarray(from * width, to * width));
    const count = running.distinctRows(rowsAt, width, to - from, slotsAt, slotCount, placesAt);
    const rows = new Float32Array(buffer, rowsAt, count * width);
    const notFinite = running.allFinite(rowsAt, count * width) ? [] : rowsNotFinite(rows, width);
    const places = new Uint32Array(buffer, placesAt, to - from);
    yield { start: from, end: to, rows, count, places, notFinite };
  }
}

function rowsNotFinite(rows: Float32Array, width: number): number[] {
  const found = Array.from(rows.entries()).filter(([, value]) => !Number.isFinite(value));
  return [...new Set(found.map(([i]) => Math.floor(i / width)))];
}

/** Gives each row of a block the score of the distinct row that it equals: NaN where that is not finite. */
export function spread(
  { start, places, notFinite }: Pick<DistinctBlock, "start" | "places" | "notFinite">,
  distinct: Float64Array,
  result: Float64Array,
): void {
  for (const row of notFinite) distinct[row] = NaN;
  for (let i = 0; i < places.length; i++) result[start + i] = distinct[places[i]];
}
