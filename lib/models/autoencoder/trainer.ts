import { join } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { breathe, breather } from "../../common/progress";
import { shared } from "../../common/shared";
import { type Matrix, selectMatrixRows } from "../../preprocess/matrix";
import { Barrier } from "../kernel/barrier";
import { createKernel, reserve } from "../kernel/kernel";
import { fill, rowOf } from "../kernel/matrix";
import { Thread } from "../kernel/thread";
import { layOut, type Training } from "../kernel/training-layout";
import { type Task, tasks, trainingStep } from "../kernel/training-step";
import type { AutoencoderSettings } from "./settings";

/** Trains a network of dense layers to give the rows of a matrix back; at most `batchSize` rows at a time. */
export interface Trainer {
  /** Moves the weights by Adam against the gradient of the mean loss of these rows, and returns that loss. */
  step(rows: Uint32Array): number | Promise<number>;
  /** Gives the network the weights so far. */
  updateNetwork(): void;
  /** The mean loss of these rows by the network as it was last updated. */
  loss(rows: Uint32Array): number | Promise<number>;
  /** Ends its threads, and frees what it holds. */
  dispose(): Promise<void>;
}

/** Training as TensorFlow.js does it: the reference for {@link kernelTrainer}. */
export function tensorflowTrainer(
  tf: typeof Tf,
  network: Tf.Sequential,
  matrix: Matrix,
  { learningRate, loss }: AutoencoderSettings,
): Trainer {
  const optimizer = tf.train.adam(learningRate);
  network.compile({ optimizer, loss });
  return {
    async step(rows) {
      const batch = tensorOf(tf, matrix, rows);
      try {
        return (await network.trainOnBatch(batch, batch)) as number;
      } finally {
        batch.dispose();
      }
    },
    updateNetwork() {},
    loss: (rows) => tensorflowLoss(tf, network, matrix, loss, rows),
    dispose: async () => optimizer.dispose(),
  };
}

function tensorflowLoss(
  tf: typeof Tf,
  network: Tf.Sequential,
  matrix: Matrix,
  loss: AutoencoderSettings["loss"],
  rows: Uint32Array,
): number {
  return tf.tidy(() => {
    const batch = tensorOf(tf, matrix, rows);
    const losses = tf.metrics[loss](batch, network.predictOnBatch(batch) as Tf.Tensor);
    return losses.mean().dataSync()[0];
  });
}

function tensorOf(tf: typeof Tf, matrix: Matrix, rows: Uint32Array): Tf.Tensor2D {
  return tf.tensor2d(selectMatrixRows(matrix, rows).data, [rows.length, matrix.columns.length]);
}

/** Fewer rows of a batch than this are not worth a thread. */
const leastRows = 64;

/** Milliseconds that the main thread sleeps before it looks whether those that it waits for are still there. */
const patience = 10;

/**
 * Forward pass, backward pass and Adam written out, in the WebAssembly kernel and in several threads. It gives the weights
 * and losses of {@link tensorflowTrainer} on the wasm backend, to the bit and with any number of threads, but several times
 * as fast: it passes over zeros, transposes no matrix but the weights, and makes no tensors. Undefined where there is no
 * WebAssembly.
 *
 * @param workers most threads, this one included. Activations other than relu have but one, since TensorFlow.js computes them
 * @throws what ended a thread, from whatever waits for it; the signal's reason once it is aborted
 */
export async function kernelTrainer(
  tf: typeof Tf,
  network: Tf.Sequential,
  matrix: Matrix,
  settings: AutoencoderSettings,
  workers: number,
  signal?: AbortSignal,
): Promise<Trainer | undefined> {
  const kernel = createKernel();
  if (!kernel) return undefined;
  const isReluNetwork = settings.activation === "relu" && settings.outputActivation === "linear";
  const batchRows = Math.min(settings.batchSize, matrix.rows);
  const threads = isReluNetwork ? Math.max(1, Math.min(workers, Math.floor(batchRows / leastRows))) : 1;
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
  const { layers, one, bytes } = layOut(training);
  reserve(kernel, bytes);
  const memory = new Float32Array(kernel.memory.buffer);
  rowOf(memory, one, 0)[0] = 1;
  const weights = layers.flatMap((layer) => [layer.weights, layer.bias]);
  for (const [i, tensor] of network.getWeights().entries())
    fill(memory, weights[i], tensor.dataSync<"float32">());
  const team = await startTeam(training);
  const own = trainingStep(tf, kernel, training, 0);
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
    updateNetwork() {
      const tensors = network.getWeights().map(({ shape }, i) => {
        const { rows, columns } = weights[i];
        const values = new Float32Array(rows * columns);
        for (let row = 0; row < rows; row++) values.set(rowOf(memory, weights[i], row), row * columns);
        return tf.tensor(values, shape);
      });
      network.setWeights(tensors);
      tf.dispose(tensors);
    },
    loss: (rows) =>
      isReluNetwork ? together("loss", rows) : tensorflowLoss(tf, network, matrix, settings.loss, rows),
    async dispose() {
      await Promise.all(team.map((thread) => thread.terminate()));
    },
  };
}

/** Starts all threads but the first. @throws what ended one of them */
async function startTeam(training: Training): Promise<Thread[]> {
  const file = join(__dirname, "..", "kernel", "training-worker.js");
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
