import { textHash } from "../../common/text-hash";
import type { Feature } from "../../data/kdd/schema";
import type { Connection } from "../connection";
import type { Direction } from "../local-networks";
import { ownText } from "../logs/values";
import { ownService } from "../own-service";
import type { Known } from "./recent-set";
import { type Regularity, regularityOf, Samples } from "./samples";
import { type RowParts, ViewRow } from "./view-row";

/** What is known of a source's connections to one port of a destination in a day; regularity is in [0, 1]. */
export const pairFeatures: readonly Feature[] = [
  { name: "pair_connections", measure: "amount" },
  { name: "pair_interval", measure: "amount" },
  { name: "pair_interval_regularity", measure: "rate" },
  { name: "pair_size_regularity", measure: "rate" },
  { name: "pair_bytes_out", measure: "amount" },
  { name: "pair_longest", measure: "amount" },
  { name: "pair_new", measure: "flag" },
];

/** What connections of a pair have in common besides their source. */
type Destination = Pick<Connection, "destinationHost" | "destinationPort" | "protocol">;

/** A day of a pair: a source, and a port of a destination; of icmp, a type and a code. */
export class PairRow extends ViewRow {
  readonly destination: Destination;
  /** Of icmp the type of its messages; otherwise 0. */
  readonly sourcePort: number;
  #longest = 0;
  /** 1 = never met before; NaN where too little is known of the source. */
  #new = Number.NaN;
  /** Before today the source was never seen to use this service, and enough is known of what it did. */
  isOfNewService = false;
  /** Time of the last connection. */
  #previous = Number.NaN;
  /** Seconds from one connection to the next. */
  #intervals = new Samples();
  /** Bytes that connections sent. */
  #sizes = new Samples();

  private constructor(connection: Pick<Connection, "uid" | "sourceHost" | "sourcePort"> & Destination) {
    super(connection);
    const { sourcePort, destinationHost, destinationPort, protocol } = connection;
    this.sourcePort = protocol === "icmp" ? sourcePort : 0;
    this.destination = { destinationHost: ownText(destinationHost), destinationPort, protocol };
  }

  static keyOf(connection: Connection): string {
    const { sourceHost, sourcePort, destinationHost, destinationPort, protocol } = connection;
    const ends = `${sourceHost} ${destinationHost} ${destinationPort} ${protocol}`;
    return protocol === "icmp" ? `${ends} ${sourcePort}` : ends;
  }

  /** @param isEarly too little is known of any source to say that something is new to it */
  static start(connection: Connection, known: Known, isEarly: boolean): PairRow {
    const row = new PairRow(connection);
    const isKnownSource = !known.add(textHash(connection.sourceHost));
    const isNew = known.add(textHash(PairRow.keyOf(connection)));
    const isOfNewService = isNewToday(connection, known);
    if (isKnownSource && !isEarly) {
      row.#new = isNew ? 1 : 0;
      row.isOfNewService = isOfNewService;
    }
    return row;
  }

  static resume({ texts, numbers }: RowParts): PairRow {
    const [sourceHost, uid, destinationHost, protocol, type] = texts;
    const [destinationPort, ...own] = numbers;
    const sourcePort = Number(type ?? 0);
    const row = new PairRow({ sourceHost, sourcePort, uid, destinationHost, destinationPort, protocol });
    const [longest, isNew, isOfNewService, previous, ...samples] = row.resumeSums(own);
    row.#longest = longest;
    row.#new = isNew;
    row.isOfNewService = isOfNewService === 1;
    row.#previous = previous;
    row.#intervals = Samples.resume(samples);
    row.#sizes = Samples.resume(samples.slice(row.#intervals.state.length));
    return row;
  }

  get parts(): RowParts {
    const { destinationHost, destinationPort, protocol } = this.destination;
    const own = [this.#longest, this.#new, Number(this.isOfNewService), this.#previous];
    const samples = [...this.#intervals.state, ...this.#sizes.state];
    const type = protocol === "icmp" ? [String(this.sourcePort)] : [];
    const texts = [this.source, this.uid, destinationHost, protocol, ...type];
    return { texts, numbers: [destinationPort, ...this.sums, ...own, ...samples] };
  }

  get onlyPeer(): number {
    return textHash(this.destination.destinationHost);
  }

  get held(): number {
    return this.#intervals.kept.length + this.#sizes.kept.length;
  }

  get direction(): Direction {
    if (this.outside > 0) return this.isFromUs ? "outbound" : "external";
    return this.isFromUs ? "internal" : "inbound";
  }

  /** Seconds from one connection to the next. */
  get intervals(): Regularity {
    return regularityOf(this.#intervals.kept);
  }

  /** Bytes that its connections sent. */
  get sizes(): Regularity {
    return regularityOf(this.#sizes.kept);
  }

  override add(connection: Connection, time: number, known: Known, direction: Direction): number {
    super.add(connection, time, known, direction);
    this.#longest = Math.max(this.#longest, connection.duration);
    const grown = this.connections > 1 ? this.#intervals.add(time - this.#previous) : 0;
    this.#previous = time;
    return grown + this.#sizes.add(connection.sourceBytes);
  }

  get values(): readonly number[] {
    const { intervals, sizes } = this;
    const times = [intervals.median, intervals.regularity, sizes.regularity];
    return [this.connections, ...times, this.bytesOut, this.#longest, this.#new];
  }
}

/** Whether the source of the first connection of a pair's day was never seen before that day to use the service. */
function isNewToday(connection: Connection, known: Known): boolean {
  const use = `${connection.sourceHost} by ${ownService(connection)}`;
  const today = textHash(`${use} from ${Math.floor(connection.start / 86_400)}`);
  if (known.add(textHash(use))) known.add(today);
  return known.has(today);
}
