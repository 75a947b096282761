// What windows remember, in a file that may come from anybody.
import * as v from "valibot";
import { finite, integerIn, list, object, type Schema, text, word } from "../../common/json-schema";
import { longestHostWindow } from "./host-window";
import { mostTimeWindow, rememberedHosts, rememberedServices } from "./options";
import { mostLatest, type WarmState } from "./warm-windows";
import { type EventsState, eventsOf, type TrackState, type WindowsState } from "./windows-state";

const count = integerIn(0);
const number = integerIn(0, 2 ** 30 - 1);

/** Options of windows, all of them. */
export const windowOptionsSchema = object({
  timeWindow: integerIn(1, mostTimeWindow),
  hostWindow: integerIn(1, longestHostWindow),
  timeBase: word("start", "end"),
});

/** At most so many bytes, and a multiple of so many. */
export const inBase64 = (
  bytes: number,
  each: number,
  message = `${each} bytes of each connection, in base64`,
) =>
  v.pipe(
    text(Math.ceil(bytes / 3) * 4),
    v.regex(/^[A-Za-z0-9+/]*={0,2}$/, message),
    v.check((found) => Buffer.byteLength(found, "base64") % each === 0, message),
  );

/** As `ClockState` says. */
export const clockSchema = object({ now: finite, behind: count });

const last = inBase64(8 * longestHostWindow, 8);

const twoGenerations = <Key extends string | number>(key: Schema<Key>, most: number) => {
  const track = v.tuple([key, number, last], "a key, a number and its last connections");
  return list(list(track as Schema<TrackState<Key>>, most), 2, 2);
};

/** As {@link WindowsState} says. */
const windowsStateSchema: Schema<WindowsState> = v.pipe(
  object({
    windows: windowOptionsSchema,
    clock: v.optional(clockSchema),
    numbered: count,
    hosts: twoGenerations(text(1_024), rememberedHosts),
    services: twoGenerations(count, rememberedServices),
    recent: list(
      v.tuple([finite, number, number, integerIn(0, 2)], "a time, a host, a service and an error"),
      mostTimeWindow,
    ),
  }),
  v.check(
    (found) => isConsistent(found),
    "connections in order of time, to hosts and of services that it remembers",
  ),
);

const latestSchema: Schema<EventsState> = v.pipe(
  object({
    hosts: list(text(1_024), mostLatest),
    times: inBase64(8 * mostLatest, 8),
    words: inBase64(12 * mostLatest, 12),
  }),
  v.check((found) => isWhole(found), "connections with finite times to hosts that it names"),
);

/** As {@link WarmState} says. */
export const warmStateSchema: Schema<WarmState> = object({
  windows: windowsStateSchema,
  latest: latestSchema,
});

function isConsistent({ windows, clock, hosts, services, recent }: WindowsState): boolean {
  const [hostIds, serviceIds] = [hosts, services].map((all) => new Set(all.flat().map(([, id]) => id)));
  return (
    recent.length <= windows.timeWindow &&
    recent.every(
      ([time, host, service], i) =>
        time <= (recent[i + 1]?.[0] ?? clock?.now ?? Infinity) &&
        hostIds.has(host) &&
        serviceIds.has(service),
    )
  );
}

function isWhole(latest: EventsState): boolean {
  const counts = [latest.times, latest.words].map((column) => Buffer.byteLength(column, "base64"));
  if (counts[0] / 8 !== counts[1] / 12) return false;
  return eventsOf(latest).every(
    ({ time, host, service }) => Number.isFinite(time) && host !== undefined && service < 2 ** 30,
  );
}
