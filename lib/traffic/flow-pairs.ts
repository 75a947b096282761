import type { Connection } from "./connection";
import { stateOfFlags } from "./tcp-flags";

/** What one side of a connection sent, as NetFlow and VPC flow logs record it. Its bytes are the source's. */
export interface Flow extends Omit<Connection, "uid" | "state"> {
  /** Of all of its packets, where the log has them. */
  readonly flags?: number;
}

/** Flows that may come between those of the two sides of a connection: fewer than are held to be put in order. */
const longestWait = 16_384;
/** Seconds between the end of one side's flow and the start of the other's, at most. */
const longestGap = 60;

/** Ports below are those of servers (IANA's System Ports). */
const firstUserPort = 1_024;

interface Waiting {
  readonly flow: Flow;
  readonly number: number;
}

/**
 * Makes connections of the flows of their two sides, which have the ends reversed and overlap in time, or nearly. A flow
 * whose other side does not come within the next 16,384 is a connection without an answer. icmp, where types differ in
 * the two directions, is not paired.
 *
 * The source is the side whose port is not a server's, below 1024, as in `nfdump -B`; else the one that started first.
 * So an answer alone, from port 443 to port 50123, is turned around. Logs cut long connections into intervals (a
 * minute or ten in AWS): each is a connection here.
 */
export class FlowPairs {
  /** By the ends in the flow's direction. */
  readonly #waiting = new Map<string, Waiting[]>();
  /** The same, first come first. */
  readonly #inOrder = new Map<number, string>();
  #number = 0;

  /** Takes a flow in. @returns the connections that are complete, or wait no longer */
  push(flow: Flow): Connection[] {
    if (flow.protocol === "icmp") return [connectionOf(flow)];
    this.#number++;
    const released = this.#release(this.#number - longestWait + 1);
    const other = this.#take(keyOf(turned(flow)), flow);
    if (other) released.push(connectionOf(other, flow));
    else this.#hold(flow);
    return released;
  }

  /** All that wait: the log has ended. */
  flush(): Connection[] {
    return this.#release(Number.POSITIVE_INFINITY);
  }

  #hold(flow: Flow): void {
    const key = keyOf(flow);
    const same = this.#waiting.get(key);
    const waiting = { flow, number: this.#number };
    if (same) same.push(waiting);
    else this.#waiting.set(key, [waiting]);
    this.#inOrder.set(this.#number, key);
  }

  /** The flow of the other side, if it waits. */
  #take(key: string, flow: Flow): Flow | undefined {
    const same = this.#waiting.get(key) ?? [];
    const at = same.findIndex((waiting) => areTogether(waiting.flow, flow));
    return at < 0 ? undefined : this.#remove(key, same, at);
  }

  #remove(key: string, same: Waiting[], at: number): Flow {
    const [{ flow, number }] = same.splice(at, 1);
    if (same.length === 0) this.#waiting.delete(key);
    this.#inOrder.delete(number);
    return flow;
  }

  /** Those that came before a number. */
  #release(before: number): Connection[] {
    const released: Connection[] = [];
    for (const [number, key] of this.#inOrder) {
      if (number >= before) break;
      const same = this.#waiting.get(key)!;
      released.push(connectionOf(this.#remove(key, same, 0))); // the first of those with its ends came first
    }
    return released;
  }
}

function keyOf({ protocol, sourceHost, sourcePort, destinationHost, destinationPort }: Flow): string {
  return `${protocol} ${sourceHost} ${sourcePort} ${destinationHost} ${destinationPort}`;
}

function areTogether(a: Flow, b: Flow): boolean {
  return a.start <= b.start + b.duration + longestGap && b.start <= a.start + a.duration + longestGap;
}

/** The connection of one side's flow, or of both. */
function connectionOf(first: Flow, second?: Flow): Connection {
  const isAnswer = second ? isSource(second, first) : isServer(first) && first.protocol !== "icmp";
  const there = isAnswer ? second : first;
  const back = isAnswer ? first : second;
  const { flags: _, ...ends } = there ?? turned(first);
  const start = Math.min(first.start, second?.start ?? first.start);
  const end = Math.max(first.start + first.duration, second ? second.start + second.duration : 0);
  const hasPackets = first.sourcePackets !== undefined;
  const hasFlags = first.protocol === "tcp" && first.flags !== undefined;
  return {
    ...ends,
    uid: `${ends.protocol}-${ends.sourceHost}:${ends.sourcePort}-${ends.destinationHost}:${ends.destinationPort}-${start}`,
    start,
    duration: Math.round(1e6 * (end - start)) / 1e6,
    sourceBytes: there?.sourceBytes ?? 0,
    destinationBytes: ends.destinationBytes + (back?.sourceBytes ?? 0),
    ...(hasPackets && {
      sourcePackets: there?.sourcePackets ?? 0,
      destinationPackets: (ends.destinationPackets ?? 0) + (back?.sourcePackets ?? 0),
    }),
    ...(hasFlags && { state: stateOfFlags(there?.flags ?? 0, back?.flags ?? 0) }),
  };
}

/** From a server's port to another. */
function isServer({ sourcePort, destinationPort }: Flow): boolean {
  return sourcePort < firstUserPort && destinationPort >= firstUserPort;
}

/** Whether of the flows of two sides this is the one of the side that began. */
function isSource(flow: Flow, other: Flow): boolean {
  if (isServer(flow) || isServer(other)) return isServer(other);
  if (flow.start !== other.start) return flow.start < other.start;
  return flow.destinationPort < other.destinationPort;
}

function turned(flow: Flow): Flow {
  const { sourceHost, sourcePort, destinationHost, destinationPort } = flow;
  return {
    ...flow,
    ...{ sourceHost: destinationHost, sourcePort: destinationPort, sourceBytes: 0 },
    ...{ destinationHost: sourceHost, destinationPort: sourcePort },
  };
}
