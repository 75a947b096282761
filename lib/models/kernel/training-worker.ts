import { parentPort, workerData } from "node:worker_threads";
import { Barrier } from "./barrier";
import { createKernel } from "./kernel";
import type { Training } from "./training-layout";
import { TrainingStep, tasks } from "./training-step";

const { training, thread } = workerData as { training: Training; thread: number };
const kernel = createKernel(training.memory);
if (!kernel) throw new Error("the WebAssembly kernel is missing");
const own = new TrainingStep(kernel, training, thread);
const barrier = new Barrier(training.meetings, training.threads);
parentPort?.postMessage("ready");
// Until it is terminated, it does what the first thread does, at the same time.
for (;;) {
  barrier.wait();
  const [task, rows] = training.task;
  for (const _ of own[tasks[task]](rows)) barrier.wait();
}
