// Zeek's connections as they stand in an Elasticsearch: in the fields of the Elastic Common Schema, nested or dotted.
//
// - Filebeat's module and Elastic's integration: elastic/beats x-pack/filebeat/module/zeek/connection, and
//   elastic/integrations packages/zeek/data_stream/connection. Bytes are those of IP packets, headers included: the
//   payload's are dropped. Durations are nanoseconds.
// - Security Onion: salt/elasticsearch/files/ingest/zeek.conn and zeek.common. It renames Zeek's fields and changes no
//   value: bytes are the payload's, durations seconds.
import type { Connection } from "../connection";
import type { RecordFormat } from "../logs/format";
import {
  amountOf,
  type JsonObject,
  nameOf,
  numberOf,
  packetsOf,
  secondsIn,
  stateOf,
  textOf,
  valueAt,
} from "../logs/json-fields";
import { amount, port, type Texts, uidOf } from "../logs/values";
import { historyIn } from "./history";
import { zeekForm } from "./json";

/** Where the two differ. */
interface Places {
  readonly uid: readonly string[];
  readonly state: string;
  /** Where bytes and packets of the source are, and of the destination. */
  readonly counted: readonly [source: string, destination: string];
  readonly history: string;
  readonly missedBytes: string;
  /** Of `event.duration`. */
  readonly unitsPerSecond: number;
}

const filebeatPlaces: Places = {
  uid: ["zeek.session_id", "event.id"],
  state: "zeek.connection.state",
  counted: ["source", "destination"],
  history: "zeek.connection.history",
  missedBytes: "zeek.connection.missed_bytes",
  unitsPerSecond: 1e9,
};

const securityOnionPlaces: Places = {
  uid: ["log.id.uid"],
  state: "connection.state",
  counted: ["client", "server"],
  history: "connection.history",
  missedBytes: "connection.bytes.missed",
  unitsPerSecond: 1,
};

export const filebeat: RecordFormat = {
  form: { name: "zeek-ecs", title: "Zeek's conn.log in Filebeat's fields", lacks: [] },
  logOf(record) {
    if (record["@timestamp"] === undefined) return undefined;
    if (valueAt(record, "zeek.connection") !== undefined) return "conn";
    if (valueAt(record, filebeatPlaces.state) !== undefined) return "conn";
    const dataset = valueAt(record, "event.dataset");
    return typeof dataset === "string" && dataset.startsWith("zeek.") ? logOfDataset(dataset) : undefined;
  },
  connection: (record, texts) => ecsConnection(record, filebeatPlaces, texts),
};

export const securityOnion: RecordFormat = {
  form: zeekForm,
  logOf(record) {
    if (record["@timestamp"] === undefined || valueAt(record, "log.id.uid") === undefined) return undefined;
    const dataset = valueAt(record, "event.dataset");
    return typeof dataset === "string" ? logOfDataset(dataset) : "unknown";
  },
  connection: (record, texts) => ecsConnection(record, securityOnionPlaces, texts),
};

/** Datasets are called `zeek.connection`, `zeek.conn` or `conn`, `zeek.dns` or `dns`. */
function logOfDataset(dataset: string): string {
  const log = dataset.replace(/^zeek\./, "");
  return log === "connection" ? "conn" : log;
}

function ecsConnection(record: JsonObject, places: Places, texts: Texts): Connection {
  const [source, destination] = places.counted;
  const at = (path: string) => valueAt(record, path);
  const [uid] = [...places.uid.filter((path) => at(path) !== undefined), places.uid[0]];
  const host = (end: string) =>
    texts.host(`${end}.ip`, textOf(`${end}.ip`, at(`${end}.ip`) ?? at(`${end}.address`)));
  // Elastic's integration moves type and code of icmp.
  const portOf = (end: string, icmp: string) =>
    numberOf(`${end}.port`, at(`${end}.port`) ?? at(`zeek.connection.icmp.${icmp}`), port);
  const state = stateOf(places.state, at(places.state), texts);
  const application = nameOf("network.protocol", at("network.protocol") ?? at("network.application"), texts);
  const protocol = texts.name("network.transport", textOf("network.transport", at("network.transport")));
  return {
    uid: uidOf(uid, textOf(uid, at(uid))),
    start: secondsIn("@timestamp", at("@timestamp")),
    duration: amountOf("event.duration", at("event.duration"), amount) / places.unitsPerSecond,
    protocol,
    sourceHost: host("source"),
    sourcePort: portOf("source", "type"),
    destinationHost: host("destination"),
    destinationPort: portOf("destination", "code"),
    ...historyIn(protocol, state, at(places.history), at(places.missedBytes)),
    sourceBytes: amountOf(`${source}.bytes`, at(`${source}.bytes`), amount),
    destinationBytes: amountOf(`${destination}.bytes`, at(`${destination}.bytes`), amount),
    ...packetsOf(at(`${source}.packets`), at(`${destination}.packets`)),
    ...(application !== undefined && { application }),
  };
}
