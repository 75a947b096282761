import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { type NetworkTask, scoreRowsByNetwork } from "./autoencoder/score-rows";
import { type ForestTask, scoreRows } from "./isolation-forest/score-rows";
import { type PackedTrees, scoreRowsPacked } from "./isolation-forest/score-rows-kernel";

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

/** Lets `workers` threads fill `task.scores`, each a run of rows. Threads are kept, and do not keep the process alive. */
export async function scoreInWorkers(task: PooledTask, workers: number): Promise<void> {
  while (pool.length < workers) {
    const worker = new Worker(join(__dirname, "scoring-worker.js"), { resourceLimits });
    worker.setMaxListeners(0);
    worker.once("exit", () => pool.splice(pool.indexOf(worker), 1)); // by an error: a dead one would never answer
    pool.push(worker);
  }
  const rows = task.end - task.start;
  const share = Math.ceil(rows / workers);
  await Promise.all(
    pool.slice(0, workers).map((worker, i) => {
      const start = task.start + Math.min(i * share, rows);
      return ask(worker, { ...task, start, end: Math.min(start + share, task.end) });
    }),
  );
}

async function ask(worker: Worker, task: PooledTask): Promise<void> {
  worker.ref();
  const { port1, port2 } = new MessageChannel();
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once("error", reject);
      port1.once("message", () => {
        worker.off("error", reject);
        resolve();
      });
      worker.postMessage({ task, port: port2 }, [port2]);
    });
  } finally {
    port1.close();
    worker.unref();
  }
}
