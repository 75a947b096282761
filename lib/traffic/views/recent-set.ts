/** What is known: numbers of 32 bits. */
export interface Known {
  has(number: number): boolean;
  /** Adds a number. @returns whether it is new */
  add(number: number): boolean;
}

/**
 * A set of numbers of 32 bits that remembers at least the `capacity` met last, and at most twice as many: older ones are
 * forgotten in whole generations.
 */
export class RecentSet implements Known {
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

/** A set that takes and finds what is another's, and marks what it adds as its own, so that the other does not find that. */
export class MarkedSet implements Known {
  constructor(
    private readonly all: RecentSet,
    private readonly mark: number,
  ) {}

  has(number: number): boolean {
    return this.all.has(number) || this.all.has(this.#own(number));
  }

  add(number: number): boolean {
    return !this.all.has(number) && this.all.add(this.#own(number));
  }

  #own(number: number): number {
    return Math.imul(number ^ this.mark, 0x9e3779b1);
  }
}
