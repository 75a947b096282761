// What following remembers, in a file that may come from anybody.
import * as v from "valibot";
import { finite, integerIn, list, object, text, truth } from "../../common/json-schema";
import { viewsStateSchema } from "../../traffic/views/views-schema";
import { clockSchema, warmStateSchema } from "../../traffic/windows/windows-schema";
import { incidentsStateSchema } from "../incidents/incidents-schema";
import { longestLine } from "./line-splitter";

const count = integerIn(0);
const most = 10_000_000;

const fingerprint = { length: count, hash: text(64) };

const file = object({
  ...{ path: text(), place: v.optional(text()), modified: finite },
  ...{ isRead: v.optional(truth), isMissing: v.optional(truth) },
  head: object(fingerprint),
  readUpTo: v.optional(object({ at: count, ...fingerprint })),
  ...{ offset: count, number: count, header: count },
  ...{ unjudged: v.optional(list(count, most)), unread: v.optional(count) },
});

/** As `WrittenState` says. */
export const writtenStateSchema = v.pipe(
  object({
    ...{ formatVersion: count, log: text() },
    headers: list(list(text(longestLine), most), most),
    files: list(file, most),
    waiting: list(object({ path: text(), number: count, text: text(longestLine), header: count }), most),
    order: v.optional(
      object({
        ...{ arrivals: v.optional(clockSchema), released: v.optional(clockSchema) },
        previous: v.optional(finite),
      }),
    ),
    ...{ forgotten: v.optional(finite), written: v.optional(finite), incidentsWritten: v.optional(finite) },
    remembered: v.optional(warmStateSchema),
    incidents: v.optional(incidentsStateSchema),
    views: v.optional(viewsStateSchema),
  }),
  v.check(
    ({ headers, files, waiting }) => [...files, ...waiting].every(({ header }) => header < headers.length),
    "files and lines with the headers that it has",
  ),
);
