import type { Connection } from "../connection";
import { farBehind } from "./clock";
import { type WindowEvent, windowEvent } from "./event";
import type { TrafficWindowOptions } from "./options";
import { TrafficWindows } from "./windows";
import { type EventsState, eventsOf, eventsState, type WindowsState } from "./windows-state";

/** What warm windows remember of the connections before, as JSON. */
export interface WarmState {
  /** What the windows knew before the latest connections. */
  readonly windows: WindowsState;
  readonly latest: EventsState;
}

/** Windows that knew nothing are cold for so many connections: to them each host and service is new. */
export const coldConnections = 1_000;

/** Connections that can be as late as this in the next log, in seconds, and at most so many. */
const lateness = farBehind;
export const mostLatest = 16_384;

/**
 * Windows that outlive a log: the next goes on where it ended. A log that is cut off has at its start connections that began
 * before its end, and were written only when they had ended. These are sorted in among the latest of the log before, so
 * that the features of both are as if they were one log.
 */
export class WarmWindows {
  /** Knows what came before the latest connections. */
  readonly #lagging: TrafficWindows;
  /** The latest connections, in the order in which `current` took them, after some that are not any more. */
  #kept: WindowEvent[] = [];
  /** Where in them the latest start. */
  #oldest = 0;
  readonly #current: TrafficWindows;
  /** Of the log before: what `current` has not taken yet, since late connections may come before it. */
  #before: WindowEvent[] = [];
  readonly #options: Required<TrafficWindowOptions>;
  #coldConnections: number;

  private constructor(state: WindowsState) {
    this.#lagging = TrafficWindows.resume(state);
    this.#current = TrafficWindows.resume(state);
    this.#options = state.windows;
    this.#coldConnections = state.clock ? 0 : coldConnections;
  }

  /** Windows that know nothing yet. @throws {InputError} if an option is out of its range */
  static cold(options: TrafficWindowOptions = {}): WarmWindows {
    return new WarmWindows(new TrafficWindows(options).state);
  }

  /** Goes on with another log. */
  static ofNextLog({ windows, latest }: WarmState): WarmWindows {
    const warm = new WarmWindows(windows);
    warm.#before = eventsOf(latest);
    if (warm.#before.length > 0) warm.#coldConnections = 0;
    return warm;
  }

  /** Goes on in the middle of a log. */
  static ofSameLog(state: WarmState): WarmWindows {
    const warm = WarmWindows.ofNextLog(state);
    warm.#takeBefore(Infinity);
    return warm;
  }

  get state(): WarmState {
    const latest = eventsState([...this.#latest, ...this.#before]);
    return { windows: this.#lagging.state, latest };
  }

  get #latest(): readonly WindowEvent[] {
    return this.#kept.slice(this.#oldest);
  }

  /** How many of the next connections still count as cold: none where the windows knew anything from the start. */
  get coldConnections(): number {
    return this.#coldConnections;
  }

  /** Takes the next connection in and writes its window features: see {@link TrafficWindows.update}. */
  update(connection: Connection, into: Float64Array, offset = 0): void {
    if (this.#coldConnections > 0) this.#coldConnections--;
    const event = windowEvent(connection, this.#options.timeBase);
    if (this.#before.length > 0) this.#startLog(event.time);
    this.#current.take(event, into, offset);
    this.#keep(event);
  }

  /** What of the log before comes before a time. A time far behind all of it is that of another capture. */
  #startLog(time: number): void {
    const isAnother =
      this.#oldest === this.#kept.length && time < this.#before[this.#before.length - 1].time - farBehind;
    this.#takeBefore(isAnother ? Infinity : time);
    if (!isAnother) return;
    this.#current.restartClock();
    while (this.#oldest < this.#kept.length) this.#letGo();
    this.#lagging.restartClock();
  }

  #takeBefore(time: number): void {
    const later = this.#before.findIndex((event) => event.time > time);
    const taken = this.#before.splice(0, later === -1 ? Infinity : later);
    for (const event of taken) {
      this.#current.remember(event);
      this.#keep(event);
    }
  }

  /** Takes an event in as the latest; those that are old enough join the others. */
  #keep(event: WindowEvent): void {
    this.#kept.push(event);
    const tooOld = event.time - lateness;
    while (this.#kept.length - this.#oldest > mostLatest || this.#kept[this.#oldest].time < tooOld)
      this.#letGo();
  }

  /** The oldest of the latest joins the others. To shift an array of thousands each time would move all of it. */
  #letGo(): void {
    this.#lagging.remember(this.#kept[this.#oldest++]);
    if (this.#oldest < mostLatest) return;
    this.#kept = this.#kept.slice(this.#oldest);
    this.#oldest = 0;
  }
}
