/**
 * What the thread that runs cells and the guard beside it tell each other of interrupts. An interrupt hits the cells
 * that were sent before it, whether they run, are compiled, or wait.
 */
export class Interrupts {
  private readonly counts: Int32Array;
  private readonly time: BigInt64Array;

  constructor(readonly memory = new SharedArrayBuffer(24)) {
    this.counts = new Int32Array(memory, 8);
    this.time = new BigInt64Array(memory, 0, 1);
  }

  /** The guard's: an interrupt has come. */
  press(): void {
    Atomics.store(this.time, 0, BigInt(Date.now()));
    Atomics.add(this.counts, 0, 1);
  }

  /** The cells' thread's: it knows of all interrupts that have come. */
  answer(): void {
    Atomics.store(this.counts, 1, Atomics.load(this.counts, 0));
  }

  get answered(): boolean {
    return Atomics.load(this.counts, 0) === Atomics.load(this.counts, 1);
  }

  /** Whether a cell that was sent at this time, in milliseconds, is hit. */
  hit(sent: number): boolean {
    return Atomics.load(this.time, 0) >= BigInt(sent);
  }

  /** What the cells' thread is at. */
  get stage(): Stage {
    return Atomics.load(this.counts, 2);
  }

  set stage(stage: Stage) {
    Atomics.store(this.counts, 2, stage);
  }
}

export enum Stage {
  /** No cell runs. */
  idle,
  /** The compiler works, for a cell or for the editor. */
  compiling,
  /** A cell runs, or waits for something. */
  running,
}
