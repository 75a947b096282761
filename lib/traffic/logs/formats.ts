import { suricataEve } from "../suricata/eve";
import { filebeat, securityOnion } from "../zeek/ecs";
import { zeekJson } from "../zeek/json";
import type { LogForm, RecordFormat } from "./format";
import { isObject, type JsonObject, parseJsonObject, valueAt } from "./json-fields";
import { LineProblem } from "./values";

/** What messages say of a file that is none of the logs that are read. */
export const noLog = "is not a log of connections: neither Zeek's conn.log nor Suricata's EVE log";

/** The formats of JSON logs that are read. Another one is a file, and a line here. */
const recordFormats: readonly RecordFormat[] = [suricataEve, securityOnion, filebeat, zeekJson];

/** What connections are made of, in each kind of log. */
export const logForms: readonly LogForm[] = [...new Set(recordFormats.map(({ form }) => form))];

/** A record of a log of a known format. */
export interface FoundRecord {
  readonly format: RecordFormat;
  readonly record: JsonObject;
  /** Which log it is of: `conn`, `dns`, …, or `unknown`. */
  readonly log: string;
}

/** What a JSON object is a record of; undefined if of nothing known. */
export function recordIn(object: JsonObject): FoundRecord | undefined {
  const source = isObject(object._source) ? object._source : object; // a hit of a search in Elasticsearch
  const original = source["@timestamp"] === undefined ? undefined : originalOf(source);
  return (original && recognised(original)) ?? recognised(source);
}

function recognised(record: JsonObject): FoundRecord | undefined {
  for (const format of recordFormats) {
    const log = format.logOf(record);
    if (log !== undefined) return { format, record, log };
  }
  return undefined;
}

/** The record that Filebeat or Elasticsearch took in: a line of JSON in `message` or `event.original`. */
function originalOf(object: JsonObject): JsonObject | undefined {
  for (const path of ["message", "event.original"]) {
    const text = valueAt(object, path);
    if (typeof text !== "string" || !text.startsWith("{")) continue;
    try {
      return parseJsonObject(text);
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
    }
  }
  return undefined;
}
