import { range } from "../../common/range";
import { weigh } from "../../common/shared";
import type { Matrix } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import { createKernel, type Kernel, type KernelMemory, newMemory, reserve } from "./kernel";
import { scoreMatrix } from "./score-matrix";
import type { RowScorer } from "./scoring-task";

/** The words that a matrix's rows take, each column's together: 32 columns of zeros and ones share one, others have their own. */
export interface Packing {
  readonly perRow: number;
  /** Of each column the word that it is in, times 64, and its bit there; 32 where the word is a number. */
  readonly places: Uint32Array;
  /** The columns that are numbers, in the order of their words, which come last. */
  readonly numbers: Uint32Array;
}

/** Rows packed for all who grow trees on them. */
export interface PackedColumns extends Packing {
  /** It begins with `perRow × rows` words; what is behind them is for the kernels of those who use them. */
  readonly memory: KernelMemory;
  readonly rows: number;
  /** Where the words end. */
  readonly end: number;
}

/** How to pack columns. @param isOther for each, not 0 = it may hold other numbers than 0 and 1 */
export function packingOf(isOther: Uint32Array): Packing {
  const numbers = range(0, isOther.length).filter((column) => isOther[column] !== 0);
  const places = isOther.map((_, column) => ((column >> 5) << 6) | (column & 31));
  const bitWords = Math.ceil(isOther.length / 32);
  numbers.forEach((column, i) => {
    places[column] = ((bitWords + i) << 6) | 32;
  });
  return { perRow: bitWords + numbers.length, places, numbers };
}

/** Rows that are packed together. */
const groupRows = 64;

/** Bytes that packing takes in the kernel's memory, beside what it makes. */
export function packingRoom(width: number, { numbers }: Packing): number {
  return (groupRows + 1) * width * 4 + numbers.byteLength;
}

/**
 * Packs rows of a matrix in a kernel's memory.
 *
 * @param rows which; all of them are packed in the end, here those from `start` to `end` (exclusive)
 * @param roomAt where there is {@link packingRoom}
 * @param to where the words of all begin
 */
export function packRows(
  { memory, packRows }: Kernel,
  { data, width }: { readonly data: Float32Array; readonly width: number },
  { numbers }: Packing,
  rows: Uint32Array,
  [start, end]: readonly [number, number],
  roomAt: number,
  to: number,
): void {
  const numbersAt = roomAt + (groupRows + 1) * width * 4;
  new Uint32Array(memory.buffer, numbersAt).set(numbers);
  const group = new Float32Array(memory.buffer, roomAt, groupRows * width);
  for (let first = start; first < end; first += groupRows) {
    const count = Math.min(groupRows, end - first);
    for (let i = 0, next = 0; i < count; i = next) {
      const row = rows[first + i];
      for (next = i + 1; next < count && rows[first + next] === row + next - i; ) next++;
      group.set(data.subarray(row * width, (row + next - i) * width), i * width);
    }
    packRows(roomAt, width, count, numbersAt, numbers.length, to + first * 4, rows.length * 4);
  }
}

/** The pool shares out this work as it does scoring: the task's rows are those that are kept, and have no score. */
export const scorer: RowScorer<{ readonly kept: Uint32Array; readonly packed: PackedColumns }> = {
  file: __filename,
  scoreRows({ kept, packed }, { data, width, start, end, thread = 0 }) {
    const running = kernelOf(packed);
    const room = packingRoom(width, packed);
    const roomAt = packed.end + thread * room;
    reserve(running, roomAt + room);
    packRows(running, { data, width }, packed, kept, [start, end], roomAt, 0);
  },
};

/** Roughly how many nanoseconds a number takes. */
const numberCost = 1.5;

/** Memory that was given back: what is new is cleared page by page, and collected late. */
let free: KernelMemory | undefined;

/**
 * Packs rows of a matrix for all who grow trees on them; undefined where there is no kernel. Give their memory back once nobody
 * uses them.
 *
 * @param kept which rows
 * @throws the reason of `signal` once it is aborted
 */
export async function packColumns(
  { columns, data }: Matrix,
  packing: Packing,
  kept: Uint32Array,
  options: ScoreOptions,
): Promise<PackedColumns | undefined> {
  const memory = free ?? newMemory();
  if (!memory) return undefined;
  free = undefined;
  const rows = kept.length;
  const end = Math.ceil((rows * packing.perRow) / 4) * 16;
  if (memory.buffer.byteLength < end) {
    reserve({ memory }, end);
    weigh(memory, end);
  }
  const packed = { ...packing, memory, rows, end };
  const work = { stage: "", rowCost: numberCost * columns.length };
  await scoreMatrix(scorer, { kept, packed }, { rows, columns, data }, work, options);
  return packed;
}

/** Lets the next columns have the memory of some that nobody uses any more, no thread that was stopped at work either. */
export function giveBack({ memory }: PackedColumns): void {
  free = memory;
}

const kernels = new WeakMap<KernelMemory, Kernel>();

/** This thread's kernel on the memory of packed columns. */
export function kernelOf({ memory }: PackedColumns): Kernel {
  const running = kernels.get(memory) ?? createKernel(memory);
  if (!running) throw new Error("the WebAssembly kernel is missing");
  kernels.set(memory, running);
  return running;
}
