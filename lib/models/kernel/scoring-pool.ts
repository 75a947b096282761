import { join } from "node:path";
import { isStopped, type RowScorer, rowsOf, type ScoringTask } from "./scoring-task";
import { Thread } from "./thread";

let pool: Thread[] = [];

/** What a worker works on is shared memory: its own heap needs little, and would otherwise keep its garbage for long. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

/** Rows that a worker takes at a time, if not told otherwise: some stretches have many more distinct rows than others. */
const defaultPieceRows = 16_384;

/**
 * Lets `workers` threads fill `task.scores`: each takes piece after piece. Threads are kept, and do not keep the process
 * alive.
 *
 * @param file where the threads find what scores rows, see {@link RowScorer}
 * @param fitted what that needs to know beside the rows
 * @throws what ended a thread, or the reason of `signal` once it is aborted
 */
export async function scoreInWorkers(
  file: string,
  fitted: object,
  task: ScoringTask,
  workers: number,
  signal: AbortSignal | undefined,
  pieceRows = defaultPieceRows,
): Promise<void> {
  pool = pool.filter(({ failure }) => !failure);
  while (pool.length < workers)
    pool.push(new Thread(join(__dirname, "scoring-worker.js"), { resourceLimits }));
  const next = new Int32Array(new SharedArrayBuffer(4)).fill(task.start);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const pieces = Math.ceil((task.end - task.start) / pieceRows);
  const idlest = [...pool].sort((a, b) => a.asked - b.asked).slice(0, Math.min(workers, pieces));
  const shareOf = (thread: number): SharedTask => ({
    file,
    fitted,
    task: { ...task, thread, stop },
    next,
    pieceRows,
  });
  const working = Promise.all(idlest.map((worker, thread) => worker.ask(shareOf(thread))));
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
  });
  signal?.addEventListener("abort", abort);
  try {
    await Promise.race([working, aborted]);
  } finally {
    signal?.removeEventListener("abort", abort);
    Atomics.store(stop, 0, 1); // for those who still work, where one has failed
  }
}

/** Scores pieces of a task that no other worker has taken, in this thread; `next` is the first row of the next one. */
export function scorePieces({ file, fitted, task, next, pieceRows }: SharedTask): void {
  const { scorer } = require(file) as { readonly scorer: RowScorer<object> };
  for (;;) {
    const start = Atomics.add(next, 0, pieceRows);
    if (start >= task.end || isStopped(task)) return;
    scorer.scoreRows(fitted, rowsOf(task, start, Math.min(start + pieceRows, task.end)));
  }
}

/** What a worker is sent. */
export interface SharedTask {
  readonly file: string;
  readonly fitted: object;
  readonly task: ScoringTask;
  readonly next: Int32Array;
  readonly pieceRows: number;
}
