import type { Connection } from "../connection";
import type { LogForm, RecordFormat } from "../logs/format";
import {
  amountOf,
  isObject,
  type JsonObject,
  nameOf,
  numberOf,
  packetsOf,
  secondsIn,
  stateOf,
  textOf,
} from "../logs/json-fields";
import { amount, FieldProblem, givenCommunityId, port, type Texts, uidOf } from "../logs/values";
import { logOfRecord } from "./fields";
import { historyIn } from "./history";

export const zeekForm: LogForm = { name: "zeek", title: "Zeek's conn.log", lacks: [] };

/**
 * Zeek's logs as JSON: keys with dots (`id.orig_h`), underscores (`id_orig_h`), or an object `id` with `orig_h`.
 * Zeek's Kafka plugin wraps a record as `{"conn": {…}}`; other writers add `"_path": "conn"`. A log that does not name
 * itself is told by its fields.
 */
export const zeekJson: RecordFormat = {
  form: zeekForm,

  logOf(record) {
    if (typeof record._path === "string") return record._path;
    const log = logOfRecord(record);
    if (log === "conn" || record.ts !== undefined) return log;
    return wrapped(record) ? Object.keys(record)[0] : undefined;
  },

  connection(record, texts) {
    return zeekConnection(record.ts === undefined ? (wrapped(record) ?? record) : record, texts);
  },
};

function wrapped(record: JsonObject): JsonObject | undefined {
  const [log, ...others] = Object.keys(record);
  const inner = record[log];
  return others.length === 0 && isObject(inner) ? inner : undefined;
}

function zeekConnection(fields: JsonObject, texts: Texts): Connection {
  const id = isObject(fields.id) ? fields.id : {};
  const end = (name: string) => fields[`id.${name}`] ?? fields[`id_${name}`] ?? id[name];
  const state = stateOf("conn_state", fields.conn_state, texts);
  if (state === undefined && logOfRecord(fields) !== "conn")
    throw new FieldProblem("conn_state", "is missing, which records of connections have");
  const application = nameOf("service", fields.service, texts);
  const communityId = givenCommunityId(fields.community_id);
  const label = nameOf("label", fields.label, texts);
  const detailedLabel = nameOf("detailedlabel", fields.detailedlabel, texts);
  const protocol = texts.name("proto", textOf("proto", fields.proto));
  return {
    uid: uidOf("uid", textOf("uid", fields.uid)),
    start: secondsIn("ts", fields.ts),
    duration: amountOf("duration", fields.duration, amount),
    protocol,
    sourceHost: texts.host("id.orig_h", textOf("id.orig_h", end("orig_h"))),
    sourcePort: numberOf("id.orig_p", end("orig_p"), port),
    destinationHost: texts.host("id.resp_h", textOf("id.resp_h", end("resp_h"))),
    destinationPort: numberOf("id.resp_p", end("resp_p"), port),
    ...historyIn(protocol, state, fields.history, fields.missed_bytes),
    sourceBytes: amountOf("orig_bytes", fields.orig_bytes, amount),
    destinationBytes: amountOf("resp_bytes", fields.resp_bytes, amount),
    ...packetsOf(fields.orig_pkts, fields.resp_pkts),
    ...(application !== undefined && { application }),
    ...(typeof fields.local_orig === "boolean" && { isSourceLocal: fields.local_orig }),
    ...(typeof fields.local_resp === "boolean" && { isDestinationLocal: fields.local_resp }),
    ...(communityId !== undefined && { communityId }),
    ...(label !== undefined && { label }),
    ...(detailedLabel !== undefined && { detailedLabel }),
  };
}
