import { requireNumber } from "../../common/errors";
import { kddFeatures } from "../../data/kdd/schema";
import type { Connection } from "../connection";
import { Clock } from "./clock";
import { type WindowEvent, windowEvent } from "./event";
import { HostWindow, longestHostWindow } from "./host-window";
import {
  mostTimeWindow,
  rememberedHosts,
  rememberedServices,
  resolveWindows,
  type TrafficWindowOptions,
} from "./options";
import { RecentMap } from "./recent-map";
import { TimeWindow } from "./time-window";
import { Track } from "./track";
import { recentStates, trackStates, tracksOf, type WindowsState } from "./windows-state";

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
 * 4,096), so that an address sweep does not fill it. At most about 170 MB with a host window of 255, and in
 * proportion to it; usual traffic takes a few.
 */
export class TrafficWindows {
  readonly #timeWindow: TimeWindow;
  readonly #hostWindow: HostWindow;
  readonly #hosts: RecentMap<string, Track>;
  readonly #services: RecentMap<number, Track>;
  readonly #clock = new Clock();
  readonly #options: Required<TrafficWindowOptions>;
  #numbered = 0;

  /** @throws {InputError} if an option is out of its range */
  constructor(options: TrafficWindowOptions = {}) {
    this.#options = resolveWindows(options);
    const { timeWindow, hostWindow } = this.#options;
    requireNumber("timeWindow", timeWindow, { min: 1, max: mostTimeWindow, integer: true });
    requireNumber("hostWindow", hostWindow, { min: 1, max: longestHostWindow, integer: true });
    this.#timeWindow = new TimeWindow(timeWindow);
    this.#hostWindow = new HostWindow(hostWindow);
    this.#hosts = new RecentMap(rememberedHosts, () => new Track(this.#numbered++ % 2 ** 30, hostWindow));
    this.#services = new RecentMap(rememberedServices, (id) => new Track(id, hostWindow));
  }

  /** Windows that go on where others were. */
  static resume(state: WindowsState): TrafficWindows {
    const windows = new TrafficWindows(state.windows);
    const { hostWindow } = state.windows;
    if (state.clock) windows.#clock.resume(state.clock);
    windows.#numbered = state.numbered;
    windows.#hosts.generations = tracksOf<string>(state.hosts, hostWindow);
    windows.#services.generations = tracksOf<number>(state.services, hostWindow);
    const [hostOf, serviceOf] = [windows.#hosts, windows.#services].map(
      ({ generations }) => new Map(generations.flat().map(([, track]) => [track.id, track])),
    );
    for (const [time, host, service, error] of state.recent)
      windows.#timeWindow.add(time, hostOf.get(host)!, serviceOf.get(service)!, error);
    return windows;
  }

  /** What they remember, for {@link TrafficWindows.resume}: some kilobytes for a small network, about 12 MB at most. */
  get state(): WindowsState {
    return {
      windows: this.#options,
      ...{ clock: this.#clock.state, numbered: this.#numbered },
      hosts: trackStates(this.#hosts),
      services: trackStates(this.#services),
      recent: recentStates(this.#timeWindow.connections),
    };
  }

  /** What follows is of another time. */
  restartClock(): void {
    this.#clock.restart();
    this.#timeWindow.clear();
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
    this.take(windowEvent(connection, this.#options.timeBase), into, offset);
  }

  /** The same, of what the windows take of a connection. */
  take(
    { time, host: address, service: id, error, sourcePort }: WindowEvent,
    into: Float64Array,
    offset = 0,
  ): void {
    const host = this.#hosts.get(address);
    const service = this.#services.get(id);
    this.#timeWindow.update(this.#advance(time), host, service, error, into, offset);
    this.#hostWindow.update(host, service, error, sourcePort, into, offset + 9);
  }

  /** Takes a connection in without its features, which costs a fraction. */
  remember({ time, host: address, service: id, error, sourcePort }: WindowEvent): void {
    const host = this.#hosts.get(address);
    const service = this.#services.get(id);
    this.#timeWindow.add(this.#advance(time), host, service, error);
    this.#hostWindow.add(host, service, error, sourcePort);
  }

  /** @returns the time at which a connection counts */
  #advance(time: number): number {
    if (this.#clock.advance(time)) this.#timeWindow.clear();
    return this.#clock.now;
  }
}
