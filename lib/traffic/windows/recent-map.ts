/**
 * A map that remembers at least the `capacity` keys asked for last, and at most twice as many. Older ones are
 * forgotten in whole generations, so that a look-up costs no more than in a plain map.
 */
export class RecentMap<K, V> {
  #recent = new Map<K, V>();
  #older = new Map<K, V>();

  constructor(
    private readonly capacity: number,
    private readonly create: (key: K) => V,
  ) {}

  /** What is remembered, the generation used last at the end. */
  get generations(): readonly (readonly (readonly [K, V])[])[] {
    return [[...this.#older], [...this.#recent]];
  }

  /** Remembers this in place of all before. */
  set generations([older, recent]) {
    this.#older = new Map(older);
    this.#recent = new Map(recent);
  }

  /** The value of a key; made anew if the key is unknown or was forgotten. */
  get(key: K): V {
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const value = this.#older.get(key) ?? this.create(key);
    this.#older.delete(key);
    if (this.#recent.size === this.capacity) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, value);
    return value;
  }
}
