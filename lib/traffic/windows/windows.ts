import { requireNumber } from "../../common/errors";
import { kddFeatures } from "../../data/kdd/schema";
import type { Connection } from "../connection";
import { flagError, kddFlag } from "../flag";
import { serviceId } from "../service";
import { Clock } from "./clock";
import { HostWindow, longestHostWindow } from "./host-window";
import { RecentMap } from "./recent-map";
import { TimeWindow } from "./time-window";
import { Track } from "./track";

/** When a connection happens: as it starts, or as it ends (start + duration). */
export type TimeBase = "start" | "end";

export interface TrafficWindowOptions {
  /** Connections that the window of two seconds holds at most, all hosts together: an integer in [1, 4096]. Default 511, as in KDD'99's files. */
  readonly timeWindow?: number;
  /** Connections that the window of a host holds at most: an integer in [1, 1000]. Default 255, as in KDD'99's files; their description says 100. */
  readonly hostWindow?: number;
  /** When a connection happens. KDD'99's files don't tell. Default `start`. */
  readonly timeBase?: TimeBase;
}

export const windowDefaults = { timeWindow: 511, hostWindow: 255, timeBase: "start" } as const;

/** Fills in the defaults. */
export function resolveWindows(options: TrafficWindowOptions): Required<TrafficWindowOptions> {
  const { timeWindow, hostWindow, timeBase } = windowDefaults;
  return {
    timeWindow: options.timeWindow ?? timeWindow,
    hostWindow: options.hostWindow ?? hostWindow,
    timeBase: options.timeBase ?? timeBase,
  };
}

/** Destination hosts and services that are remembered at least; at most twice as many are. */
const rememberedHosts = 16_384;
const rememberedServices = 4_096;

/** The 19 window features, in KDD'99's order, from `count` to `dst_host_srv_rerror_rate`. */
export const windowFeatureNames: readonly string[] = kddFeatures
  .slice(kddFeatures.findIndex(({ name }) => name === "count"))
  .map(({ name }) => name);

/**
 * Computes KDD'99's window features (Lee and Stolfo 2000) of connections that come one after the other, in order of
 * time.
 *
 * - The window of two seconds: the connections of the last two seconds, the present one included, but at most the
 *   last 511. `count` are those to the same destination host, `srv_count` those of the same service.
 * - The window of a host: its last 255 connections, `dst_host_count`. Those of the same service are
 *   `dst_host_srv_count`, together with the service's last connections to other hosts, as many as there are places left.
 * - `serror`: flags S0–S3 and SH; `rerror`: REJ, RSTO, RSTR, RSTOS0. A service is a port, see {@link serviceId}.
 * - `diff_srv_rate` and `srv_diff_host_rate` are different services per connection to the host, and different hosts per
 *   connection of the service; 0 if there is one. Rates have two decimals, see {@link rate}.
 *
 * A connection that comes too late counts as if it happened now. When the clock goes back for good, see {@link Clock},
 * the window of two seconds starts anew.
 *
 * Memory is bounded: a host is forgotten when 16,384 other destination hosts or more have been seen since (a service,
 * 4,096), so that an address sweep does not fill it. At most about 100 MB with a host window of 255, and in
 * proportion to it; usual traffic takes a few.
 */
export class TrafficWindows {
  readonly #timeBase: TimeBase;
  readonly #timeWindow: TimeWindow;
  readonly #hostWindow: HostWindow;
  readonly #hosts: RecentMap<string, Track>;
  readonly #services: RecentMap<number, Track>;
  readonly #clock = new Clock();

  /** @throws {InputError} if an option is out of its range */
  constructor(options: TrafficWindowOptions = {}) {
    const { timeWindow, hostWindow, timeBase } = resolveWindows(options);
    requireNumber("timeWindow", timeWindow, { min: 1, max: rememberedServices, integer: true });
    requireNumber("hostWindow", hostWindow, { min: 1, max: longestHostWindow, integer: true });
    this.#timeBase = timeBase;
    this.#timeWindow = new TimeWindow(timeWindow);
    this.#hostWindow = new HostWindow(hostWindow);
    let hosts = 0;
    this.#hosts = new RecentMap(rememberedHosts, () => new Track(hosts++ % 2 ** 30, hostWindow));
    this.#services = new RecentMap(rememberedServices, (id) => new Track(id, hostWindow));
  }

  /** How often the clock jumped back by more than an hour. */
  get clockJumps(): number {
    return this.#clock.jumps;
  }

  /**
   * Takes the next connection in and writes its window features to `into`, from `offset` on, in the order of
   * {@link windowFeatureNames}.
   */
  update(connection: Connection, into: Float64Array, offset = 0): void {
    const host = this.#hosts.get(connection.destinationHost);
    const service = this.#services.get(serviceId(connection));
    const error = flagError(kddFlag(connection));
    if (this.#clock.advance(timeOf(connection, this.#timeBase))) this.#timeWindow.clear();
    this.#timeWindow.update(this.#clock.now, host, service, error, into, offset);
    this.#hostWindow.update(host, service, error, connection.sourcePort, into, offset + 9);
  }
}

/** When a connection happens, in seconds. */
export function timeOf(connection: Connection, timeBase: TimeBase): number {
  return timeBase === "start" ? connection.start : connection.start + connection.duration;
}
