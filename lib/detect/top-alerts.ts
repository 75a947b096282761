import { Heap } from "../common/heap";
import type { Alert } from "./alert";
import type { RankedAlert } from "./judge";

/** Keeps the alerts that lie farthest beyond their thresholds; memory is that of so many. */
export class TopAlerts {
  /** Its first is the least. */
  readonly #kept = new Heap<RankedAlert & { readonly number: number }>(isLess);
  #seen = 0;

  constructor(private readonly count: number) {}

  add(alerts: readonly RankedAlert[]): void {
    for (const alert of alerts) {
      const own = { ...alert, number: this.#seen++ };
      const { items } = this.#kept;
      if (items.length >= this.count) {
        if (!isLess(items[0], own)) continue;
        this.#kept.pop();
      }
      this.#kept.push(own);
    }
  }

  /** Farthest beyond first; of equals the earlier one. */
  get alerts(): Alert[] {
    return this.#kept.items
      .slice()
      .sort((a, b) => (isLess(a, b) ? 1 : -1))
      .map(({ alert }) => alert);
  }
}

type Numbered = Pick<RankedAlert, "excess"> & { readonly number: number };

function isLess(a: Numbered, b: Numbered): boolean {
  return a.excess < b.excess || (a.excess === b.excess && a.number > b.number);
}
