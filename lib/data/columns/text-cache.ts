const slots = 512; // a power of two
const poolBytes = 8_192;
/** Longer texts repeat less. */
const longestText = 64;

/**
 * What texts stand for, remembered by their bytes: in most columns they repeat, and a text not met of late is decoded and
 * looked up as a string. Exact, as the bytes are compared; in constant memory, as a text gives way to another of its hash.
 */
export class TextCache {
  readonly #pool = new Uint8Array(poolBytes);
  #used = 0;
  /** Of each slot: where its text begins in the pool, and how long it is; −1 if it is free. */
  readonly #starts = new Int32Array(slots);
  readonly #lengths = new Int32Array(slots).fill(-1);
  readonly #values = new Float64Array(slots);

  /** @param lookUp a text's value; undefined if it has none, which is not remembered */
  constructor(private readonly lookUp: (bytes: Buffer, start: number, end: number) => number | undefined) {}

  get(bytes: Buffer, start: number, end: number): number | undefined {
    const length = end - start;
    if (length > longestText) return this.lookUp(bytes, start, end);
    let hash = length;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    if (this.#lengths[slot] === length && this.#isAt(this.#starts[slot], bytes, start, length))
      return this.#values[slot];
    const value = this.lookUp(bytes, start, end);
    if (value !== undefined) this.#remember(slot, value, bytes, start, length);
    return value;
  }

  clear(): void {
    this.#lengths.fill(-1);
    this.#used = 0;
  }

  #isAt(place: number, bytes: Uint8Array, start: number, length: number): boolean {
    const pool = this.#pool;
    for (let i = 0; i < length; i++) if (pool[place + i] !== bytes[start + i]) return false;
    return true;
  }

  #remember(slot: number, value: number, bytes: Uint8Array, start: number, length: number): void {
    if (this.#used + length > poolBytes) this.clear();
    for (let i = 0; i < length; i++) this.#pool[this.#used + i] = bytes[start + i];
    this.#starts[slot] = this.#used;
    this.#lengths[slot] = length;
    this.#values[slot] = value;
    this.#used += length;
  }
}
