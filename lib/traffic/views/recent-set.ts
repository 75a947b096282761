/**
 * A set of numbers of 32 bits that remembers at least the `capacity` met last, and at most twice as many: older ones are
 * forgotten in whole generations.
 */
export class RecentSet {
  #recent = new Set<number>();
  #older = new Set<number>();

  constructor(private readonly capacity: number) {}

  /** What is remembered, the generation met last at the end. */
  get generations(): readonly (readonly number[])[] {
    return [[...this.#older], [...this.#recent]];
  }

  /** Remembers this in place of all before. */
  set generations([older, recent]) {
    this.#older = new Set(older);
    this.#recent = new Set(recent);
  }

  has(number: number): boolean {
    return this.#recent.has(number) || this.#older.has(number);
  }

  /** Adds a number. @returns whether it is new */
  add(number: number): boolean {
    if (this.#recent.has(number)) return false;
    const isNew = !this.#older.delete(number);
    if (this.#recent.size === this.capacity) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(number);
    return isNew;
  }
}
