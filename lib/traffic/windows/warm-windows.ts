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
  readonly #current: TrafficWindows;
  /** What the next log needs to know; undefined where none will follow. */
  readonly #past: Past | undefined;
  /** Whether `current` has taken any connection. */
  #hasTaken = false;
  /** Of the log before: what `current` has not taken yet, since late connections may come before it. */
  #before: WindowEvent[] = [];
  readonly #options: Required<TrafficWindowOptions>;
  /** How many of the next connections still count as cold: none where the windows knew anything from the start. */
  coldConnections: number;

  private constructor(state: WindowsState, isLast = false) {
    this.#current = TrafficWindows.resume(state);
    this.#past = isLast ? undefined : new Past(state);
    this.#options = state.windows;
    this.coldConnections = state.clock ? 0 : coldConnections;
  }

  /** Windows that know nothing yet. @throws {InputError} if an option is out of its range */
  static cold(options: TrafficWindowOptions = {}): WarmWindows {
    return new WarmWindows(new TrafficWindows(options).state);
  }

  /** Goes on with another log. @param isLast nothing will go on from there: there is no state, which takes time to keep */
  static ofNextLog({ windows, latest }: WarmState, isLast = false): WarmWindows {
    const warm = new WarmWindows(windows, isLast);
    warm.#before = eventsOf(latest);
    if (warm.#before.length > 0) warm.coldConnections = 0;
    return warm;
  }

  /** Goes on in the middle of a log. */
  static ofSameLog(state: WarmState): WarmWindows {
    const warm = WarmWindows.ofNextLog(state);
    warm.#takeBefore(Infinity);
    return warm;
  }

  get state(): WarmState {
    if (!this.#past) throw new Error("the windows of the last log keep no state");
    return this.#past.stateBefore(this.#before);
  }

  /** Takes the next connection in and writes its window features: see {@link TrafficWindows.update}. */
  update(connection: Connection, into: Float64Array): void {
    if (this.coldConnections > 0) this.coldConnections--;
    const event = windowEvent(connection, this.#options.timeBase);
    if (this.#before.length > 0) this.#startLog(event.time);
    this.#current.take(event, into);
    this.#hasTaken = true;
    this.#past?.add(event);
  }

  /** What of the log before comes before a time. A time far behind all of it is that of another capture. */
  #startLog(time: number): void {
    const isAnother = !this.#hasTaken && time < this.#before[this.#before.length - 1].time - farBehind;
    this.#takeBefore(isAnother ? Infinity : time);
    if (!isAnother) return;
    this.#current.restartClock();
    this.#past?.restartClock();
  }

  #takeBefore(time: number): void {
    const later = this.#before.findIndex((event) => event.time > time);
    const taken = this.#before.splice(0, later === -1 ? Infinity : later);
    for (const event of taken) {
      this.#current.remember(event);
      this.#hasTaken = true;
      this.#past?.add(event);
    }
  }
}

/** The latest connections, and windows that know what came before them. */
class Past {
  readonly #lagging: TrafficWindows;
  /** The latest ones from `#first` on, the oldest first. */
  #latest: WindowEvent[] = [];
  #first = 0;

  constructor(state: WindowsState) {
    this.#lagging = TrafficWindows.resume(state);
  }

  /** @param later than the latest connections */
  stateBefore(later: readonly WindowEvent[]): WarmState {
    const events = [...this.#latest.slice(this.#first), ...later];
    return { windows: this.#lagging.state, latest: eventsState(events) };
  }

  /** Takes an event in as the latest; those that are old enough join the others. */
  add(event: WindowEvent): void {
    this.#latest.push(event);
    const tooOld = event.time - lateness;
    while (this.#size > mostLatest || this.#latest[this.#first].time < tooOld) this.#letGo();
  }

  /** What follows is of another time. */
  restartClock(): void {
    while (this.#size > 0) this.#letGo();
    this.#lagging.restartClock();
  }

  get #size(): number {
    return this.#latest.length - this.#first;
  }

  #letGo(): void {
    this.#lagging.remember(this.#latest[this.#first++]);
    if (this.#first < mostLatest) return;
    this.#latest = this.#latest.slice(this.#first);
    this.#first = 0;
  }
}
