import { FlagError } from "../flag";
import { rate } from "./rate";
import type { Track } from "./track";

/** Seconds that the window looks back. */
const seconds = 2;

/** Connections in the window of one host and one service. */
interface Pair {
  readonly key: number;
  count: number;
}

/** A connection of the last two seconds. */
export interface RecentConnection {
  readonly time: number;
  readonly host: Track;
  readonly service: Track;
  readonly error: FlagError;
}

/**
 * The connections of the last two seconds, but at most `capacity`, with what the features need counted as connections
 * enter and leave: the cost of a connection does not depend on how many there are.
 */
export class TimeWindow {
  readonly #pairs = new Map<number, Pair>();
  // A ring: the oldest connection is at #oldest
  readonly #times: Float64Array;
  readonly #errors: Uint8Array;
  readonly #hosts: Track[] = [];
  readonly #services: Track[] = [];
  readonly #pairOf: Pair[] = [];
  #oldest = 0;
  #size = 0;

  constructor(private readonly capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#errors = new Uint8Array(capacity);
  }

  /**
   * Takes a connection in and writes its nine features from `offset` on.
   *
   * @param time seconds; never less than that of the connection before
   */
  update(
    time: number,
    host: Track,
    service: Track,
    error: FlagError,
    into: Float64Array,
    offset: number,
  ): void {
    const pair = this.add(time, host, service, error);
    into[offset] = host.count;
    into[offset + 1] = service.count;
    into[offset + 2] = rate(host.synErrors, host.count);
    into[offset + 3] = rate(service.synErrors, service.count);
    into[offset + 4] = rate(host.rejections, host.count);
    into[offset + 5] = rate(service.rejections, service.count);
    into[offset + 6] = rate(pair.count, host.count);
    into[offset + 7] = host.partners === 1 ? 0 : rate(host.partners, host.count);
    into[offset + 8] = service.partners === 1 ? 0 : rate(service.partners, service.count);
  }

  /** Its connections, the oldest first. */
  get connections(): readonly RecentConnection[] {
    return Array.from({ length: this.#size }, (_, i) => {
      const slot = (this.#oldest + i) % this.capacity;
      return {
        time: this.#times[slot],
        host: this.#hosts[slot],
        service: this.#services[slot],
        error: this.#errors[slot],
      };
    });
  }

  /** Forgets every connection. */
  clear(): void {
    while (this.#size > 0) this.#removeOldest();
  }

  /** Takes a connection in. @returns those of its host and service */
  add(time: number, host: Track, service: Track, error: FlagError): { readonly count: number } {
    while (this.#size > 0 && this.#times[this.#oldest] < time - seconds) this.#removeOldest();
    if (this.#size === this.capacity) this.#removeOldest();
    const key = host.id * 0x40000 + service.id;
    let pair = this.#pairs.get(key);
    if (!pair) {
      pair = { key, count: 0 };
      this.#pairs.set(key, pair);
      host.partners++;
      service.partners++;
    }
    pair.count++;
    count(host, error, 1);
    count(service, error, 1);
    const slot = (this.#oldest + this.#size++) % this.capacity;
    this.#times[slot] = time;
    this.#errors[slot] = error;
    this.#hosts[slot] = host;
    this.#services[slot] = service;
    this.#pairOf[slot] = pair;
    return pair;
  }

  #removeOldest(): void {
    const slot = this.#oldest;
    const host = this.#hosts[slot];
    const service = this.#services[slot];
    const pair = this.#pairOf[slot];
    count(host, this.#errors[slot], -1);
    count(service, this.#errors[slot], -1);
    if (--pair.count === 0) {
      this.#pairs.delete(pair.key);
      host.partners--;
      service.partners--;
    }
    this.#oldest = (slot + 1) % this.capacity;
    this.#size--;
  }
}

function count(track: Track, error: FlagError, change: 1 | -1): void {
  track.count += change;
  if (error === FlagError.syn) track.synErrors += change;
  else if (error === FlagError.rejection) track.rejections += change;
}
