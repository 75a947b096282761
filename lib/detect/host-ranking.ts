/** A host that began connections, and how many of them were flagged. */
export interface UnusualHost {
  readonly host: string;
  readonly connections: number;
  readonly flagged: number;
  /** Flagged connections beyond what the false-alarm rate lets expect: what hosts are ranked by. */
  readonly excess: number;
}

/**
 * Ranks the hosts that began connections by how many were flagged beyond what is expected. Of more hosts than
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
