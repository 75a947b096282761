import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { meanPathLengths } from "./path-length";
import { meanPathLengthsPacked, type PackedTrees } from "./path-length-kernel";
import type { Nodes } from "./tree";

/** Rows to score: all arrays are shared with the workers, only rows `start` to `end` are a worker's own. */
export interface ScoringTask {
  readonly nodes: Nodes;
  /** The same trees for the kernel, where it can run. */
  readonly packed?: PackedTrees;
  readonly data: Float32Array;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  readonly result: Float64Array;
}

/** Fills the task's rows of `result` with mean path lengths, in this thread. */
export function scoreHere({ nodes, packed, data, width, start, end, result }: ScoringTask): void {
  if (packed) meanPathLengthsPacked(packed, data, width, start, end, result);
  else meanPathLengths(nodes, data, width, start, end, result);
}

const pool: Worker[] = [];

/** What a worker works on is shared memory: its own heap needs little, and would else keep its garbage for long. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

/** Lets `workers` threads fill `task.result`, each a run of rows. Threads are kept, and do not keep the process alive. */
export async function scoreInWorkers(task: ScoringTask, workers: number): Promise<void> {
  while (pool.length < workers) {
    const worker = new Worker(join(__dirname, "scoring-worker.js"), { resourceLimits });
    worker.setMaxListeners(0);
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

async function ask(worker: Worker, task: ScoringTask): Promise<void> {
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
