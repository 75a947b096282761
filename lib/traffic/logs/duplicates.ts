import type { Connection } from "../connection";

/**
 * Tells connections that were read already, as where copies of a rotated log overlap. What Zeek reports of a connection
 * while it lasts has the same uid, but differs, so it is not a duplicate.
 *
 * Looks back over at least the last 100,000 connections. Of each it keeps 64 bits, so that the chance to take a new
 * connection for an old one is 10⁻¹⁴.
 */
export class Duplicates {
  /** How many were found. */
  count = 0;
  readonly #fingerprint = new Fingerprint();
  #recent: Fingerprints;
  #older: Fingerprints;

  /** @param window how many connections it looks back over at least */
  constructor(private readonly window = 100_000) {
    this.#recent = new Fingerprints(window);
    this.#older = new Fingerprints(window);
  }

  /** Whether the same connection was given before, lately. */
  has(connection: Connection): boolean {
    this.#fingerprint.take(connection);
    const { low, high } = this.#fingerprint;
    if (this.#recent.has(low, high) || this.#older.has(low, high)) {
      this.count++;
      return true;
    }
    if (this.#recent.size === this.window) {
      [this.#recent, this.#older] = [this.#older, this.#recent];
      this.#recent.clear();
    }
    this.#recent.add(low, high);
    return false;
  }
}

/** A set of pairs of 32 bits, in a table of at least twice as many places. The pair of two zeros is a free place. */
class Fingerprints {
  size = 0;
  readonly #pairs: Int32Array;
  readonly #places: number;

  constructor(largestSize: number) {
    this.#places = 2 ** Math.ceil(Math.log2(2 * largestSize));
    this.#pairs = new Int32Array(2 * this.#places);
  }

  has(low: number, high: number): boolean {
    const at = this.#find(low, high);
    return this.#pairs[at] === low && this.#pairs[at + 1] === high;
  }

  add(low: number, high: number): void {
    const at = this.#find(low, high);
    this.#pairs[at] = low;
    this.#pairs[at + 1] = high;
    this.size++;
  }

  clear(): void {
    this.#pairs.fill(0);
    this.size = 0;
  }

  /** Where the pair is, or the free place where it belongs. */
  #find(low: number, high: number): number {
    const pairs = this.#pairs;
    for (let place = low & (this.#places - 1); ; place = (place + 1) & (this.#places - 1)) {
      const at = 2 * place;
      if (pairs[at] === low && pairs[at + 1] === high) return at;
      if (pairs[at] === 0 && pairs[at + 1] === 0) return at;
    }
  }
}

/** Two hashes of 32 bits of all that a connection holds; as cyrb53 (bryc, public domain) makes them of a text. */
class Fingerprint {
  low = 0;
  high = 0;
  readonly #numbers = new Float64Array(6);
  readonly #words = new Int32Array(this.#numbers.buffer);

  take(connection: Connection): void {
    this.low = 0x1eadbeef;
    this.high = 0x41c6ce57;
    this.#mixText(connection.uid);
    this.#mixText(connection.sourceHost);
    this.#mixText(connection.destinationHost);
    this.#mixText(connection.protocol);
    this.#mixText(connection.state);
    this.#mixText(connection.application);
    this.#mixText(connection.label);
    this.#mixText(connection.detailedLabel);
    this.#numbers[0] = connection.start;
    this.#numbers[1] = connection.duration;
    this.#numbers[2] = connection.sourcePort;
    this.#numbers[3] = connection.destinationPort;
    this.#numbers[4] = connection.sourceBytes;
    this.#numbers[5] = connection.destinationBytes;
    for (let i = 0; i < this.#words.length; i++) this.#mix(this.#words[i]);
    const { low, high } = this;
    this.low = spread(low) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    this.high = spread(high) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    if (this.low === 0 && this.high === 0) this.low = 1;
  }

  #mixText(text = ""): void {
    let { low, high } = this; // not the fields for each letter
    for (let i = 0; i < text.length; i++) {
      low = mixedLow(low, text.charCodeAt(i));
      high = mixedHigh(high, text.charCodeAt(i));
    }
    this.low = low;
    this.high = high;
    this.#mix(-1); // so that "ab", "c" is not "a", "bc"
  }

  #mix(word: number): void {
    this.low = mixedLow(this.low, word);
    this.high = mixedHigh(this.high, word);
  }
}

// A product moves bits up only; the shifts bring those of the upper half of a number back down.
function mixedLow(low: number, word: number): number {
  const product = Math.imul(low ^ word, 2654435761);
  return product ^ (product >>> 15);
}

function mixedHigh(high: number, word: number): number {
  const product = Math.imul(high ^ word, 1597334677);
  return product ^ (product >>> 17);
}

function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 2246822507);
}
