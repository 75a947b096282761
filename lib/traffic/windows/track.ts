import type { FlagError } from "../flag";
import { codeOf } from "./code";
import { Tally } from "./tally";

/**
 * What the windows know of one destination host, or of one service. The partners of a host are services, those of a
 * service are hosts.
 */
export class Track {
  /** Its last connections. */
  readonly last: Ring;
  /** What of these each partner has; known once it was asked for. */
  #tally: Tally | undefined;

  // Its connections in the window of two seconds
  count = 0;
  synErrors = 0;
  rejections = 0;
  /** Different partners among them. */
  partners = 0;

  constructor(
    readonly id: number,
    capacity: number,
  ) {
    this.last = new Ring(capacity);
  }

  get tally(): Tally {
    if (this.#tally) return this.#tally;
    this.#tally = new Tally();
    for (const code of this.last.codes) this.#tally.add(code);
    return this.#tally;
  }

  /** Takes in a connection with a partner. */
  add(partner: number, error: FlagError, sourcePort: number): void {
    const code = codeOf(partner, error);
    const displaced = this.last.push(code, sourcePort);
    if (!this.#tally) return;
    this.#tally.add(code);
    if (displaced >= 0) this.#tally.remove(displaced);
  }
}

/**
 * The last `capacity` connections of a track. Memory grows with what is held: most hosts of an address sweep are seen
 * once.
 */
export class Ring {
  #next = 0;
  /** Connections held. */
  size = 0;
  /** Two numbers a connection: {@link codeOf} its partner and error, and its source port. In no order of time. */
  words: Uint32Array = new Uint32Array(4);

  constructor(private readonly capacity: number) {}

  /**
   * Adds a connection, in place of the oldest if the ring is full.
   *
   * @param code of the connection, see {@link codeOf}
   * @returns that of the oldest, or −1
   */
  push(code: number, sourcePort: number): number {
    if (this.#next * 2 === this.words.length) {
      const grown = new Uint32Array(2 * Math.min(2 * this.#next, this.capacity));
      grown.set(this.words);
      this.words = grown;
    }
    const displaced = this.size < this.capacity ? -1 : this.words[2 * this.#next];
    this.words[2 * this.#next] = code;
    this.words[2 * this.#next + 1] = sourcePort;
    this.#next = (this.#next + 1) % this.capacity;
    if (this.size < this.capacity) this.size++;
    return displaced;
  }

  /** How many connections have a source port. */
  countPort(sourcePort: number): number {
    let count = 0;
    for (let at = 1; at < 2 * this.size; at += 2) if (this.words[at] === sourcePort) count++;
    return count;
  }

  /** The codes of the connections held, in no order of time. */
  get codes(): Uint32Array {
    return this.words.subarray(0, 2 * this.size).filter((_, i) => i % 2 === 0);
  }

  /** The words of the connections held, the oldest first. */
  get inOrder(): Uint32Array {
    const words = new Uint32Array(2 * this.size);
    for (let i = 0; i < this.size; i++) {
      const place = this.place(this.size - 1 - i);
      words[2 * i] = this.words[place];
      words[2 * i + 1] = this.words[place + 1];
    }
    return words;
  }

  /** Holds these in place of all before. @param words at most `capacity` connections, the oldest first */
  set inOrder(words: Uint32Array) {
    this.size = words.length / 2;
    if (this.size > 0) this.words = words;
    this.#next = this.size % this.capacity;
  }

  /** Where in `words` a connection is, by age: 0 is the newest. */
  place(age: number): number {
    const slot = this.#next - 1 - age;
    return 2 * (slot < 0 ? slot + this.capacity : slot);
  }
}
