/** Seconds that a clock must be behind for it to count as another clock. */
export const farBehind = 3_600;
/** How many in succession must be far behind. One alone is a connection that was long open, or a wrong time. */
const inSuccession = 16;

export interface ClockState {
  /** Seconds. */
  readonly now: number;
  /** How many of the last times, one after the other, were far behind. */
  readonly behind: number;
}

/**
 * The latest time seen. It stays when a time is behind it, and jumps back only when 16 times in succession are more
 * than an hour behind: the log goes on with another capture, the sensor's clock was reset, or the time before was
 * wrong, far in the future.
 */
export class Clock {
  /** Seconds; −Infinity before the first. */
  now = Number.NEGATIVE_INFINITY;
  /** How often it jumped back. */
  jumps = 0;
  #behind = 0;

  /** What it goes on from. */
  get state(): ClockState | undefined {
    return Number.isFinite(this.now) ? { now: this.now, behind: this.#behind } : undefined;
  }

  /** Goes on from an earlier run. */
  resume({ now, behind }: ClockState): void {
    this.now = now;
    this.#behind = behind;
  }

  /** The next time is the first. */
  restart(): void {
    this.now = Number.NEGATIVE_INFINITY;
    this.#behind = 0;
  }

  /** Takes the next time. @returns whether the clock jumped back to it */
  advance(time: number): boolean {
    this.#behind = time < this.now - farBehind ? this.#behind + 1 : 0;
    if (this.#behind === inSuccession) {
      this.#behind = 0;
      this.jumps++;
      this.now = time;
      return true;
    }
    if (time > this.now) this.now = time;
    return false;
  }
}
