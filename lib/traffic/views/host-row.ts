import { textHash } from "../../common/text-hash";
import type { Feature } from "../../data/kdd/schema";
import type { Connection } from "../connection";
import type { Direction } from "../local-networks";
import { ownService, ownServices } from "../own-service";
import { isIcmpService, serviceId } from "../service";
import type { Known } from "./recent-set";
import { type RowParts, ViewRow } from "./view-row";

/** Peers and ports that are told apart: more are not counted. */
const mostDistinct = 1_000;

/** What is known of the connections that one host started in an hour; rates are shares in [0, 1]. */
export const hostFeatures: readonly Feature[] = [
  { name: "host_connections", measure: "amount" },
  { name: "host_peers", measure: "amount" },
  { name: "host_ports", measure: "amount" },
  { name: "host_services", measure: "amount" },
  { name: "host_bytes_out", measure: "amount" },
  { name: "host_bytes_in", measure: "amount" },
  { name: "host_bytes_outside", measure: "amount" },
  { name: "host_failed_rate", measure: "rate" },
  { name: "host_new_peer_rate", measure: "rate" },
  { name: "host_new_service_rate", measure: "rate" },
];

/** An hour of a host. Peers are told apart by hashes of 32 bits, services by the first connection to each port. */
export class HostRow extends ViewRow {
  readonly #peers = new Set<number>();
  readonly #ports = new Set<number>();
  readonly #services = new Set<number>();
  #newPeers = 0;
  #newServices = 0;
  /** Whether enough is known of what it did before. */
  #isKnown: boolean;

  private constructor(connection: Pick<Connection, "uid" | "sourceHost">, isKnown: boolean) {
    super(connection);
    this.#isKnown = isKnown;
  }

  static keyOf({ sourceHost }: Connection): string {
    return sourceHost;
  }

  /** @param isEarly too little is known of any source to say that something is new to it */
  static start(connection: Connection, known: Known, isEarly: boolean): HostRow {
    const isNew = known.add(textHash(connection.sourceHost));
    return new HostRow(connection, !isNew && !isEarly);
  }

  static resume({ texts: [sourceHost, uid], numbers }: RowParts): HostRow {
    const row = new HostRow({ sourceHost, uid }, false);
    const [isKnown, newPeers, newServices, peers, ports, ...all] = row.resumeSums(numbers);
    row.#isKnown = isKnown === 1;
    row.#newPeers = newPeers;
    row.#newServices = newServices;
    for (const [i, number] of all.entries())
      (i < peers ? row.#peers : i < peers + ports ? row.#ports : row.#services).add(number);
    return row;
  }

  get parts(): RowParts {
    const [peers, ports, services] = [this.#peers, this.#ports, this.#services];
    const counts = [Number(this.#isKnown), this.#newPeers, this.#newServices, peers.size, ports.size];
    const numbers = [...this.sums, ...counts, ...peers, ...ports, ...services];
    return { texts: [this.source, this.uid], numbers };
  }

  get held(): number {
    return this.#peers.size + this.#ports.size + this.#services.size;
  }

  get peers(): number {
    return this.#peers.size;
  }

  get onlyPeer(): number | undefined {
    return this.#peers.size === 1 ? this.#peers.values().next().value : undefined;
  }

  /** icmp has none. */
  get ports(): number {
    return [...this.#ports].filter((id) => !isIcmpService(id)).length;
  }

  override add(connection: Connection, time: number, known: Known, direction: Direction): number {
    super.add(connection, time, known, direction);
    return this.#addPeer(connection, known) + this.#addPort(connection, known);
  }

  #addPeer({ sourceHost, destinationHost }: Connection, known: Known): number {
    const peer = textHash(destinationHost);
    if (this.#peers.size >= mostDistinct || this.#peers.has(peer)) return 0;
    this.#peers.add(peer);
    if (known.add(textHash(`${sourceHost} ${destinationHost}`))) this.#newPeers++;
    return 1;
  }

  #addPort(connection: Connection, known: Known): number {
    const port = serviceId(connection);
    if (this.#ports.size >= mostDistinct || this.#ports.has(port)) return 0;
    this.#ports.add(port);
    const name = ownService(connection);
    const service = ownServices.indexOf(name);
    if (this.#services.has(service)) return 1;
    this.#services.add(service);
    if (known.add(textHash(`${connection.sourceHost} by ${name}`))) this.#newServices++;
    return 2;
  }

  get values(): readonly number[] {
    const { connections, failed, bytesOut, bytesIn, bytesOutside } = this;
    const [peers, ports, services] = [this.#peers, this.#ports, this.#services].map(({ size }) => size);
    return [
      ...[connections, peers, ports, services, bytesOut, bytesIn, bytesOutside, failed / connections],
      this.#isKnown ? this.#newPeers / peers : Number.NaN,
      this.#isKnown ? this.#newServices / services : Number.NaN,
    ];
  }
}
