import { range } from "../../common/range";
import { sharedBytes } from "../../common/shared";
import { type LazyMatrix, type Matrix, requireFinite } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { distinctBlocks, spread } from "./distinct-blocks";
import { kernel } from "./kernel";
import { giveBack, type PackedColumns, type Packing, packColumns, packingOf } from "./packed-columns";
import { scoreMatrix } from "./score-matrix";
import type { RowScorer } from "./scoring-task";

/** A matrix that may know which of its rows are equal, and have the different ones packed. */
export interface RepeatingMatrix extends Matrix {
  /** For each row, the first of those near it whose bits are the same; where rows are packed, its number among these. */
  readonly firsts?: Uint32Array;
  readonly packed?: PackedColumns;
  /** How they are, or how those of a sample may be. */
  readonly packing?: Packing;
}

/** With more rows than these for each row that is drawn, finding those that repeat takes longer than it saves. */
const rowsPerDraw = 4;

/** Where fewer rows than this share repeat, looking which of a sample do takes longer than it saves. */
const shareOfRepeats = 1 / 4;

/** What a packed matrix may take. */
const mostPackedBytes = 2 ** 26;

/** Roughly how many nanoseconds a number takes. */
const numberCost = 0.7;

/** The pool shares out this work as it does scoring: a row's "score" is the first row that equals it, NaN if it is not finite. */
export const scorer: RowScorer<{ readonly isOther: Uint32Array }> = {
  file: __filename,
  scoreRows({ isOther }, { data, width, start, end, scores }) {
    for (const block of distinctBlocks(data, width, start, end, (width + 3) * 4)) {
      const { places, count, rows } = block;
      markOthers(rows, width, isOther);
      const firsts = new Float64Array(count);
      for (let i = places.length - 1; i >= 0; i--) firsts[places[i]] = block.start + i;
      spread(block, firsts, scores);
    }
  },
};

/**
 * Finds the rows of a matrix that repeat and packs them, where there is the kernel and the trees draw so many rows that it pays.
 * Looking whether all its numbers are finite costs nothing more, so it is done here.
 *
 * @param draws rows that all trees draw together
 * @throws {InputError} naming row and column of a value that is NaN or infinite; the signal's reason once it is aborted
 */
export async function findRepeats(
  { rows, columns, data }: Matrix,
  draws: number,
  { workers, signal }: ScoreOptions,
): Promise<RepeatingMatrix> {
  const matrix = { rows, columns, data };
  if (!kernel() || rows > rowsPerDraw * draws) {
    requireFinite(matrix);
    return matrix;
  }
  // A matrix that threads do not share yet would have to be copied.
  const threads = data.buffer instanceof SharedArrayBuffer ? workers : 1;
  const work = { stage: "", rowCost: numberCost * columns.length };
  const options = { workers: threads, signal };
  const isOther = new Uint32Array(sharedBytes(columns.length * 4));
  const firsts = await scoreMatrix(scorer, { isOther }, matrix, work, options);
  if (firsts.includes(Number.NaN)) requireFinite(matrix);
  const packing = packingOf(isOther);
  const kept = withoutRepeats(firsts);
  const count = kept?.length ?? rows;
  const pays = draws >= count && count * packing.perRow * 4 <= mostPackedBytes;
  const packed = pays ? await packColumns(matrix, packing, kept ?? range(0, rows), options) : undefined;
  // An object of always the same form, since V8 drops what it has compiled for one that is gone.
  return { rows, columns, data, packing, packed, firsts: kept && numbered(firsts, packed && kept) };
}

/** The first row that equals each, in memory that threads share. @param kept the rows among which its number is wanted, if so */
function numbered(firsts: Float64Array, kept: Uint32Array | undefined): Uint32Array {
  const numbers = new Uint32Array(sharedBytes(firsts.length * 4));
  if (!kept) numbers.set(firsts);
  else {
    for (let i = 0; i < kept.length; i++) numbers[kept[i]] = i;
    for (let row = 0; row < firsts.length; row++) numbers[row] = numbers[firsts[row]];
  }
  return numbers;
}

/** Has memory of a matrix that no tree is grown on any more used again. */
export function release(matrix: RepeatingMatrix | LazyMatrix): void {
  if ("packed" in matrix && matrix.packed) giveBack(matrix.packed);
}

/** Marks the columns that hold other numbers than 0 and 1. @param rows in the kernel's memory, which begins with room for it */
function markOthers(rows: Float32Array, width: number, isOther: Uint32Array): void {
  const here = new Uint32Array(rows.buffer, 0, width);
  here.set(isOther);
  kernel()?.findOthers(rows.byteOffset, width, rows.length / width, 0);
  for (let column = 0; column < width; column++) if (here[column] !== 0) isOther[column] = 1;
}

/** The rows that repeat no other; undefined where these are nearly all. */
function withoutRepeats(firsts: Float64Array): Uint32Array | undefined {
  const rows = new Uint32Array(sharedBytes(firsts.length * 4));
  let count = 0;
  for (let row = 0; row < firsts.length; row++) if (firsts[row] === row) rows[count++] = row;
  return count > (1 - shareOfRepeats) * rows.length ? undefined : rows.subarray(0, count);
}
