import { bytes, count, percent, seconds } from "../reasons/units";
import type { Words } from "../reasons/words";

/** How the features of views are said. */
export const viewWords: Readonly<Record<string, Words>> = {
  host_connections: number((value) => `started ${count(value, "connection")}`),
  host_peers: number((value) => `contacted ${count(value, "host")}`),
  host_ports: number((value) => `contacted ${count(value, "port")}`),
  host_services: number((value) => `used ${count(value, "service")}`),
  host_bytes_out: { said: (value) => `sent ${bytes(value)}`, short: bytes },
  host_bytes_in: { said: (value) => `received ${bytes(value)}`, short: bytes },
  host_bytes_outside: { said: (value) => `sent ${bytes(value)} out of the network`, short: bytes },
  host_failed_rate: share((value) => `${value} of its connections failed`),
  host_new_peer_rate: share((value) => `${value} of the hosts that it contacted are new to it`),
  host_new_service_rate: share((value) => `${value} of the services that it used are new to it`),
  pair_connections: number((value) => count(value, "connection")),
  pair_interval: {
    said: (value) => `1 connection every ${seconds(value)}`,
    short: seconds,
    idle: (_, of) => of("pair_connections") < 3, // one interval is none that repeats
  },
  pair_interval_regularity: regularity("1 connection every", "interval", seconds),
  pair_size_regularity: regularity("each sent", "size", bytes),
  pair_bytes_out: { said: (value) => `sent ${bytes(value)} in all`, short: bytes },
  pair_longest: { said: (value) => `the longest connection lasted ${seconds(value)}`, short: seconds },
  pair_new: {
    said: (value) => `the source ${value === 1 ? "was never seen to connect" : "connected before"} there`,
    short: (value) => (value === 1 ? "new" : "known"),
  },
};

function number(said: (value: number) => string): Words {
  return { said, short: String };
}

function share(said: (value: string) => string): Words {
  return { said: (value) => said(percent(value)), short: percent };
}

/** `1 connection every 60 s ± 0.4 s, regularity 0.99`. */
function regularity(start: string, name: string, unit: (value: number) => string): Words {
  const short = (value: number) => String(Number(value.toFixed(2)));
  const about = (of: (feature: string) => number) => `${unit(of(name))} ± ${unit(of(`${name}_deviation`))}`;
  return {
    said: (value, of) =>
      value === 0 ? `too few connections to be regular` : `${start} ${about(of)}, regularity ${short(value)}`,
    short,
  };
}
