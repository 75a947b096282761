import { FlagError } from "../flag";
import { errorOf, partnerOf } from "./code";

/** Connections, and how many of them failed. */
export interface Counts {
  readonly connections: number;
  readonly synErrors: number;
  readonly rejections: number;
}

/** A number for each of the three, up to the longest window of a host, has so many bits. */
const bits = 10;
const mask = 2 ** bits - 1;

/**
 * How many of some connections each partner has, and how many of these failed, kept up to date as connections come and go.
 * A partner is looked for among all of them, since most hosts have few.
 */
export class Tally {
  /** Different partners. */
  partners = 0;
  synErrors = 0;
  rejections = 0;
  /** Two numbers a partner: its own, and its {@link Counts} in one. */
  #words = new Uint32Array(8);

  /** @param code of the connection, see `codeOf` */
  add(code: number): void {
    const partner = partnerOf(code);
    const at = this.#find(partner);
    if (at === 2 * this.partners) this.#start(partner);
    this.#words[at + 1] += this.#count(code, 1);
  }

  /** Takes one out that was added. */
  remove(code: number): void {
    const at = this.#find(partnerOf(code));
    this.#words[at + 1] -= this.#count(code, -1);
    if (this.#words[at + 1] > 0) return;
    const last = 2 * --this.partners;
    this.#words.copyWithin(at, last, last + 2);
  }

  /** What a partner has. */
  of(partner: number): Counts {
    const at = this.#find(partner);
    const counts = at === 2 * this.partners ? 0 : this.#words[at + 1];
    return {
      connections: counts & mask,
      synErrors: (counts >>> bits) & mask,
      rejections: (counts >>> (2 * bits)) & mask,
    };
  }

  /** Where a partner is; the end, if it is not there. */
  #find(partner: number): number {
    const end = 2 * this.partners;
    let at = 0;
    while (at < end && this.#words[at] !== partner) at += 2;
    return at;
  }

  #start(partner: number): void {
    const at = 2 * this.partners++;
    if (at === this.#words.length) {
      const grown = new Uint32Array(2 * at);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[at] = partner;
    this.#words[at + 1] = 0;
  }

  /** Counts an error. @returns what a connection adds to its partner's number */
  #count(code: number, by: 1 | -1): number {
    switch (errorOf(code)) {
      case FlagError.syn:
        this.synErrors += by;
        return 1 + 2 ** bits;
      case FlagError.rejection:
        this.rejections += by;
        return 1 + 2 ** (2 * bits);
      default:
        return 1;
    }
  }
}
