/**
 * A binary heap: in whatever order things come, it gives the one with the least key first, and of equal keys the one with the
 * least rank.
 */
export class Heap<T> {
  readonly #items: T[] = [];
  /** Key and rank of each thing. */
  #order = new Float64Array(32);

  /** What it holds, the first one first, the others in no order. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** The key of the first one; Infinity if it holds nothing. */
  get firstKey(): number {
    return this.#items.length === 0 ? Number.POSITIVE_INFINITY : this.#order[0];
  }

  push(item: T, key: number, rank: number): void {
    const items = this.#items;
    let place = items.length;
    if (2 * place === this.#order.length) this.#grow();
    items.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isAfter(parent, key, rank)) break;
      this.#copy(parent, place);
      place = parent;
    }
    this.#put(place, item, key, rank);
  }

  /** Takes the first one out. */
  pop(): T | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    const count = items.length;
    if (last === undefined || count === 0) return first;
    const [key, rank] = [this.#order[2 * count], this.#order[2 * count + 1]];
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      const right = 2 * (child + 1);
      if (child + 1 < count && this.#isAfter(child, this.#order[right], this.#order[right + 1])) child++;
      if (this.#isAfter(child, key, rank)) break;
      this.#copy(child, place);
      place = child;
    }
    this.#put(place, last, key, rank);
    return first;
  }

  /** Whether what is at a place comes after another. */
  #isAfter(place: number, key: number, rank: number): boolean {
    const own = this.#order[2 * place];
    return own > key || (own === key && this.#order[2 * place + 1] > rank);
  }

  #copy(from: number, to: number): void {
    this.#put(to, this.#items[from], this.#order[2 * from], this.#order[2 * from + 1]);
  }

  #put(place: number, item: T, key: number, rank: number): void {
    this.#items[place] = item;
    this.#order[2 * place] = key;
    this.#order[2 * place + 1] = rank;
  }

  #grow(): void {
    const grown = new Float64Array(2 * this.#order.length);
    grown.set(this.#order);
    this.#order = grown;
  }
}
