import type { FlagError } from "../flag";

/**
 * What the windows know of one destination host, or of one service. The partners of a host are services, those of a
 * service are hosts.
 */
export class Track {
  readonly id: number;
  /** Its last connections. */
  readonly last: Ring;

  // Its connections in the window of two seconds
  count = 0;
  synErrors = 0;
  rejections = 0;
  /** Different partners among them. */
  partners = 0;

  constructor(id: number, capacity: number) {
    this.id = id;
    this.last = new Ring(capacity);
  }
}

/**
 * The last `capacity` connections of a track. Memory grows with what is held: most hosts of an address sweep are seen
 * once.
 */
export class Ring {
  readonly #capacity: number;
  #next = 0;
  /** Connections held. */
  size = 0;
  /** Two numbers a connection: {@link codeOf} its partner and error, and its source port. In no order of time. */
  words: Uint32Array = new Uint32Array(4);

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds a connection, in place of the oldest if the ring is full. @param partner an integer in [0, 2³⁰) */
  push(partner: number, error: FlagError, sourcePort: number): void {
    if (this.#next * 2 === this.words.length) {
      const grown = new Uint32Array(2 * Math.min(2 * this.#next, this.#capacity));
      grown.set(this.words);
      this.words = grown;
    }
    this.words[2 * this.#next] = codeOf(partner, error);
    this.words[2 * this.#next + 1] = sourcePort;
    this.#next = (this.#next + 1) % this.#capacity;
    if (this.size < this.#capacity) this.size++;
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
    this.#next = this.size % this.#capacity;
  }

  /** Where in `words` a connection is, by age: 0 is the newest. */
  place(age: number): number {
    const slot = this.#next - 1 - age;
    return 2 * (slot < 0 ? slot + this.#capacity : slot);
  }
}

/** Partner and error of a connection in one number. */
export function codeOf(partner: number, error: FlagError): number {
  return partner * 4 + error;
}

export function partnerOf(code: number): number {
  return code >>> 2;
}

export function errorOf(code: number): FlagError {
  return code & 3;
}
