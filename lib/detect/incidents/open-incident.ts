import { createHash } from "node:crypto";
import { textHash } from "../../common/text-hash";
import type { Connection } from "../../traffic/connection";
import { isFailed } from "../../traffic/failed";
import type { Direction } from "../../traffic/local-networks";
import { ownText } from "../../traffic/logs/values";
import { HostRow } from "../../traffic/views/host-row";
import { PairRow } from "../../traffic/views/pair-row";
import type { ViewRow } from "../../traffic/views/view-row";
import { type AlertReason, timestamp } from "../alerts/alert";
import {
  type Incident,
  type IncidentKind,
  incidentKinds,
  incidentRisk,
  kindsOf,
  loginPorts,
  mostGuessed,
} from "./incident";

/** What is known of a connection that raised an alert. */
export interface Noticed {
  readonly connection: Connection;
  readonly riskScore: number;
  readonly reasons: readonly AlertReason[];
  /** Training never saw its service. */
  readonly isNewService: boolean;
  readonly direction: Direction;
}

/** What is known of a row of a view that raised an alert: an hour of a host, or a day of a pair. */
export interface NoticedRow {
  /** That of its alert. */
  readonly id: string;
  readonly row: ViewRow;
  readonly kinds: readonly IncidentKind[];
  readonly riskScore: number;
  readonly reasons: readonly AlertReason[];
}

/** Different things that are told apart: more are not counted. */
export const mostDistinct = 1_000;
const mostReasons = 3;
const mostUids = 5;
/** Ids of merged incidents that are named. */
export const mostMerged = 100;

/** Sums of an incident, which add up when two become one. */
const sums = [
  "connections",
  "failed",
  "probes",
  "logins",
  "newServices",
  "outbound",
  "bytesOut",
  "bytesIn",
  "viewAlerts",
] as const;
type Sums = Record<(typeof sums)[number], number>;

/** What is greatest or least of all that an incident is made of. */
const extremes = { first: Infinity, last: -Infinity, mostSent: 0, risk: 0 };

/** What the largest row of a view has: no less is told of its incident. `named`: connections, if it looks like something. */
const leasts = [
  "connections",
  "named",
  "failed",
  "hosts",
  "ports",
  "outbound",
  "bytesOut",
  "bytesIn",
] as const;
type Leasts = Record<(typeof leasts)[number], number>;

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/** An open incident as JSON. */
export interface OpenIncidentState extends Sums, Readonly<typeof extremes> {
  readonly id: string;
  readonly role: Incident["role"];
  readonly host: string;
  readonly seen: number;
  /** Hashes, and numbers of ports. */
  readonly sources: readonly number[];
  readonly hosts: readonly number[];
  readonly ports: readonly number[];
  readonly reasons: readonly (readonly [feature: string, weight: number, risk: number, text: string])[];
  readonly uids: readonly string[];
  readonly merged: readonly string[];
  readonly leasts: Leasts;
  /** What rows of views look like. */
  readonly rowKinds: readonly IncidentKind[];
}

/** An incident that more alerts may join. Its memory is bounded. */
export class OpenIncident {
  /** When it last got an alert, by the tracker's clock. */
  seen = -Infinity;
  #sums = zeros(sums);
  #leasts = zeros(leasts);
  #extremes = { ...extremes };
  #rowKinds = new Set<IncidentKind>();
  #sources = new Set<number>();
  #hosts = new Set<number>();
  #ports = new Set<number>();
  #reasons = new Map<string, { weight: number; risk: number; text: string }>();
  #uids: string[] = [];
  #merged: string[] = [];

  private constructor(
    readonly id: string,
    readonly role: Incident["role"],
    readonly host: string,
  ) {}

  static startedBy(role: Incident["role"], host: string, alert: string): OpenIncident {
    const id = createHash("sha256")
      .update(JSON.stringify([role, host, alert]))
      .digest("hex")
      .slice(0, 16);
    return new OpenIncident(id, role, ownText(host));
  }

  static resume(state: OpenIncidentState): OpenIncident {
    const { first, last, mostSent, risk } = state;
    const incident = new OpenIncident(state.id, state.role, state.host);
    incident.seen = state.seen;
    for (const name of sums) incident.#sums[name] = state[name];
    incident.#extremes = { first, last, mostSent, risk };
    incident.#sources = new Set(state.sources);
    incident.#hosts = new Set(state.hosts);
    incident.#ports = new Set(state.ports);
    incident.#reasons = new Map(
      state.reasons.map(([feature, weight, risk, text]) => [feature, { weight, risk, text }]),
    );
    incident.#uids = [...state.uids];
    incident.#merged = [...state.merged];
    incident.#leasts = { ...state.leasts };
    incident.#rowKinds = new Set(state.rowKinds);
    return incident;
  }

  get state(): OpenIncidentState {
    return {
      id: this.id,
      role: this.role,
      host: this.host,
      ...this.#sums,
      ...this.#extremes,
      seen: this.seen,
      sources: [...this.#sources],
      hosts: [...this.#hosts],
      ports: [...this.#ports],
      reasons: Array.from(this.#reasons, ([feature, { weight, risk, text }]) => [
        feature,
        weight,
        risk,
        text,
      ]),
      uids: this.#uids,
      merged: this.#merged,
      leasts: { ...this.#leasts },
      rowKinds: [...this.#rowKinds],
    };
  }

  get connections(): number {
    return Math.max(this.#sums.connections, this.#leasts.connections);
  }

  add({ connection, riskScore, reasons, isNewService, direction }: Noticed, now: number): void {
    const { protocol, sourceHost, destinationHost, destinationPort, uid } = connection;
    const { start, duration, sourceBytes, destinationBytes } = connection;
    const hasFailed = isFailed(connection);
    this.seen = now;
    this.#sums.connections++;
    this.#sums.bytesOut += sourceBytes;
    this.#sums.bytesIn += destinationBytes;
    if (hasFailed) this.#sums.failed++;
    if (hasFailed || protocol === "icmp") this.#sums.probes++;
    const isLogin = protocol === "tcp" && loginPorts.has(destinationPort) && sourceBytes <= mostGuessed;
    if (!hasFailed && isLogin) this.#sums.logins++;
    if (isNewService) this.#sums.newServices++;
    if (direction === "outbound") this.#sums.outbound++;
    const leadsOutside = direction === "outbound" || direction === "external";
    const mostSent = leadsOutside && sourceBytes >= 3 * destinationBytes ? sourceBytes : 0;
    this.#widen({ first: start, last: start + duration, mostSent, risk: riskScore });
    count(this.#sources, textHash(sourceHost));
    count(this.#hosts, textHash(destinationHost));
    if (protocol !== "icmp") count(this.#ports, destinationPort);
    for (const { feature, share, text } of reasons) this.#addReason(feature, share, riskScore, text);
    if (this.#uids.length < mostUids) this.#uids.push(ownText(uid));
  }

  /** Takes a row of a view in, some of whose connections may have raised alerts themselves. */
  addRow({ row, kinds, riskScore, reasons }: NoticedRow, now: number): void {
    const { connections, failed, bytesOut, bytesIn } = row;
    const outbound = row.isFromUs ? row.outside : 0;
    const named = kinds.length > 0 ? connections : 0;
    this.seen = now;
    this.#sums.viewAlerts++;
    count(this.#sources, textHash(row.source));
    if (row.onlyPeer !== undefined) count(this.#hosts, row.onlyPeer);
    const port =
      row instanceof PairRow && row.destination.protocol !== "icmp"
        ? row.destination.destinationPort
        : undefined;
    if (port !== undefined) count(this.#ports, port);
    const [hosts, ports] = row instanceof HostRow ? [row.peers, row.ports] : [1, port === undefined ? 0 : 1];
    this.#raise({ connections, named, failed, hosts, ports, outbound, bytesOut, bytesIn });
    for (const kind of kinds) this.#rowKinds.add(kind);
    this.#widen({ first: row.first, last: row.last, mostSent: 0, risk: riskScore });
    for (const { feature, share, text } of reasons) this.#addReason(feature, share, riskScore, text);
    if (this.#uids.length < mostUids && !this.#uids.includes(row.uid)) this.#uids.push(row.uid);
  }

  #raise(row: Leasts): void {
    for (const name of leasts) this.#leasts[name] = Math.max(this.#leasts[name], row[name]);
  }

  #widen({ first, last, mostSent, risk }: typeof extremes): void {
    const own = this.#extremes;
    own.first = Math.min(own.first, first);
    own.last = Math.max(own.last, last);
    own.mostSent = Math.max(own.mostSent, mostSent);
    own.risk = Math.max(own.risk, risk);
  }

  /** Whether a row of a view is of its time, but for some seconds of silence. */
  isWhile({ first, last }: Pick<ViewRow, "first" | "last">, silence: number): boolean {
    return first <= this.#extremes.last + silence && this.#extremes.first - silence <= last;
  }

  /** Whether all its connections are to this host. */
  isOnlyTo(host: string): boolean {
    return this.#hosts.size === 1 && this.#leasts.hosts <= 1 && this.#hosts.has(textHash(host));
  }

  /** Makes another incident a part of this one. */
  merge(other: OpenIncident): void {
    for (const name of sums) this.#sums[name] += other.#sums[name];
    this.#widen(other.#extremes);
    for (const source of other.#sources) count(this.#sources, source);
    for (const host of other.#hosts) count(this.#hosts, host);
    for (const port of other.#ports) count(this.#ports, port);
    for (const [feature, { weight, risk, text }] of other.#reasons)
      this.#addReason(feature, weight, risk, text);
    this.#uids = [...this.#uids, ...other.#uids].slice(0, mostUids);
    this.#merged = [...this.#merged, other.id].slice(0, mostMerged);
    this.#raise(other.#leasts);
    for (const kind of other.#rowKinds) this.#rowKinds.add(kind);
  }

  /** What its connections look like, and its rows of views. */
  get kinds(): IncidentKind[] {
    const counts = {
      role: this.role,
      hosts: this.#hosts.size,
      ports: this.#ports.size,
      mostSent: this.#extremes.mostSent,
      seconds: this.#extremes.last - this.#extremes.first,
    };
    const found = new Set(this.#rowKinds);
    if (this.#sums.connections > 0) for (const kind of kindsOf({ ...counts, ...this.#sums })) found.add(kind);
    const kinds = incidentKinds.filter((kind) => kind !== "other" && found.has(kind));
    return kinds.length > 0 ? kinds : ["other"];
  }

  toIncident(status: Incident["status"]): Incident {
    const { kinds, connections } = this;
    const { viewAlerts } = this.#sums;
    const { first, last, risk } = this.#extremes;
    const { size: sources } = this.#sources;
    const most = (name: keyof Leasts & keyof Sums) => Math.max(this.#sums[name], this.#leasts[name]);
    const counting = Math.max(this.#sums.connections, this.#leasts.named, 1);
    const outbound = most("outbound");
    const hosts = Math.max(this.#hosts.size, this.#leasts.hosts);
    const ports = Math.max(this.#ports.size, this.#leasts.ports);
    const alerts = this.#sums.connections + viewAlerts;
    const reasons = Array.from(this.#reasons, ([feature, { weight, text }]) => ({
      feature,
      share: Number((weight / alerts).toFixed(4)),
      text,
    }));
    return {
      incident: this.id,
      status,
      kinds,
      risk: incidentRisk(risk, counting, kinds, outbound > 0),
      host: this.host,
      role: this.role,
      first: timestamp(first),
      last: timestamp(last),
      ...{ connections, viewAlerts, failed: most("failed"), sources, hosts, ports, outbound },
      ...{ bytesOut: most("bytesOut"), bytesIn: most("bytesIn") },
      reasons: reasons.sort((a, b) => b.share - a.share).slice(0, mostReasons),
      uids: [...this.#uids],
      ...(this.#merged.length > 0 && { merged: [...this.#merged] }),
    };
  }

  #addReason(feature: string, weight: number, risk: number, text: string): void {
    const found = this.#reasons.get(feature);
    if (!found) {
      this.#reasons.set(feature, { weight, risk, text });
      return;
    }
    found.weight += weight;
    if (risk <= found.risk) return;
    found.risk = risk;
    found.text = text;
  }
}

function count(set: Set<number>, item: number): void {
  if (set.size < mostDistinct) set.add(item);
}
