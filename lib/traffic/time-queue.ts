/** Things that happen at their time; those of one time in the order they came (a binary heap). */
export class TimeQueue<T> {
  readonly #heap: { readonly time: number; readonly order: number; readonly item: T }[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the first thing happens; Infinity if there is none. */
  get nextTime(): number {
    return this.#heap.length > 0 ? this.#heap[0].time : Number.POSITIVE_INFINITY;
  }

  push(time: number, item: T): void {
    const entry = { time, order: this.#pushed++, item };
    const heap = this.#heap;
    let place = heap.length;
    for (
      let parent = (place - 1) >> 1;
      place > 0 && isBefore(entry, heap[parent]);
      parent = (place - 1) >> 1
    ) {
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = entry;
  }

  /** Takes the first thing out. */
  pop(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first?.item;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (child >= heap.length || !isBefore(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return first.item;
  }
}

function isBefore(
  a: { readonly time: number; readonly order: number },
  b: { readonly time: number; readonly order: number },
): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
