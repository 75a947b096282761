import type { TypicalValue } from "../../models/typical-values";
import { noveltyText } from "../../preprocess/novelty";
import type { Step } from "../../preprocess/preprocessor";
import type { Connection } from "../../traffic/connection";
import { viewWords } from "../views/view-words";
import { bytes, count, percent, seconds } from "./units";
import type { ValueOf, Words } from "./words";

/** A number that is outside of the usual range by less than this share of the bound is usual. */
const nearby = 0.1;
/** A name that at least this share of the connections has is usual. */
const usualShare = 0.05;
/** Names of which what is usual tells. */
const toldNames = 3;
/** A share of fewer connections than this is no reason. */
const leastConnections = 10;

/**
 * Says the value of a feature and what is usual as an analyst would: `412 hosts contacted on port 23 within 2 s; usual: 1 to 9`.
 * Undefined where the value is a usual one, in the middle 98 % of training or nearly: it is no reason to look.
 *
 * @param value a number, or the name of a nominal feature
 * @param of the other numeric features of the connection, which some words need
 * @param novel what the model learned of the feature, if no training row had the value
 */
export function reasonWords(
  feature: string,
  value: number | string,
  of: ValueOf,
  usual: ReadonlyMap<string, TypicalValue>,
  connection: Connection,
  novel?: Step,
): string | undefined {
  const usually = usual.get(feature);
  if (typeof value === "string") {
    const names = usually?.kind === "name" ? usually.names : [];
    if (names.some(({ name, share }, i) => name === value && (i === 0 || share >= usualShare)))
      return undefined;
    const shares = names.slice(0, toldNames).map(({ name, share }) => `${name} ${percent(share)}`);
    const novelty = novel ? `, ${noveltyText(novel, value)}` : "";
    return `${nameWords(feature, value, connection)}${novelty}; usual: ${shares.join(", ")}`;
  }
  if (Number.isNaN(value)) return undefined;
  const words = numberWords[feature] ?? viewWords[feature] ?? plainNumber(feature);
  if (words.idle?.(value, of)) return undefined;
  const boundOf =
    (bound: "low" | "median" | "high"): ValueOf =>
    (name) => {
      const found = usual.get(name);
      return found?.kind === "number" ? found[bound] : 0;
    };
  const medians = boundOf("median");
  const [low, high] = [boundOf("low")(feature), boundOf("high")(feature)];
  const [least, most] = [low, high].map((bound) => words.short(bound, medians));
  const range = least === most ? least : `${least} to ${most}`;
  if (novel) {
    const novelty = noveltyText(novel, value, (number) => words.short(number, of));
    return `${words.said(value, of, connection)}, ${novelty}; usual: ${range}`;
  }
  const isLow = value < low * (1 - nearby);
  if (!isLow && value <= high * (1 + nearby)) return undefined;
  if (words.counted && words.counted(value, of) <= words.counted(high, medians)) return undefined;
  if (words.short(value, of) === (isLow ? least : most)) return undefined;
  return `${words.said(value, of, connection)}; usual: ${range}`;
}

function nameWords(feature: string, value: string, at: Connection): string {
  if (feature === "flag") return `${flagWords[value] ?? "ended unusually"} (${value})`;
  if (feature === "service" && hasPorts(at)) return `service ${value}, port ${at.destinationPort}`;
  if (feature === "protocol_type") return `protocol ${value}`;
  return `${feature} ${value}`;
}

const flagWords: Readonly<Record<string, string>> = {
  OTH: "seen only from its middle on",
  REJ: "was rejected",
  RSTO: "was reset by the source",
  RSTOS0: "was opened and reset by the source without an answer",
  RSTR: "was reset by the destination",
  S0: "got no answer",
  S1: "was not closed",
  S2: "was closed by the source only",
  S3: "was closed by the destination only",
  SF: "ended as it should",
  SH: "was opened and closed by the source without an answer",
};

/** A share of connections: `98 % of the last 40 connections to this host stayed unanswered or open`. */
interface Shares {
  /** Which connections, in words, and by which feature they are counted. */
  readonly among: (of: ValueOf, at: Connection) => string;
  readonly base: string;
}

const hostNow: Shares = {
  among: () => "of the connections to this host within 2 s",
  base: "count",
};
const serviceNow: Shares = {
  among: (_, at) => `of the connections ${toService(at)} within 2 s`,
  base: "srv_count",
};
const hostLately: Shares = {
  among: (of) => `of the last ${of("dst_host_count")} connections to this host`,
  base: "dst_host_count",
};
const serviceLately: Shares = {
  among: (of, at) => `of the last ${of("dst_host_srv_count")} connections ${toService(at)}`,
  base: "dst_host_srv_count",
};

const rate = ({ among, base }: Shares, verb: (at: Connection) => string): Words => ({
  said: (value, of, at) => `${roundedShare(value, of(base))} ${among(of, at)} ${verb(at)}`,
  short: percent,
  idle: (_, of) => of(base) < leastConnections,
});
/** Zeek's S0 to S3 and SH: no answer, or no end. */
const halfOpen = () => "stayed unanswered or open";
/** Zeek's REJ, and the resets, which end many a session that went well. */
const rejected = () => "were rejected or reset";

/** How many connections. A window of two seconds holds at most 511. */
const connections = (where: (at: Connection) => string, when: string, most = Infinity): Words => {
  const short = (value: number) => (value >= most ? `${most} or more` : String(value));
  const noun = (value: number) => (value === 1 ? "connection" : "connections");
  return { said: (value, _, at) => `${short(value)} ${noun(value)} ${where(at)} ${when}`, short };
};
const toHost = () => "to this host";

/** How many different ones there are among this many connections: the rate is 0 where there is one. */
const different = (
  what: "host" | "service",
  base: string,
  said: (of: ValueOf, at: Connection) => string,
): Words => {
  const number = (share: number, of: ValueOf) =>
    share === 0 ? 1 : Math.max(1, Math.round(share * of(base)));
  return {
    said: (value, of, at) => `${count(number(value, of), what)} ${said(of, at)}`,
    short: (value, of) => String(number(value, of)),
  };
};
/** No more of them than usual is no reason. */
const orMore = (words: Words): Words => ({
  ...words,
  counted: (value, of) => Number(words.short(value, of)),
});

const lastOf = (of: ValueOf, base: string) => `contacted by the last ${count(of(base), "connection")}`;

const numberWords: Readonly<Record<string, Words>> = {
  duration: { said: (value) => `lasted ${seconds(value)}`, short: seconds },
  src_bytes: { said: (value) => `${bytes(value)} sent by the source`, short: bytes },
  dst_bytes: { said: (value) => `${bytes(value)} sent by the destination`, short: bytes },
  land: {
    said: (value) => (value === 1 ? "same address and port at both ends" : "different ends"),
    short: (value) => (value === 1 ? "the same" : "different"),
  },
  count: connections(toHost, "within 2 s", 511),
  srv_count: connections(toService, "within 2 s", 511),
  serror_rate: rate(hostNow, halfOpen),
  srv_serror_rate: rate(serviceNow, halfOpen),
  rerror_rate: rate(hostNow, rejected),
  srv_rerror_rate: rate(serviceNow, rejected),
  same_srv_rate: rate(hostNow, (at) => `went ${toService(at)}`),
  diff_srv_rate: orMore(different("service", "count", () => "of this host contacted within 2 s")),
  srv_diff_host_rate: orMore(
    different("host", "srv_count", (_, at) => `contacted ${onService(at)} within 2 s`),
  ),
  dst_host_count: connections(toHost, "lately"),
  dst_host_srv_count: connections(toService, "lately"),
  dst_host_same_srv_rate: rate(hostLately, (at) => `went ${toService(at)}`),
  dst_host_diff_srv_rate: different(
    "service",
    "dst_host_count",
    (of) => `${lastOf(of, "dst_host_count")} to this host`,
  ),
  dst_host_same_src_port_rate: rate(hostLately, (at) => `came from ${sourceEnd(at)}`),
  dst_host_srv_diff_host_rate: different(
    "host",
    "dst_host_srv_count",
    (of, at) => `${lastOf(of, "dst_host_srv_count")} ${toService(at)}`,
  ),
  dst_host_serror_rate: rate(hostLately, halfOpen),
  dst_host_srv_serror_rate: rate(serviceLately, halfOpen),
  dst_host_rerror_rate: rate(hostLately, rejected),
  dst_host_srv_rerror_rate: rate(serviceLately, rejected),
};

/** A feature without words of its own. */
function plainNumber(feature: string): Words {
  const short = (value: number) => String(Number(value.toPrecision(3)));
  return { said: (value) => `${feature} ${short(value)}`, short };
}

function toService(at: Connection): string {
  return hasPorts(at) ? `to port ${at.destinationPort}` : `of ${kindOf(at)}`;
}

function onService(at: Connection): string {
  return hasPorts(at) ? `on port ${at.destinationPort}` : `by ${kindOf(at)}`;
}

function sourceEnd(at: Connection): string {
  return hasPorts(at) ? `port ${at.sourcePort}` : kindOf(at);
}

function kindOf({ protocol, sourcePort }: Connection): string {
  return protocol === "icmp" ? `icmp type ${sourcePort}` : `protocol ${protocol}`;
}

function hasPorts({ protocol }: Connection): boolean {
  return protocol === "tcp" || protocol === "udp";
}

/** A share that has two decimals: of more than 200 connections, 0 may be one of them, and 1 all but one. */
function roundedShare(share: number, connections: number): string {
  if (connections <= 200 || (share > 0 && share < 1)) return percent(share);
  return share === 0 ? "< 1 %" : "> 99 %";
}
