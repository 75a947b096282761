import { requireOneOf, requireOptions } from "../../common/errors";

export const timeBases = ["start", "end"] as const;
/** When a connection happens: as it starts, or as it ends (start + duration). */
export type TimeBase = (typeof timeBases)[number];

export interface TrafficWindowOptions {
  /** Connections that the window of two seconds holds at most, all hosts together: an integer in [1, 4096]. Default 511, as in KDD'99's files. */
  readonly timeWindow?: number;
  /** Connections that the window of a host holds at most: an integer in [1, 1000]. Default 255, as in KDD'99's files; their description says 100. */
  readonly hostWindow?: number;
  /** When a connection happens. KDD'99's files don't tell. Default `start`. */
  readonly timeBase?: TimeBase;
}

export const windowDefaults = { timeWindow: 511, hostWindow: 255, timeBase: "start" } as const;

/** Fills in the defaults. @throws {InputError} on an option that is unknown */
export function resolveWindows(options: TrafficWindowOptions): Required<TrafficWindowOptions> {
  requireOptions(options, { timeWindow: true, hostWindow: true, timeBase: true });
  const { timeWindow, hostWindow } = windowDefaults;
  const { timeBase = windowDefaults.timeBase } = options;
  requireOneOf("timeBase", timeBase, timeBases);
  return {
    timeWindow: options.timeWindow ?? timeWindow,
    hostWindow: options.hostWindow ?? hostWindow,
    timeBase,
  };
}

/** Destination hosts and services that are remembered at least; at most twice as many are. */
export const rememberedHosts = 16_384;
export const rememberedServices = 4_096;
/** The longest window of two seconds: all of its hosts and services must be remembered. */
export const mostTimeWindow = 4_096;
