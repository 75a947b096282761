import { textHash } from "../../common/text-hash";
import type { Connection } from "../../traffic/connection";
import { isFailed } from "../../traffic/failed";
import { ownText } from "../../traffic/logs/values";
import { day } from "../../traffic/views/view";
import type { ViewRow } from "../../traffic/views/view-row";
import { Clock, type ClockState } from "../../traffic/windows/clock";
import { byRisk, type Incident } from "./incident";
import { type Noticed, type NoticedRow, OpenIncident, type OpenIncidentState } from "./open-incident";

/** Seconds without an alert, by the log's time, after which no more connections join an incident. */
const silence = 3_600;
/** So many sources with alerts on one destination within this many seconds make it a victim; while all fail, within an hour. */
const floodSources = 10;
const floodSeconds = 60;
/** Incidents that go on at most, as many that wait, and destinations whose sources are remembered; the one silent for longest goes first. */
export const mostOpen = 1_000;
/** Incidents of which a summary can tell. */
const mostKept = 100;

/** Sources of alerts on a destination, each with the time until which it counts. */
type Visitors = Map<string, number>;

/** What a tracker knows of incidents that may go on, as JSON. */
export interface IncidentsState {
  /** Undefined before the first connection. */
  readonly clock?: ClockState;
  readonly open: readonly OpenIncidentState[];
  /** Those that only rows of views may join. */
  readonly waiting?: readonly OpenIncidentState[];
  readonly visitors: readonly (readonly [
    destination: string,
    sources: readonly (readonly [source: string, until: number])[],
  ])[];
}

/**
 * Groups alerts that belong together into incidents, one alert after the other, in bounded memory:
 *
 * - An alert joins the open incident of its source, or starts one. After an hour of the log's time without an alert the next
 *   connection starts another.
 * - An incident is closed when its day is over, in UTC, whose rows of views are judged by then: what such a row sums up of
 *   the same source belongs to it, but for an hour's silence between them, and so do all days of a beacon.
 * - Where ten sources raise alerts on one destination within a minute, or within an hour by connections that fail, as
 *   strangers do who look for open ports, this is a victim, and has an incident of its own: the alerts on it join this
 *   one, and what these sources did to nobody else becomes a part of it. So does an alert on
 *   an hour or a day in which a source reached nobody else.
 * - No more than 1,000 incidents are open; for another the one that is silent for longest is closed.
 * - A connection that comes too late counts as if it happened now, and splits no incident. When the clock goes back for good,
 *   see {@link Clock}, the next alert starts another.
 *
 * Which incident an alert belongs to depends on the alerts before it and their times only, so that it can be said at once.
 */
export class IncidentTracker {
  /** By role and host; the one silent for longest first. */
  readonly #open = new Map<string, OpenIncident>();
  /** Those that only rows of views may join, in the same order. */
  #waiting: OpenIncident[] = [];
  readonly #clock = new Clock();
  readonly #visitors = new Map<string, Visitors>();
  #kept: Incident[] = [];
  #closed = 0;

  /** @param onChange is told of an incident when it starts, each time it has grown tenfold, and when it is closed */
  constructor(
    state: IncidentsState = { open: [], visitors: [] },
    private readonly onChange: (incident: Incident) => void = () => {},
  ) {
    if (state.clock) this.#clock.resume(state.clock);
    for (const saved of state.open) this.#open.set(keyOf(saved.role, saved.host), OpenIncident.resume(saved));
    this.#waiting = (state.waiting ?? []).map((saved) => OpenIncident.resume(saved));
    for (const [destination, sources] of state.visitors) this.#visitors.set(destination, new Map(sources));
  }

  get state(): IncidentsState {
    return {
      clock: this.#clock.state,
      open: Array.from(this.#open.values(), ({ state }) => state),
      waiting: this.#waiting.map(({ state }) => state),
      visitors: Array.from(this.#visitors, ([destination, sources]) => [destination, [...sources]]),
    };
  }

  /** Incidents so far: those closed, and those open. */
  get count(): number {
    return this.#closed + this.#waiting.length + this.#open.size;
  }

  /** The most risky incidents, at most 100: see {@link byRisk}. */
  get top(): Incident[] {
    return [...this.#kept, ...this.open].sort(byRisk).slice(0, mostKept);
  }

  get open(): Incident[] {
    return [...this.#waiting, ...this.#open.values()].map((incident) => incident.toIncident("open"));
  }

  /**
   * A connection of this time comes. Incidents that are silent for long by then wait for the rows of their day, which are over
   * at the first connection of the next one, and are closed at the second.
   */
  passTime(time: number): void {
    const today = Math.floor(this.#clock.now / day);
    while (this.#waiting.length > 0) {
      const isOver = Math.floor(this.#waiting[0].seen / day) !== today;
      if (!isOver && this.#waiting.length <= mostOpen) break;
      this.#close(this.#waiting.shift()!);
    }
    const isAnother = this.#clock.advance(time);
    if (isAnother) this.#visitors.clear();
    for (const [key, incident] of this.#open) {
      if (!isAnother && this.#clock.now - incident.seen <= silence) break;
      this.#open.delete(key);
      this.#waiting.push(incident);
    }
  }

  /** Takes an alert on this connection in. @returns the id of its incident */
  add(noticed: Noticed): string {
    const { now } = this.#clock;
    const { sourceHost, destinationHost } = noticed.connection;
    const victim = keyOf("victim", destinationHost);
    const visitors = this.#open.has(victim) ? undefined : this.#visit(noticed.connection);
    const isFlooded = visitors === undefined || visitors.size >= floodSources;
    const key = isFlooded ? victim : keyOf("source", sourceHost);
    const [role, host] = isFlooded
      ? (["victim", destinationHost] as const)
      : (["source", sourceHost] as const);
    const isNew = !this.#open.has(key);
    const incident = this.#take(role, host, noticed.connection.uid);
    if (isNew && visitors && isFlooded) this.#mergeSources(incident, visitors.keys());
    const { connections: before } = incident;
    incident.add(noticed, now);
    this.#moveLast(incident);
    if (before === 0 || hasGrownTenfold(before, incident.connections))
      this.onChange(incident.toIncident("open"));
    return incident.id;
  }

  /**
   * Takes an alert on a row of a view in that was over before this connection, which belongs to the row's source, or to the victim if the row tells of nothing
   * else. @returns the id of its incident
   */
  addRow(noticed: NoticedRow): string {
    const { row } = noticed;
    const incident =
      this.#victimOf(row) ?? this.#waitingOf(row) ?? this.#take("source", row.source, noticed.id);
    const { connections: before, kinds } = incident;
    const now = this.#clock.state?.now ?? row.last;
    const open = this.#open.get(keyOf(incident.role, incident.host));
    const goesOn = open === incident || (open === undefined && now - row.last <= silence);
    incident.addRow(noticed, goesOn ? now : incident.seen);
    if (goesOn) {
      this.#waiting = this.#waiting.filter((other) => other !== incident);
      this.#moveLast(incident);
    }
    const isOfNewKind = incident.kinds.some((kind) => !kinds.includes(kind));
    if (before === 0 || isOfNewKind || hasGrownTenfold(before, incident.connections))
      this.onChange(incident.toIncident("open"));
    return incident.id;
  }

  /** The incident of the victim that is all that a row's connections reached. */
  #victimOf(row: ViewRow): OpenIncident | undefined {
    const isOf = ({ role, host }: OpenIncident) => role === "victim" && textHash(host) === row.onlyPeer;
    return [...this.#open.values()].find(isOf) ?? this.#waitingWhile(row, isOf);
  }

  /** The incident of a row's source that no more connections join, if it was at the row's time and none that is open was. */
  #waitingOf(row: ViewRow): OpenIncident | undefined {
    if (this.#open.get(keyOf("source", row.source))?.isWhile(row, silence)) return undefined;
    return this.#waitingWhile(row, ({ role, host }) => role === "source" && host === row.source);
  }

  /** The latest of those that were at the time of a row. */
  #waitingWhile(row: ViewRow, isOf: (incident: OpenIncident) => boolean): OpenIncident | undefined {
    const found = this.#waiting.filter((incident) => isOf(incident) && incident.isWhile(row, silence));
    return found[found.length - 1];
  }

  /** The open incident of a host, or one that starts. @param id of its first alert */
  #take(role: Incident["role"], host: string, id: string): OpenIncident {
    const key = keyOf(role, host);
    const found = this.#open.get(key);
    if (found) return found;
    if (this.#open.size >= mostOpen) {
      const [longest, silent] = this.#open.entries().next().value!;
      this.#open.delete(longest);
      this.#close(silent);
    }
    const incident = OpenIncident.startedBy(role, host, id);
    this.#open.set(key, incident);
    return incident;
  }

  /** It is silent for the shortest time. */
  #moveLast(incident: OpenIncident): void {
    const key = keyOf(incident.role, incident.host);
    this.#open.delete(key);
    this.#open.set(key, incident);
  }

  /** Closes all that are open: no more alerts will come. */
  closeAll(): void {
    for (const incident of [...this.#waiting, ...this.#open.values()]) this.#close(incident);
    this.#waiting = [];
    this.#open.clear();
  }

  /** The sources of alerts on the connection's destination that count now, its own among them. */
  #visit(connection: Connection): Visitors {
    const { now } = this.#clock;
    const { sourceHost, destinationHost } = connection;
    let visitors = this.#visitors.get(destinationHost);
    if (visitors) this.#visitors.delete(destinationHost);
    else {
      if (this.#visitors.size >= mostOpen) this.#visitors.delete(this.#visitors.keys().next().value!);
      visitors = new Map();
    }
    for (const [visitor, until] of visitors) if (now > until) visitors.delete(visitor);
    visitors.set(ownText(sourceHost), now + (isFailed(connection) ? silence : floodSeconds));
    if (visitors.size < floodSources) this.#visitors.set(ownText(destinationHost), visitors);
    return visitors;
  }

  #mergeSources(into: OpenIncident, sources: Iterable<string>): void {
    for (const source of sources) {
      const key = keyOf("source", source);
      const incident = this.#open.get(key);
      if (!incident?.isOnlyTo(into.host)) continue;
      into.merge(incident);
      this.#open.delete(key);
    }
  }

  #close(incident: OpenIncident): void {
    const closed = incident.toIncident("closed");
    this.#closed++;
    this.#kept.push(closed);
    if (this.#kept.length >= 2 * mostKept) this.#kept = this.#kept.sort(byRisk).slice(0, mostKept);
    this.onChange(closed);
  }
}

function keyOf(role: Incident["role"], host: string): string {
  return `${role} ${host}`;
}

function hasGrownTenfold(before: number, after: number): boolean {
  return String(after).length > String(before).length;
}
