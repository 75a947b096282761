import { Heap } from "../common/heap";

/** Things that happen at their time; those of one time in the order they came. */
export class TimeQueue<T> {
  readonly #heap = new Heap<{ readonly time: number; readonly order: number; readonly item: T }>(
    (a, b) => a.time < b.time || (a.time === b.time && a.order < b.order),
  );
  #pushed = 0;

  get size(): number {
    return this.#heap.items.length;
  }

  /** When the first thing happens; Infinity if there is none. */
  get nextTime(): number {
    return this.#heap.items[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  push(time: number, item: T): void {
    this.#heap.push({ time, order: this.#pushed++, item });
  }

  /** Takes the first thing out. */
  pop(): T | undefined {
    return this.#heap.pop()?.item;
  }
}
