import { base64, bytesOf } from "../../common/base64";
import type { ClockState } from "./clock";
import type { WindowEvent } from "./event";
import type { TrafficWindowOptions } from "./options";
import type { RecentMap } from "./recent-map";
import type { RecentConnection } from "./time-window";
import { Track } from "./track";

/** What windows remember of the connections before, as JSON: a later run goes on from it as if it had seen them. */
export interface WindowsState {
  /** Those of the windows that remember it. */
  readonly windows: Required<TrafficWindowOptions>;
  /** Undefined before the first connection. */
  readonly clock?: ClockState;
  /** How many destination hosts were numbered. */
  readonly numbered: number;
  /** Two generations of destination hosts, those met last at the end. */
  readonly hosts: readonly (readonly TrackState<string>[])[];
  /** The same of services. */
  readonly services: readonly (readonly TrackState<number>[])[];
  /** Connections of the last two seconds, the oldest first; hosts and services as their numbers. */
  readonly recent: readonly (readonly [time: number, host: number, service: number, error: number])[];
}

/** A host or a service: its key and number, and in base64 its last connections, the oldest first (see `Ring`). */
export type TrackState<Key> = readonly [key: Key, id: number, last: string];

/** Bytes of last connections that a state keeps of hosts, and of services: those that were met longer ago start empty. */
const mostBytes = 2 ** 22;

export function trackStates<Key>(tracks: RecentMap<Key, Track>): TrackState<Key>[][] {
  let left = mostBytes;
  const stateOf = ([key, { id, last }]: readonly [Key, Track]): TrackState<Key> => {
    const words = last.inOrder;
    left -= words.byteLength;
    return [key, id, left >= 0 ? base64(words) : ""];
  };
  const newestFirst = [...tracks.generations].reverse();
  return newestFirst.map((generation) => [...generation].reverse().map(stateOf).reverse()).reverse();
}

/** @param capacity connections of a track at most: older ones are left out */
export function tracksOf<Key>(
  states: WindowsState["hosts" | "services"],
  capacity: number,
): (readonly [Key, Track])[][] {
  return (states as readonly (readonly TrackState<Key>[])[]).map((generation) =>
    generation.map(([key, id, last]) => {
      const track = new Track(id, capacity);
      track.last.inOrder = new Uint32Array(bytesOf(last)).slice(-2 * capacity);
      return [key, track];
    }),
  );
}

export function recentStates(connections: readonly RecentConnection[]): WindowsState["recent"] {
  return connections.map(({ time, host, service, error }) => [time, host.id, service.id, error]);
}

/** Connections as columns. */
export interface EventsState {
  /** Destination hosts, each once. */
  readonly hosts: readonly string[];
  /** Of each connection the time, as numbers of 64 bits in base64. */
  readonly times: string;
  /** Of each connection its host as a position, its service, and source port × 4 + kind of error; of 32 bits, in base64. */
  readonly words: string;
}

export function eventsState(events: readonly WindowEvent[]): EventsState {
  const places = new Map<string, number>();
  const place = (host: string) => places.get(host) ?? places.set(host, places.size).size - 1;
  const words = events.flatMap(({ host, service, sourcePort, error }) => [
    place(host),
    service,
    sourcePort * 4 + error,
  ]);
  const times = Float64Array.from(events, ({ time }) => time);
  return { hosts: [...places.keys()], times: base64(times), words: base64(Uint32Array.from(words)) };
}

export function eventsOf({ hosts, times, words }: EventsState): WindowEvent[] {
  const numbers = new Uint32Array(bytesOf(words));
  return Array.from(new Float64Array(bytesOf(times)), (time, i): WindowEvent => {
    const [host, service, code] = numbers.subarray(3 * i, 3 * i + 3);
    return { time, host: hosts[host], service, sourcePort: code >>> 2, error: code & 3 };
  });
}
