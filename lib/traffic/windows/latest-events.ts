import type { WindowEvent } from "./event";

/**
 * The latest events, in the order in which they came; the oldest leave first. They are kept as columns, which the garbage
 * collector need not look through.
 */
export class LatestEvents {
  // A ring: the oldest event is at #oldest
  readonly #times: Float64Array;
  readonly #hosts: string[] = [];
  readonly #services: Uint32Array;
  readonly #errors: Uint8Array;
  readonly #sourcePorts: Uint32Array;
  #oldest = 0;
  size = 0;

  /** @param capacity how many it holds at most */
  constructor(private readonly capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#services = new Uint32Array(capacity);
    this.#errors = new Uint8Array(capacity);
    this.#sourcePorts = new Uint32Array(capacity);
  }

  /** The time of the oldest one. */
  get oldestTime(): number {
    return this.#times[this.#oldest];
  }

  /** All of them, the oldest first. */
  get events(): WindowEvent[] {
    return Array.from({ length: this.size }, (_, i) => this.#eventAt((this.#oldest + i) % this.capacity));
  }

  push({ time, host, service, error, sourcePort }: WindowEvent): void {
    const place = (this.#oldest + this.size++) % this.capacity;
    this.#times[place] = time;
    this.#hosts[place] = host;
    this.#services[place] = service;
    this.#errors[place] = error;
    this.#sourcePorts[place] = sourcePort;
  }

  /** Takes the oldest one out. */
  shift(): WindowEvent {
    const event = this.#eventAt(this.#oldest);
    this.#oldest = (this.#oldest + 1) % this.capacity;
    this.size--;
    return event;
  }

  #eventAt(place: number): WindowEvent {
    return {
      time: this.#times[place],
      host: this.#hosts[place],
      service: this.#services[place],
      error: this.#errors[place],
      sourcePort: this.#sourcePorts[place],
    };
  }
}
