import type { Alert } from "./alert";
import type { RankedAlert } from "./judge";

/** Keeps the alerts that lie farthest beyond their thresholds; memory is that of so many. */
export class TopAlerts {
  /** A binary heap: its first is the least. */
  readonly #heap: (RankedAlert & { readonly number: number })[] = [];
  #seen = 0;

  constructor(private readonly count: number) {}

  add(alerts: readonly RankedAlert[]): void {
    for (const alert of alerts) {
      const own = { ...alert, number: this.#seen++ };
      if (this.#heap.length < this.count) {
        this.#heap.push(own);
        this.#rise(this.#heap.length - 1);
      } else if (isLess(this.#heap[0], own)) {
        this.#heap[0] = own;
        this.#sink();
      }
    }
  }

  /** Farthest beyond first; of equals the earlier one. */
  get alerts(): Alert[] {
    return this.#heap
      .slice()
      .sort((a, b) => (isLess(a, b) ? 1 : -1))
      .map(({ alert }) => alert);
  }

  #rise(place: number): void {
    for (let at = place; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isLess(this.#heap[at], this.#heap[parent])) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let child = 2 * at + 1;
      if (child + 1 < this.#heap.length && isLess(this.#heap[child + 1], this.#heap[child])) child++;
      if (child >= this.#heap.length || !isLess(this.#heap[child], this.#heap[at])) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }
}

type Numbered = Pick<RankedAlert, "excess"> & { readonly number: number };

function isLess(a: Numbered, b: Numbered): boolean {
  return a.excess < b.excess || (a.excess === b.excess && a.number > b.number);
}
