import { exp2 } from "../common/exact-math";
import { Heap } from "../common/heap";
import type { UnusualHost } from "../visualize/traffic/unusual-hosts";
import type { AnyAlert } from "./alerts/alert";

/**
 * How far a score lies beyond the threshold, comparable between detectors: log(score / threshold) in units of
 * log(threshold / median), where the median is that of the held-out scores. 0 at the threshold, 1 as far beyond it as
 * it is from the median, −1 at the median.
 */
export function excess(score: number, threshold: number, median: number): number {
  const logarithm = (value: number) => Math.log2(Math.max(value, Number.MIN_VALUE));
  const unit = Math.max(logarithm(threshold) - logarithm(median), 1e-6);
  return (logarithm(score) - logarithm(threshold)) / unit;
}

/**
 * An excess as a number in [0, 100), to two decimals: half of what is missing to 100 for each fifth of a unit, since even
 * floods are seldom a whole unit beyond.
 *
 * @example
 * riskScore(0.2); // 50
 */
export function riskScore(beyond: number): number {
  return Math.floor(10_000 * (1 - exp2(-5 * Math.max(0, beyond)))) / 100;
}

/** An alert with what it is ranked by. */
export interface RankedAlert {
  readonly alert: AnyAlert;
  /** See {@link excess}: the greater one of the detectors. */
  readonly excess: number;
}

/** Keeps the alerts that lie farthest beyond their thresholds; memory is that of this many. */
export class TopAlerts {
  /** Its first is the least; of equals the latest one. */
  readonly #kept = new Heap<RankedAlert & { readonly number: number }>();
  #seen = 0;

  constructor(private readonly count: number) {}

  add(alerts: readonly RankedAlert[]): void {
    for (const alert of alerts) {
      const number = this.#seen++;
      const isFull = this.#kept.items.length >= this.count;
      if (isFull && alert.excess <= this.#kept.firstKey) continue;
      if (isFull) this.#kept.pop();
      this.#kept.push({ ...alert, number }, alert.excess, -number);
    }
  }

  /** Farthest beyond first; of equals the earlier one. */
  get alerts(): AnyAlert[] {
    return this.#kept.items
      .slice()
      .sort((a, b) => b.excess - a.excess || a.number - b.number)
      .map(({ alert }) => alert);
  }
}

/**
 * Ranks the hosts that started connections by how many were flagged beyond what is expected. Of more hosts than
 * `capacity` the less unusual half is forgotten now and then, so that memory is bounded.
 */
export class HostRanking {
  readonly #hosts = new Map<string, { connections: number; flagged: number }>();

  /** @param falseAlarmRate share of usual connections that is flagged */
  constructor(
    private readonly falseAlarmRate: number,
    private readonly capacity = 20_000,
  ) {}

  add(host: string, flagged: boolean): void {
    let found = this.#hosts.get(host);
    if (!found) {
      if (this.#hosts.size >= this.capacity) this.#forget();
      found = { connections: 0, flagged: 0 };
      this.#hosts.set(host, found);
    }
    found.connections++;
    if (flagged) found.flagged++;
  }

  /** The most unusual hosts of which more was flagged than expected, most unusual first. */
  top(count: number): UnusualHost[] {
    return this.#ranked()
      .filter(({ excess }) => excess > 0)
      .slice(0, count);
  }

  #ranked(): UnusualHost[] {
    return Array.from(this.#hosts, ([host, { connections, flagged }]) => ({
      host,
      connections,
      flagged,
      excess: Number((flagged - this.falseAlarmRate * connections).toFixed(2)),
    })).sort((a, b) => b.excess - a.excess || (a.host < b.host ? -1 : 1));
  }

  #forget(): void {
    for (const { host } of this.#ranked().slice(this.capacity / 2)) this.#hosts.delete(host);
  }
}
