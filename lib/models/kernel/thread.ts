import { Worker, type WorkerOptions } from "node:worker_threads";
import { memoryRanOut, systemErrorCode, ThreadError } from "../../common/errors";

/**
 * A thread that computes. However it ends, those who wait for it hear of it. It keeps the process alive only while
 * somebody waits.
 */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  #failure: Error | undefined;

  constructor(file: string, options?: WorkerOptions) {
    this.#worker = new Worker(file, options)
      .on("message", (answer) => this.#waiting.shift()?.resolve(answer))
      .on("messageerror", (error) => this.#fail(error))
      .on("error", (error) => this.#fail(explained(error)))
      .on("exit", (code) => this.#fail(new ThreadError(`a thread ended with exit code ${code} at work`)));
    this.#worker.unref();
  }

  /** Why it has ended, once it has. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** How many answers it owes. */
  get asked(): number {
    return this.#waiting.length;
  }

  /** Its next answer, which it gives in the order of the messages. @throws its failure */
  async ask(message?: unknown): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    if (message !== undefined) this.#worker.postMessage(message);
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
      });
    } finally {
      if (this.#waiting.length === 0 && !this.#failure) this.#worker.unref();
    }
  }

  async terminate(): Promise<void> {
    this.#fail(new ThreadError("a thread was ended at work"));
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** A sentence for what is not a mistake in the program. */
function explained(error: Error): Error {
  const isExpected = memoryRanOut(error) || systemErrorCode(error) === "ERR_WORKER_INIT_FAILED";
  return isExpected ? new ThreadError(`a thread failed: ${error.message}`, { cause: error }) : error;
}
