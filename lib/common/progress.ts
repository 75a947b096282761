import type { OptionNames } from "./errors";

/** What a long piece of work tells while it runs. */
export interface ProgressUpdate {
  /** What is being done, in a few words: `training the autoencoder`. */
  readonly stage: string;
  /** Units done so far, out of `total`. */
  readonly done: number;
  readonly total: number;
  /** One short remark, such as the last loss. */
  readonly note?: string;
}

/** Options that every long piece of work accepts. */
export interface WorkOptions {
  readonly onProgress?: (update: ProgressUpdate) => void;
  /** Stops the work at the next safe point; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export const workOptions: OptionNames<WorkOptions> = { onProgress: true, signal: true };

/** Milliseconds of synchronous work between two breaths. */
const breathAfter = 10;

/** Browsers have only the slower one. */
const nextTurn: (then: (nothing: unknown) => void) => void =
  typeof setImmediate === "undefined" ? setTimeout : setImmediate;

/** Lets timers, signals and the abort signal have their turn between two pieces of synchronous work. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => nextTurn(resolve));
  signal?.throwIfAborted();
}

/** {@link breathe} for a loop: it does nothing until some milliseconds of work have passed. */
export function breather(signal?: AbortSignal): () => Promise<void> {
  let breathed = performance.now();
  return async () => {
    if (performance.now() - breathed < breathAfter) return;
    await breathe(signal);
    breathed = performance.now();
  };
}
