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
}

/** Bytes of rows that are compared with each other: most repetitions are near. */
const blockBytes = 2 ** 23;

/**
 * Rows `start` to `end` of a matrix in blocks without repetitions, for work whose result for a row hangs on that row
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
    const places = Uint32Array.from({ length: end - start }, (_, i) => i);
    yield { start, end, rows: data.subarray(start * width, end * width), count: end - start, places };
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
    yield {
      start: from,
      end: to,
      rows: new Float32Array(buffer, rowsAt, count * width),
      count,
      places: new Uint32Array(buffer, placesAt, to - from),
    };
  }
}

/** Gives each row of a block the value of the distinct row that it equals. */
export function spread(
  { start, places }: Pick<DistinctBlock, "start" | "places">,
  distinct: Float64Array,
  result: Float64Array,
): void {
  for (let i = 0; i < places.length; i++) result[start + i] = distinct[places[i]];
}
