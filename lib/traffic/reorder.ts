import { requireNumber, requireOneOf, requireOptions } from "../common/errors";
import type { Connection } from "./connection";
import { TimeQueue } from "./time-queue";
import { Clock, type ClockState } from "./windows/clock";
import { timeOf } from "./windows/event";
import { type TimeBase, timeBases } from "./windows/options";

export interface ReorderOptions {
  /** Connections held at most: an integer in [1, 10000000]. Default 200,000; a log of up to this many is sorted completely. */
  readonly capacity?: number;
  /**
   * Seconds after which a connection is released, by the time of those that follow: how late a row may come. Default
   * Infinity: connections are released only when more than `capacity` are held, or by `flush`.
   */
  readonly lateness?: number;
  /** By which time connections are ordered; the same as for the windows. Default `start`. */
  readonly timeBase?: TimeBase;
}

/** What tells late connections from others, for a buffer that goes on where another ended. */
export interface OrderState {
  readonly arrivals?: ClockState;
  readonly released?: ClockState;
  /** Time of the last connection taken in. */
  readonly previous?: number;
}

/**
 * Puts connections in order of time, those of equal time in the order in which they came. Zeek writes a connection
 * when it ends, so that a log is out of order by minutes, at times by hours.
 *
 * A connection that comes after a later one was released is passed on at once and counted in `late`. When the clock goes
 * back for good, see {@link Clock}, all that is held is released and the order starts anew from there. A single time far
 * in the future releases nothing: two in succession are needed for time to pass.
 */
export class ReorderBuffer {
  readonly #capacity: number;
  readonly #lateness: number;
  readonly #timeBase: TimeBase;
  /** The latest time that two connections in succession reached. */
  readonly #arrivals = new Clock();
  /** The latest time released. */
  readonly #released = new Clock();
  #previous = Number.NEGATIVE_INFINITY;
  /** Connections that came after a later one had been released. */
  late = 0;
  readonly #held = new TimeQueue<Connection>();

  /** @throws {InputError} if an option is out of its range, or unknown */
  constructor(options: ReorderOptions = {}) {
    requireOptions(options, { capacity: true, lateness: true, timeBase: true });
    const { capacity = 200_000, lateness = Infinity, timeBase = "start" } = options;
    requireNumber("capacity", capacity, { min: 1, max: 10_000_000, integer: true });
    requireOneOf("timeBase", timeBase, timeBases);
    if (lateness !== Infinity) requireNumber("lateness", lateness, { min: 0 });
    this.#capacity = capacity;
    this.#lateness = lateness;
    this.#timeBase = timeBase;
  }

  /** Without the connections that are held. */
  get state(): OrderState {
    const previous = Number.isFinite(this.#previous) ? this.#previous : undefined;
    return { arrivals: this.#arrivals.state, released: this.#released.state, previous };
  }

  /** Goes on where another buffer ended; what that held is to be pushed first. */
  resume({ arrivals, released, previous = Number.NEGATIVE_INFINITY }: OrderState): void {
    if (arrivals) this.#arrivals.resume(arrivals);
    if (released) this.#released.resume(released);
    this.#previous = previous;
  }

  /** Connections held now. */
  get size(): number {
    return this.#held.size;
  }

  /** How often the clock went back for good, by more than an hour, behind what had been released. */
  get jumps(): number {
    return this.#released.jumps;
  }

  /** Takes connections in. @returns those that are released, in order of time, but for late ones */
  push(connections: readonly Connection[]): Connection[] {
    const released: Connection[] = [];
    for (const connection of connections) {
      const time = timeOf(connection, this.#timeBase);
      this.#arrivals.advance(Math.min(time, this.#previous));
      this.#previous = time;
      if (time >= this.#released.now) {
        this.#held.push(time, connection);
      } else {
        this.late++;
        if (this.#released.advance(time)) while (this.size > 0) released.push(this.#held.pop()!);
        released.push(connection);
      }
      while (this.size > this.#capacity || this.#held.nextTime < this.#arrivals.now - this.#lateness) {
        released.push(this.#release());
      }
    }
    return released;
  }

  /** Releases all that is held, in order of time: the log has ended. */
  flush(): Connection[] {
    return Array.from({ length: this.size }, () => this.#release());
  }

  #release(): Connection {
    this.#released.advance(this.#held.nextTime);
    return this.#held.pop()!;
  }
}
