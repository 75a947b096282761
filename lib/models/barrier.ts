/** How often a thread looks before it sleeps: some ten microseconds, which are less than falling asleep and waking cost. */
const looks = 4096;

/** Holds each of some threads until all have come. What they wrote before, all see after. */
export class Barrier {
  readonly #state: Int32Array;
  readonly #threads: number;

  /** @param state two zeros in memory that the threads share: how many have come, and how often all have */
  constructor(state: Int32Array, threads: number) {
    this.#state = state;
    this.#threads = threads;
  }

  wait(): void {
    const state = this.#state;
    const round = Atomics.load(state, 1);
    if (Atomics.add(state, 0, 1) === this.#threads - 1) {
      Atomics.store(state, 0, 0);
      Atomics.add(state, 1, 1);
      Atomics.notify(state, 1);
      return;
    }
    for (let look = 0; look < looks; look++) if (Atomics.load(state, 1) !== round) return;
    // A thread that has gone on and sleeps here again may still be woken for the round before.
    while (Atomics.load(state, 1) === round) Atomics.wait(state, 1, round);
  }
}
