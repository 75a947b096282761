import type { Connection } from "../connection";
import type { RecordFormat } from "../logs/format";
import {
  amountOf,
  isObject,
  type JsonObject,
  nameOf,
  numberOf,
  packetsOf,
  secondsIn,
  textOf,
} from "../logs/json-fields";
import { amount, givenCommunityId, mustBe, port, type Texts, uidOf } from "../logs/values";
import { stateOfFlags } from "../tcp-flags";

/**
 * Suricata's EVE log (eve.json): records of `event_type` `flow`; alerts, DNS queries and all others are left out. The
 * fields are those of its manual, "EVE JSON format", and of src/output-json-flow.c. Bytes are those of whole packets,
 * headers included.
 */
export const suricataEve: RecordFormat = {
  form: { name: "suricata", title: "Suricata's EVE log", lacks: [] },
  logOf({ event_type: type, timestamp }) {
    if (typeof type !== "string" || timestamp === undefined) return undefined;
    return type === "flow" ? "conn" : type;
  },
  connection: flowConnection,
};

function flowConnection(record: JsonObject, texts: Texts): Connection {
  const flow = isObject(record.flow) ? record.flow : {};
  const named = texts.name("proto", textOf("proto", record.proto).toLowerCase());
  const protocol = named === "ipv6-icmp" || named === "icmpv6" ? "icmp" : named; // as Zeek calls it
  const hasPorts = record.src_port !== undefined || protocol === "tcp" || protocol === "udp";
  const portOf = (field: string, icmp: string) =>
    hasPorts ? numberOf(field, record[field], port) : amountOf(icmp, record[icmp], port);
  const start = secondsIn("flow.start", flow.start);
  const end = flow.end === undefined ? start : secondsIn("flow.end", flow.end);
  if (end < start) throw mustBe("flow.end", "no earlier than flow.start", String(flow.end));
  const application = applicationOf(record, texts);
  const communityId = givenCommunityId(record.community_id);
  const state = protocol === "tcp" ? tcpState(record, flow) : otherState(protocol, flow);
  return {
    uid: uidOf("flow_id", String(record.flow_id ?? "")),
    start,
    duration: Math.round(1e6 * (end - start)) / 1e6,
    protocol,
    sourceHost: texts.host("src_ip", textOf("src_ip", record.src_ip)),
    sourcePort: portOf("src_port", "icmp_type"),
    destinationHost: texts.host("dest_ip", textOf("dest_ip", record.dest_ip)),
    destinationPort: portOf("dest_port", "icmp_code"),
    ...(state !== undefined && { state }),
    sourceBytes: amountOf("flow.bytes_toserver", flow.bytes_toserver, amount),
    destinationBytes: amountOf("flow.bytes_toclient", flow.bytes_toclient, amount),
    ...packetsOf(flow.pkts_toserver, flow.pkts_toclient),
    ...(application !== undefined && { application }),
    ...(communityId !== undefined && { communityId }),
  };
}

function applicationOf(record: JsonObject, texts: Texts): string | undefined {
  const application = nameOf("app_proto", record.app_proto, texts);
  return application === "failed" || application === "unknown" ? undefined : application;
}

/**
 * How a tcp flow ended: by the flags of both sides where they are recorded. They are zeros where Suricata did not track
 * the session; then `flow.state` tells whether it was established, but of a closed one not how it was closed.
 */
function tcpState({ tcp }: JsonObject, flow: JsonObject): string | undefined {
  const flags = (name: string) => {
    const text = isObject(tcp) ? tcp[name] : undefined;
    return typeof text === "string" && /^[0-9a-f]{2}$/i.test(text) ? Number.parseInt(text, 16) : 0;
  };
  const [source, destination] = [flags("tcp_flags_ts"), flags("tcp_flags_tc")];
  if (source !== 0 || destination !== 0) return stateOfFlags(source, destination);
  if (flow.state === "established") return "S1";
  return flow.state === "new" && flow.pkts_toclient === 0 ? "S0" : undefined;
}

/** As Zeek names it: whether a udp flow was answered; nothing else has states. */
function otherState(protocol: string, { pkts_toclient: answers }: JsonObject): string {
  if (protocol !== "udp") return "OTH";
  return answers === 0 ? "S0" : "SF";
}
