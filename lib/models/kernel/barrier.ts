/** How often a thread looks before it sleeps: some ten microseconds, which are less than falling asleep and waking cost. */
const looks = 4096;

/** Where some threads meet: none goes on until all have come. What they wrote before, all see after. */
export class Barrier {
  readonly #state: Int32Array;
  readonly #threads: number;

  /** @param state two zeros in memory that the threads share: how many have come, and how often all have */
  constructor(state: Int32Array, threads: number) {
    this.#state = state;
    this.#threads = threads;
  }

  /** Says that this thread has come. @returns the meeting to wait for */
  arrive(): number {
    const state = this.#state;
    const meeting = Atomics.load(state, 1);
    if (Atomics.add(state, 0, 1) === this.#threads - 1) {
      Atomics.store(state, 0, 0);
      Atomics.add(state, 1, 1);
      Atomics.notify(state, 1);
    }
    return meeting;
  }

  /** Waits for the others, at most so long. @returns whether all have come; may say too early that they have not */
  waitFor(meeting: number, milliseconds = Infinity): boolean {
    const state = this.#state;
    for (let look = 0; look < looks; look++) if (Atomics.load(state, 1) !== meeting) return true;
    Atomics.wait(state, 1, meeting, milliseconds);
    return Atomics.load(state, 1) !== meeting;
  }

  /** Waits however long it takes: for threads that another one ends should any not come. */
  wait(): void {
    const meeting = this.arrive();
    // A thread that has gone on and sleeps here again may still be woken for the meeting before.
    while (!this.waitFor(meeting));
  }
}
