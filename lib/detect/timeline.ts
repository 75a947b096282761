import type { TrainedDetectorName } from "../models/detectors";
import type { Connection } from "../traffic/connection";
import type { FlaggedStretch } from "../visualize/traffic/flagged-over-time";

/** More stretches than that are joined two by two, so that memory is bounded and a figure stays readable. */
const mostStretches = 120;

/** Counts connections, and those that each detector flags, in stretches of equal time as long as needed. */
export class Timeline {
  /** Seconds. */
  #width = 1;
  /** By the number of the stretch since 1970. */
  #stretches = new Map<number, { connections: number; readonly flagged: Record<string, number> }>();

  constructor(private readonly detectors: readonly TrainedDetectorName[]) {}

  /** @param flags of each detector, one a connection: 1 = flagged */
  add(connections: readonly Pick<Connection, "start">[], flags: readonly Uint8Array[]): void {
    for (let row = 0; row < connections.length; row++) {
      const stretch = this.#stretch(Math.floor(connections[row].start / this.#width));
      stretch.connections++;
      for (let i = 0; i < flags.length; i++) if (flags[i][row] === 1) stretch.flagged[this.detectors[i]]++;
      while (this.#stretches.size > mostStretches) this.#join();
    }
  }

  /** In order of time; none without connections. */
  get stretches(): FlaggedStretch[] {
    return [...this.#stretches]
      .sort(([a], [b]) => a - b)
      .map(([number, stretch]) => ({ start: number * this.#width, ...stretch }));
  }

  #stretch(number: number) {
    let found = this.#stretches.get(number);
    if (!found) {
      found = { connections: 0, flagged: Object.fromEntries(this.detectors.map((name) => [name, 0])) };
      this.#stretches.set(number, found);
    }
    return found;
  }

  #join(): void {
    const before = this.#stretches;
    this.#width *= 2;
    this.#stretches = new Map();
    for (const [number, { connections, flagged }] of before) {
      const joined = this.#stretch(Math.floor(number / 2));
      joined.connections += connections;
      for (const name of this.detectors) joined.flagged[name] += flagged[name];
    }
  }
}
