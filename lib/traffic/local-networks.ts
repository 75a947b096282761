import { BlockList, isIP } from "node:net";
import { InputError } from "../common/errors";
import { shown } from "../common/shown";
import type { Connection } from "./connection";

/** Where a connection leads, as ECS names it; `external` where neither end is ours. */
export type Direction = "inbound" | "outbound" | "internal" | "external";

/** Answers that are remembered; beyond these they are looked up again. */
const mostRemembered = 100_000;

/** Which hosts are in some networks. */
class HostSet {
  readonly #list = new BlockList();
  #known = new Map<string, boolean>();

  /** @throws {InputError} if a network is none */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [, address, bits] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
      const family = isIP(address ?? "");
      if (family === 0 || Number(bits) > (family === 6 ? 128 : 32))
        throw new InputError(
          `local networks are like 10.0.0.0/8 or fd00::/8, with commas between, got ${shown(network)}`,
        );
      this.#list.addSubnet(address, Number(bits), family === 6 ? "ipv6" : "ipv4");
    }
  }

  has(host: string): boolean {
    let found = this.#known.get(host);
    if (found === undefined) {
      const family = isIP(host);
      found = family !== 0 && this.#list.check(host.replace(/%.*$/, ""), family === 6 ? "ipv6" : "ipv4");
      if (this.#known.size >= mostRemembered) this.#known = new Map();
      this.#known.set(host, found);
    }
    return found;
  }
}

/** Those of RFC 1918 and RFC 4193, which no network outside uses. */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/** Addresses that never lead outside: of the host itself, of its link, of groups and everybody. */
const neverOutside = [
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32"],
  ...["::/127", "fe80::/10", "ff00::/8"],
];
const inside = new HostSet(neverOutside);

/** Tells which hosts are ours. */
export class LocalNetworks {
  readonly #ours: HostSet;
  readonly #areGiven: boolean;

  /**
   * @param networks as `10.0.0.0/8`. Default: what the log says of an end, and of one of which it says nothing, whether its
   *   address is private
   * @throws {InputError} if one is none
   */
  constructor(networks?: readonly string[]) {
    this.#ours = new HostSet([...(networks ?? privateNetworks), ...neverOutside]);
    this.#areGiven = networks !== undefined;
  }

  directionOf(connection: Connection): Direction {
    const isFromUs = this.#isOurs(connection.sourceHost, connection.isSourceLocal);
    const isToUs = this.#isOurs(connection.destinationHost, connection.isDestinationLocal);
    if (isToUs) return isFromUs ? "internal" : "inbound";
    return isFromUs ? "outbound" : "external";
  }

  /** @param said by the log */
  #isOurs(host: string, said: boolean | undefined): boolean {
    return this.#areGiven || said === undefined ? this.#ours.has(host) : said || inside.has(host);
  }
}

/**
 * The networks in a text with commas between.
 *
 * @throws {InputError} if one is none
 * @example
 * parseNetworks("10.0.0.0/8, fd00::/8"); // ["10.0.0.0/8", "fd00::/8"]
 */
export function parseNetworks(text: string): string[] {
  const networks = text.split(",").map((network) => network.trim());
  new LocalNetworks(networks); // checks them
  return networks;
}
