import { nfdumpCsv, nfdumpForm, nfdumpFormWithoutFlags } from "../nfdump/csv";
import { suricataEve } from "../suricata/eve";
import { vpcFlowLog, vpcForm } from "../vpc/flow-log";
import { filebeat, securityOnion } from "../zeek/ecs";
import { zeekJson } from "../zeek/json";
import type { FlowFormat, FlowReader, LogForm, RecordFormat } from "./format";
import { isObject, type JsonObject, parseJsonObject, valueAt } from "./json-fields";
import { goodOr, type Texts } from "./values";

/** What messages say of a file that is none of the logs that are read. */
export const noLog =
  "is not a log of connections: neither Zeek's conn.log, nor Suricata's EVE log, nor nfdump's CSV, nor an AWS VPC flow log";

/** The formats of JSON logs that are read. Another one is a file, and a line here. */
const recordFormats: readonly RecordFormat[] = [suricataEve, securityOnion, filebeat, zeekJson];

/** The formats of logs of flows that are read. */
const flowFormats: readonly FlowFormat[] = [nfdumpCsv, vpcFlowLog];

/** What connections are made of, in each kind of log. */
export const logForms: readonly LogForm[] = [
  ...new Set(recordFormats.map(({ form }) => form)),
  ...[nfdumpForm, nfdumpFormWithoutFlags, vpcForm],
];

/** The form with a name that a model remembers. @throws {RangeError} if there is none */
export function formNamed(name: string): LogForm {
  const form = logForms.find((known) => known.name === name);
  if (!form) throw new RangeError(`no log has the form ${name}`);
  return form;
}

/** A reader of the flows that begin with a line; undefined if none do. @throws {LineProblem} if a column is missing */
export function flowReader(line: string, texts: Texts): FlowReader | undefined {
  for (const format of flowFormats) {
    const reader = format(line, texts);
    if (reader) return reader;
  }
  return undefined;
}

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
    const record = goodOr(undefined, () => parseJsonObject(text));
    if (record) return record;
  }
  return undefined;
}
