import type { TrainedDetectorName } from "../models/detectors";
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

  /** @param start in seconds @param isFlagged by the detector of that place */
  add(start: number, isFlagged: (detector: number) => boolean): void {
    const stretch = this.#stretch(Math.floor(start / this.#width));
    stretch.connections++;
    for (const [i, name] of this.detectors.entries()) if (isFlagged(i)) stretch.flagged[name]++;
    while (this.#stretches.size > mostStretches) this.#join();
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
