// What the window features of any table obey, whether KDD'99's own or ours.
import { column, numbers, type Table } from "traffic-anomaly";
import { FlagError, flagError } from "traffic-anomaly/dist/traffic/flag";
import { rate } from "traffic-anomaly/dist/traffic/windows/rate";

/** The same features of either window. Shares are rounded to hundredths. */
interface Window {
  readonly capacity: number;
  readonly host: number;
  readonly service: number;
  readonly sameService: number;
  readonly differentServices: number;
  readonly differentHosts: number;
  readonly synErrors: number;
  readonly rejections: number;
  readonly serviceSynErrors: number;
  readonly serviceRejections: number;
  /** Only in the window of a host. */
  readonly samePort?: number;
  readonly error: FlagError;
}

/** A rate is off by half a hundredth at most, and by what 32 bits cannot hold. */
const rounding = 0.005 + 1e-6;

const same = (a: number, b: number) => Math.abs(a - b) < 1e-6;
const isShare = (value: number, whole: number) =>
  [-1, 0, 1].some((change) => same(rate(Math.round(value * whole) + change, whole), value));

/** Each is true of a window, within rounding. */
export const invariants: Readonly<Record<string, (window: Window) => boolean>> = {
  "the present connection is counted": ({ host, service }) => host >= 1 && service >= 1,
  "no count exceeds the window": ({ host, service, capacity }) => host <= capacity && service <= capacity,
  "connections to the host or of the service fit the window together": (w) =>
    w.host + w.service - (w.sameService + rounding) * w.host <= w.capacity,
  "those of the service among the host's are among the service's": ({ sameService, host, service }) =>
    (sameService - rounding) * host <= service,
  "shares are whole connections": (w) =>
    [w.sameService, w.differentServices, w.synErrors, w.rejections].every((value) =>
      isShare(value, w.host),
    ) &&
    [w.differentHosts, w.serviceSynErrors, w.serviceRejections].every((value) => isShare(value, w.service)),
  "no connection is two errors": (w) =>
    w.synErrors + w.rejections <= 1 + 2 * rounding &&
    w.serviceSynErrors + w.serviceRejections <= 1 + 2 * rounding,
  "the present connection's own error is counted": ({ error, ...w }) =>
    error === FlagError.none ||
    (error === FlagError.syn
      ? w.synErrors >= rate(1, w.host) - 1e-6 && w.serviceSynErrors >= rate(1, w.service) - 1e-6
      : w.rejections >= rate(1, w.host) - 1e-6 && w.serviceRejections >= rate(1, w.service) - 1e-6),
  "one connection has one service and one host": (w) =>
    (w.host > 1 || (same(w.sameService, 1) && w.differentServices === 0)) &&
    (w.service > 1 || w.differentHosts === 0),
  "different services are two at least, and no more than connections": (w) =>
    w.differentServices === 0
      ? w.sameService >= 1 - rounding
      : w.differentServices >= rate(2, w.host) - 1e-6 &&
        w.differentServices <= 1 - w.sameService + 1 / w.host + 2 * rounding,
  "different hosts are two at least, and no more than connections": (w) =>
    w.differentHosts === 0
      ? w.service <= (w.sameService + rounding) * w.host
      : w.differentHosts >= rate(2, w.service) - 1e-6 &&
        w.differentHosts * w.service - rounding * w.service <=
          w.service - (w.sameService - rounding) * w.host + 1,
  "the present connection's own port is counted": ({ samePort, host }) =>
    samePort === undefined || (isShare(samePort, host) && samePort >= rate(1, host) - 1e-6),
  "where the host fills the window, the service's connections are among its": (w) =>
    w.host < w.capacity || (same(w.sameService, rate(w.service, w.capacity)) && w.differentHosts === 0),
};

/** How many rows break each of the invariants that some do: `count: …` in the window of two seconds, `dst_host_count: …`. */
export function broken(
  table: Table,
  capacities: { timeWindow?: number; hostWindow?: number } = {},
): Record<string, number> {
  const { timeWindow = 511, hostWindow = 255 } = capacities;
  const flags = column(table, "flag");
  if (flags.kind !== "nominal") throw new TypeError("flag is nominal");
  const errors = flags.categories.map(flagError);
  const found: Record<string, number> = {};
  for (const [prefix, capacity] of [
    ["", timeWindow],
    ["dst_host_", hostWindow],
  ] as const) {
    const of = (name: string) => numbers(table, prefix + name);
    const [host, service] = [of("count"), of("srv_count")];
    const [sameService, services] = [of("same_srv_rate"), of("diff_srv_rate")];
    const hosts = of("srv_diff_host_rate");
    const [syn, serviceSyn] = [of("serror_rate"), of("srv_serror_rate")];
    const [rejected, serviceRejected] = [of("rerror_rate"), of("srv_rerror_rate")];
    for (let row = 0; row < table.rows; row++) {
      const window: Window = {
        capacity,
        host: host[row],
        service: service[row],
        sameService: sameService[row],
        differentServices: services[row],
        differentHosts: hosts[row],
        synErrors: syn[row],
        rejections: rejected[row],
        serviceSynErrors: serviceSyn[row],
        serviceRejections: serviceRejected[row],
        samePort: prefix ? of("same_src_port_rate")[row] : undefined,
        error: errors[flags.codes[row]],
      };
      for (const [name, holds] of Object.entries(invariants)) {
        const title = `${prefix}count: ${name}`;
        if (!holds(window)) found[title] = (found[title] ?? 0) + 1;
      }
    }
  }
  return found;
}
