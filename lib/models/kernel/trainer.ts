import { join } from "node:path";
import { breathe, breather } from "../../common/progress";
import { shared } from "../../common/shared";
import type { Matrix } from "../../preprocess/matrix";
import type { Trainer, TrainerOptions, Weights } from "../autoencoder/network";
import type { AutoencoderSettings } from "../autoencoder/settings";
import { Barrier } from "./barrier";
import { createKernel, type Kernel, reserve } from "./kernel";
import { fill, type KernelMatrix, rowOf, valuesOf } from "./matrix";
import { Thread } from "./thread";
import { layOut, type Training } from "./training-layout";
import { type Task, TrainingStep, tasks } from "./training-step";

/** Fewer rows than this in all epochs together are learnt before a thread has started. */
const smallTraining = 100_000;

/** Fewer rows of a batch than this are not worth a thread. */
const leastRows = 64;

/** Milliseconds that the main thread sleeps before it looks whether those that it waits for are still there. */
const patience = 10;

/**
 * Forward pass, backward pass and Adam written out, in the WebAssembly kernel and in several threads, for hidden layers with
 * relu and a linear output. It is the arithmetic of TensorFlow.js up to rounding, many times as fast: it passes over zeros,
 * transposes no matrix but the weights, and makes no tensors. The number of threads changes no bit.
 *
 * @param start the weights to start with
 * @throws what ended a thread, from whatever waits for it; the signal's reason once it is aborted
 */
export async function startKernelTraining(
  start: Weights,
  matrix: Matrix,
  settings: AutoencoderSettings,
  { workers, signal }: TrainerOptions,
): Promise<Trainer> {
  const kernel = createKernel();
  if (!kernel) throw new Error("the WebAssembly kernel is missing");
  const batchRows = Math.min(settings.batchSize, matrix.rows);
  const isSmall = matrix.rows * settings.epochs < smallTraining;
  const threads = isSmall ? 1 : Math.max(1, Math.min(workers, Math.floor(batchRows / leastRows)));
  const training: Training = {
    settings,
    threads,
    width: matrix.columns.length,
    data: threads === 1 ? matrix.data : shared(matrix.data),
    batch: new Uint32Array(new SharedArrayBuffer(batchRows * 4)),
    task: new Int32Array(new SharedArrayBuffer(8)),
    meetings: new Int32Array(new SharedArrayBuffer(8)),
    memory: kernel.memory,
  };
  const parameters = placeWeights(kernel, training, start);
  const team = await startTeam(training);
  const own = new TrainingStep(kernel, training, 0);
  const barrier = new Barrier(training.meetings, threads);
  const breatheIfDue = breather(signal);

  /** Meets the other threads. One that has ended never comes: that is heard of between two naps. */
  const meet = async (): Promise<void> => {
    const meeting = barrier.arrive();
    while (!barrier.waitFor(meeting, patience)) {
      await breathe(signal);
      for (const { failure } of team) if (failure) throw failure;
    }
    await breatheIfDue();
  };

  /** Does this with all threads, each its part, and returns the rows' mean loss. */
  const together = async (task: Task, rows: Uint32Array): Promise<number> => {
    training.batch.set(rows);
    training.task.set([tasks.indexOf(task), rows.length]);
    await meet();
    for (const _ of own[task](rows.length)) await meet();
    return own.meanError(rows.length);
  };

  return {
    step: (rows) => together("step", rows),
    loss: (rows) => together("loss", rows),
    weights: () => parameters.map((matrix) => valuesOf(new Float32Array(kernel.memory.buffer), matrix)),
    async dispose() {
      await Promise.all(team.map((thread) => thread.terminate()));
    },
  };
}

/** Divides the kernel's memory and fills it with the weights to start with. @returns where they lie */
function placeWeights(kernel: Kernel, training: Training, start: Weights): KernelMatrix[] {
  const { layers, one, bytes } = layOut(training);
  reserve(kernel, bytes);
  const memory = new Float32Array(kernel.memory.buffer);
  rowOf(memory, one, 0)[0] = 1;
  const parameters = layers.flatMap((layer) => [layer.weights, layer.bias]);
  for (const [i, values] of start.entries()) fill(memory, parameters[i], values);
  return parameters;
}

/** Starts all threads but the first. @throws what ended one of them */
async function startTeam(training: Training): Promise<Thread[]> {
  const file = join(__dirname, "training-worker.js");
  const team = Array.from(
    { length: training.threads - 1 },
    (_, i) => new Thread(file, { workerData: { training, thread: i + 1 } }),
  );
  try {
    await Promise.all(team.map((thread) => thread.ask()));
    return team;
  } catch (error) {
    await Promise.all(team.map((thread) => thread.terminate()));
    throw error;
  }
}
