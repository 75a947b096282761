// Open incidents in a state file, which may come from anybody.
import * as v from "valibot";
import { finite, integerIn, list, numberIn, object, type Schema, text, word } from "../../common/json-schema";
import { clockSchema } from "../../traffic/windows/windows-schema";
import { incidentKinds } from "./incident";
import { type IncidentsState, mostOpen } from "./incident-tracker";
import { mostDistinct, mostMerged } from "./open-incident";

const count = integerIn(0);
const bytes = numberIn(0, Number.MAX_VALUE);
const hash = integerIn(-(2 ** 31), 2 ** 31 - 1);
const id = text(16);

const incident = object({
  id,
  role: word("source", "victim"),
  host: text(),
  ...{
    connections: count,
    failed: count,
    probes: count,
    logins: count,
    newServices: count,
    outbound: count,
    viewAlerts: count,
  },
  ...{ bytesOut: bytes, bytesIn: bytes, mostSent: bytes },
  ...{ first: finite, last: finite, seen: finite, risk: numberIn(0, 100) },
  ...{
    sources: list(hash, mostDistinct),
    hosts: list(hash, mostDistinct),
    ports: list(count, mostDistinct),
  },
  reasons: list(v.tuple([text(), finite, finite, text()], "a feature, its weight, a risk and a text"), 1_000),
  uids: list(text(), 5),
  merged: list(id, mostMerged),
  leasts: object({
    ...{ connections: count, named: count, failed: count, hosts: count, ports: count, outbound: count },
    ...{ bytesOut: bytes, bytesIn: bytes },
  }),
  rowKinds: list(word(...incidentKinds), incidentKinds.length),
});

/** As {@link IncidentsState} says. */
export const incidentsStateSchema: Schema<IncidentsState> = object({
  clock: v.optional(clockSchema),
  open: list(incident, mostOpen),
  waiting: v.optional(list(incident, mostOpen)),
  visitors: list(
    v.tuple(
      [text(), list(v.tuple([text(), finite], "a source and a time"), 9)],
      "a destination and its sources",
    ),
    mostOpen,
  ),
});
