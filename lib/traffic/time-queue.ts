import { Heap } from "../common/heap";

/** Things that happen at their time; those of one time in the order they came. */
export class TimeQueue<T> {
  readonly #heap = new Heap<T>();
  #pushed = 0;

  get size(): number {
    return this.#heap.items.length;
  }

  /** When the first thing happens; Infinity if there is none. */
  get nextTime(): number {
    return this.#heap.firstKey;
  }

  push(time: number, item: T): void {
    this.#heap.push(item, time, this.#pushed++);
  }

  /** Takes the first thing out. */
  pop(): T | undefined {
    return this.#heap.pop();
  }
}
