import { exp2 } from "../../common/exact-math";

/** What an incident looks like: see {@link kindsOf}. */
export const incidentKinds = [
  "upload",
  "port scan",
  "sweep",
  "flood",
  "brute force",
  "beacon",
  "dns tunnel",
  "new service",
  "other",
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/** Alerts that belong together, as JSON. */
export interface Incident {
  /** Its id, which its alerts carry as `traffic_anomaly.incident`. */
  readonly incident: string;
  /** `open` while more alerts may join it. */
  readonly status: "open" | "closed";
  /** All that it looks like, in the order of the rules. */
  readonly kinds: readonly IncidentKind[];
  /** In [0, 100]: see {@link incidentRisk}. */
  readonly risk: number;
  /** The host whose connections these are, or the one that many sources connected to. */
  readonly host: string;
  readonly role: "source" | "victim";
  /** When its first connection started and the last one ended, in UTC. */
  readonly first: string;
  readonly last: string;
  /**
   * Connections that raised an alert; and where an hour of the host did, or a day of a pair of it, at least as many as this has.
   * So are the other numbers.
   */
  readonly connections: number;
  /** Alerts on hours of the host and days of its pairs. */
  readonly viewAlerts: number;
  /** Connections that were refused, or on which nothing came back. */
  readonly failed: number;
  /** Different sources, destinations, and destination ports; each counted up to 1,000. */
  readonly sources: number;
  readonly hosts: number;
  readonly ports: number;
  /** Connections from hosts of ours to others outside. */
  readonly outbound: number;
  /** Bytes of payload from the sources and to them. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** At most three, the strongest first. */
  readonly reasons: readonly IncidentReason[];
  /** Of its first connections, at most five. */
  readonly uids: readonly string[];
  /** Ids of incidents of single sources that became part of this one: some alerts carry these. */
  readonly merged?: readonly string[];
}

export interface IncidentReason {
  readonly feature: string;
  /** Its mean share of what raised the scores of the incident's connections, in (0, 1]. */
  readonly share: number;
  /** In the words of the connection with the highest risk. */
  readonly text: string;
}

/** What the rules look at. */
export interface IncidentCounts extends Pick<Incident, "role" | "connections" | "hosts" | "ports"> {
  /** From the start of the first connection to the end of the last. */
  readonly seconds: number;
  /** Connections that failed, or are icmp, which never are opened. */
  readonly probes: number;
  /** Bytes of the connection that sent most to a host outside, among those that sent three times what they received. */
  readonly mostSent: number;
  /** Connections to a port where one logs in, that were answered and sent no more than 100 kB. */
  readonly logins: number;
  /** Connections whose service training never saw, or their source before that day. */
  readonly newServices: number;
}

/** ftp, ssh, telnet, pop3, imap, SMB, imaps, pop3s, SQL Server, Oracle, MySQL, RDP, PostgreSQL, VNC, WinRM. */
export const loginPorts: ReadonlySet<number> = new Set([
  21, 22, 23, 110, 143, 445, 993, 995, 1433, 1521, 3306, 3389, 5432, 5900, 5985, 5986,
]);

/** Bytes at most to send a password. */
export const mostGuessed = 100_000;

/** Bytes that are an upload. */
const uploaded = 10_000_000;
/** Different ports or hosts that are a scan, and logins to fewer hosts that are guesses. */
const many = 10;
/** Connections to one host that are a flood. */
const flooding = 50;

/**
 * What an incident looks like, by every rule that holds:
 *
 * - `upload`: a connection sent at least 10 MB, three times what came back, to a host that is not ours;
 * - `port scan`, `sweep`: at least half of the connections failed (icmp counts as if), and they tried at least ten ports or
 *   ten hosts: a sweep if these are five times as many hosts as ports. What many sources do is a flood rather, if it is one;
 * - `flood`: otherwise, at least 50 connections for each host reached and one a second, at least half of them failed;
 * - `brute force`: at least ten connections, and half of all, answered at ports where one logs in, on fewer than ten hosts, and
 *   of no more than 100 kB sent;
 * - `new service`: at least half of the connections are to a service that training never saw, or the source before that day;
 * - `other`, where none of these holds.
 *
 * The rows of views have a rule of their own, see `rowKinds`: `beacon`, `dns tunnel`; an `upload` there is all that a pair sent.
 */
export function kindsOf(counts: IncidentCounts): IncidentKind[] {
  const { role, connections, seconds, hosts, ports, probes, mostSent, logins, newServices } = counts;
  const isHalf = (part: number) => 2 * part >= connections;
  const isFlood = isHalf(probes) && connections >= Math.max(flooding * hosts, seconds);
  const hasTriedMany = isHalf(probes) && Math.max(ports, hosts) >= many;
  const isScan = hasTriedMany && (role === "source" || !isFlood);
  const kinds: IncidentKind[] = [];
  if (mostSent >= uploaded) kinds.push("upload");
  if (isScan) kinds.push(hosts >= 5 * ports ? "sweep" : "port scan");
  else if (isFlood) kinds.push("flood");
  if (logins >= many && isHalf(logins) && hosts < many) kinds.push("brute force");
  if (isHalf(newServices)) kinds.push("new service");
  return kinds.length > 0 ? kinds : ["other"];
}

/**
 * An incident's risk in [0, 100], to two decimals: the greatest of its alerts', from which half of what is missing to 100
 * is added for each six doublings of the number of connections that count, and once more if it looks like something by the
 * rules; and again if that is what somebody does who is in: an upload, a beacon, a tunnel or a new service that leads from a
 * host of ours to one outside.
 *
 * @param connections that raised alerts themselves, or that make a row of a view look like something: a usual number of usual
 *   connections in an hour with one unusual sum is no risk
 * @example
 * incidentRisk(50, 64, ["other"], false); // 75
 */
export function incidentRisk(
  greatest: number,
  connections: number,
  kinds: readonly IncidentKind[],
  leadsOutside: boolean,
): number {
  const doublings = 31 - Math.clz32(connections);
  const isNamed = kinds[0] !== "other";
  const isByInsider = leadsOutside && kinds.some((kind) => kindsOfInsiders.has(kind));
  const halvings = doublings / 6 + Number(isNamed) + Number(isByInsider);
  return Math.floor(100 * (100 - (100 - greatest) * exp2(-halvings))) / 100;
}

/** What who is in does towards the outside. */
const kindsOfInsiders: ReadonlySet<IncidentKind> = new Set(["upload", "beacon", "dns tunnel", "new service"]);

/** The order in which incidents are looked at: most risky first, of equals the larger one, then the earlier one. */
export function byRisk(a: Incident, b: Incident): number {
  if (a.risk !== b.risk) return b.risk - a.risk;
  if (a.connections !== b.connections) return b.connections - a.connections;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.incident < b.incident ? -1 : 1;
}
