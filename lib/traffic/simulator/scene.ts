import { createRandom, type Random } from "../../common/random";
import { outsider } from "./company";
import { Draw } from "./draw";
import type { Schedule } from "./rhythm";
import type { Activity, Content, SimulatedConnection } from "./simulated-connection";

/** How a connection went. What is left out is 0. */
export interface Exchange {
  readonly duration?: number;
  /** Bytes from the host that began it. */
  readonly sent?: number;
  readonly received?: number;
  /** Zeek's `conn_state`. Default `SF` if there was an answer. */
  readonly state?: string;
  readonly content?: Content;
  /** Default: one that the system would choose. */
  readonly fromPort?: number;
}

/** What Zeek calls the protocols that it recognises. */
const applications: Readonly<Record<string, string>> = {
  "tcp 21": "ftp",
  "tcp 22": "ssh",
  "tcp 25": "smtp",
  "tcp 80": "http",
  "tcp 110": "pop3",
  "tcp 143": "imap",
  "tcp 443": "ssl",
  "tcp 445": "smb",
  "udp 53": "dns",
  "udp 123": "ntp",
  "udp 161": "snmp",
};

/** States of connections that did not come about. */
const unopened: ReadonlySet<string> = new Set(["REJ", "S0", "SH", "RSTOS0"]);

/** How connections end otherwise, by how often. */
const mishaps = "REJ REJ REJ S0 S0 RSTO RSTO RSTO RSTR RSTR S1 S1 S2 S3 OTH".split(" ");

const nothing: Content = {};

/** Makes the connections of one behaviour, with random numbers of its own, so that no behaviour moves another. */
export class Scene {
  readonly draw: Draw;
  readonly #identifiers: Random;

  /** @param label what its connections are: `normal`, or the type of an attack */
  constructor(
    seed: number,
    name: string,
    readonly label: string,
  ) {
    this.draw = new Draw(createRandom(seed, `simulated ${name}`));
    this.#identifiers = createRandom(seed, `identifiers of simulated ${name}`);
  }

  tcp(at: number, from: string, to: string, port: number, exchange: Exchange = {}): SimulatedConnection {
    const { state = "SF" } = exchange;
    const went = unopened.has(state)
      ? { fromPort: exchange.fromPort, duration: state === "REJ" ? this.draw.between(0, 0.001) : 0 }
      : exchange;
    return this.#ip("tcp", at, from, to, port, state, went);
  }

  udp(at: number, from: string, to: string, port: number, exchange: Exchange): SimulatedConnection {
    return this.#ip("udp", at, from, to, port, exchange.received ? "SF" : "S0", exchange);
  }

  /** A message of some type and code; 8 is a request for an echo, 0 the echo. */
  icmp(
    at: number,
    from: string,
    to: string,
    type: number,
    code: number,
    exchange: Exchange,
  ): SimulatedConnection {
    return this.#ip("icmp", at, from, to, code, "OTH", { ...exchange, fromPort: type });
  }

  /**
   * This many connections one after the other.
   *
   * @param gap seconds between two: at random with this mean, or as it says each time
   */
  *repeated(
    at: number,
    times: number,
    gap: number | (() => number),
    connection: (time: number, i: number) => SimulatedConnection,
  ): Activity {
    let time = at;
    for (let i = 0; i < times; i++) {
      yield connection(time, i);
      time += typeof gap === "number" ? this.draw.exponential(gap) : gap();
    }
  }

  /** Any host outside. */
  stranger(): string {
    return outsider(this.draw.integer(0x8000, 0x1ffff));
  }

  /** How connections end from day to day: nearly all as they should. */
  ending(): string {
    return this.draw.chance(0.96) ? "SF" : this.draw.pick(mishaps);
  }

  #ip(
    protocol: string,
    at: number,
    from: string,
    to: string,
    port: number,
    state: string,
    { duration = 0, sent = 0, received = 0, content = nothing, fromPort }: Exchange,
  ): SimulatedConnection {
    return {
      uid: this.#identifier(),
      start: microseconds(at),
      duration: microseconds(duration),
      protocol,
      sourceHost: from,
      sourcePort: fromPort ?? this.draw.integer(32_768, 60_999),
      destinationHost: to,
      destinationPort: port,
      state,
      sourceBytes: Math.round(sent),
      destinationBytes: Math.round(received),
      application: sent > 0 ? applications[`${protocol} ${port}`] : undefined,
      label: this.label,
      content,
    };
  }

  /** As Zeek's: C and random characters. */
  #identifier(): string {
    const part = () => this.#identifiers.integer(2 ** 32).toString(36);
    return `C${part()}${part()}`;
  }
}

/** Logs have no finer time. */
function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** Something that is done again and again in normal traffic. */
export interface Habit {
  readonly name: string;
  readonly schedule: Schedule;
  /** What it does once, from a time on. */
  readonly act: (scene: Scene, at: number) => Activity;
}

/** A type of attack. */
export interface Attack {
  /** KDD'99's name, where it is one of KDD's types. */
  readonly label: string;
  /** Least and most connections of one attack. */
  readonly size: readonly [least: number, most: number];
  /** Kept for the test part. Default false. */
  readonly novel?: boolean;
  /** One attack of about `size` connections, from a time on. */
  readonly act: (scene: Scene, at: number, size: number) => Activity;
}
