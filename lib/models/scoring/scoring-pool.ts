import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { type NetworkTask, scoreRowsByNetwork } from "../autoencoder/score-rows";
import { type ForestTask, scoreRows } from "../isolation-forest/score-rows";
import { type PackedTrees, scoreRowsPacked } from "../isolation-forest/score-rows-kernel";

/** What a thread may be asked to score: by a forest, whose trees come along for the kernel where it can run, or a network. */
export type PooledTask = (ForestTask & { readonly packed?: PackedTrees }) | NetworkTask;

/** Scores the task's rows in this thread. */
export function scoreHere(task: PooledTask): void {
  if (task.kind === "autoencoder") scoreRowsByNetwork(task);
  else if (task.packed) scoreRowsPacked(task.packed, task);
  else scoreRows(task);
}

const pool: Worker[] = [];

/** What a worker works on is shared memory: its own heap needs little, and would else keep its garbage for long. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

/** Rows that a worker takes at a time: some stretches have many more distinct rows than others. */
const pieceRows = 16_384;

/**
 * Lets `workers` threads fill `task.scores`: each takes piece after piece. Threads are kept, and do not keep the process
 * alive. @throws the reason of `signal` once it is aborted
 */
export async function scoreInWorkers(
  task: PooledTask,
  workers: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (pool.length < workers) {
    const worker = new Worker(join(__dirname, "scoring-worker.js"), { resourceLimits });
    worker.setMaxListeners(0);
    worker.once("exit", () => pool.splice(pool.indexOf(worker), 1)); // by an error: a dead one would never answer
    pool.push(worker);
  }
  const next = new Int32Array(new SharedArrayBuffer(4)).fill(task.start);
  const stop = () => Atomics.store(next, 0, task.end);
  signal?.addEventListener("abort", stop);
  try {
    await Promise.all(pool.slice(0, workers).map((worker) => ask(worker, { task, next })));
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  signal?.throwIfAborted();
}

/** Scores pieces of a task that no other worker has taken, in this thread; `next` is the first row of the next one. */
export function scorePieces({ task, next }: SharedTask): void {
  for (;;) {
    const start = Atomics.add(next, 0, pieceRows);
    if (start >= task.end) return;
    scoreHere({ ...task, start, end: Math.min(start + pieceRows, task.end) });
  }
}

/** What a worker is sent. */
export interface SharedTask {
  readonly task: PooledTask;
  readonly next: Int32Array;
}

async function ask(worker: Worker, task: SharedTask): Promise<void> {
  worker.ref();
  const { port1, port2 } = new MessageChannel();
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once("error", reject);
      port1.once("message", () => {
        worker.off("error", reject);
        resolve();
      });
      worker.postMessage({ ...task, port: port2 }, [port2]);
    });
  } finally {
    port1.close();
    worker.unref();
  }
}
