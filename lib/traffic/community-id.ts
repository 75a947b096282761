import { createHash } from "node:crypto";
import { isIP, isIPv6 } from "node:net";
import type { Connection } from "./connection";

/** IANA's numbers of the protocols that have a part in it. */
const protocols: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, gre: 47, esp: 50, sctp: 132 };
const icmp6 = 58;

/** Types of icmp that answer each other, of which the second stands in the place of the code. */
const answers = bothWays([8, 0], [13, 14], [15, 16], [10, 9], [17, 18]);
const answers6 = bothWays([128, 129], [133, 134], [135, 136], [130, 131], [144, 145], [139, 140]);

function bothWays(...pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map([...pairs, ...pairs.map(([a, b]) => [b, a] as const)]);
}

/**
 * The Community ID of a connection, version 1 with seed 0, as Zeek, Suricata and others compute it
 * (https://github.com/corelight/community-id-spec): the same in the logs of all of them, and for both directions. Undefined where
 * an end has no address, or the protocol no known number.
 *
 * @example
 * const ends = { sourceHost: "128.232.110.120", sourcePort: 34855, destinationHost: "66.35.250.204", destinationPort: 80 };
 * communityId({ protocol: "tcp", ...ends }); // "1:LQU9qZlK+B5F3KDmev6m5PMibrg="
 */
export function communityId(
  connection: Pick<
    Connection,
    "protocol" | "sourceHost" | "sourcePort" | "destinationHost" | "destinationPort"
  >,
): string | undefined {
  const { protocol, sourceHost, sourcePort, destinationHost, destinationPort } = connection;
  const version = isIP(sourceHost);
  if (version === 0 || isIP(destinationHost) !== version) return undefined;
  const isIcmp = protocol === "icmp";
  const number = isIcmp && version === 6 ? icmp6 : protocols[protocol];
  if (number === undefined) return undefined;
  const answer = isIcmp ? (version === 6 ? answers6 : answers).get(sourcePort) : undefined;
  const source = end(sourceHost, sourcePort);
  const destination = end(destinationHost, answer ?? destinationPort);
  const isOneWay = isIcmp && answer === undefined;
  const [first, second] =
    isOneWay || Buffer.compare(source, destination) <= 0 ? [source, destination] : [destination, source];
  const hasPorts = isIcmp || protocol === "tcp" || protocol === "udp" || protocol === "sctp";
  const hash = createHash("sha1")
    .update(Buffer.from([0, 0])) // the seed
    .update(first.subarray(0, -2))
    .update(second.subarray(0, -2))
    .update(Buffer.from([number, 0]));
  if (hasPorts) hash.update(first.subarray(-2)).update(second.subarray(-2));
  return `1:${hash.digest("base64")}`;
}

/** An address and a port, in the order of bytes of a network. */
function end(host: string, port: number): Buffer {
  const address = isIPv6(host) ? words6(host).flatMap(bytes) : host.split(".").map(Number);
  return Buffer.from([...address, ...bytes(port)]);
}

function bytes(word: number): [number, number] {
  return [word >> 8, word & 255];
}

/** The eight words of an address of version 6: the longest form of what `URL` makes of it. */
function words6(host: string): number[] {
  const [head, tail] = new URL(`http://[${host.replace(/%.*$/, "")}]`).hostname.slice(1, -1).split("::");
  const words = (text = "") => (text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16)));
  const [before, after] = [words(head), words(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
