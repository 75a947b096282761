import { exp, log, power, square } from "../../common/exact-math";
import type { Random } from "../../common/random";

/** Random numbers in the shapes that traffic has: sizes and durations have long tails. */
export class Draw {
  constructor(private readonly random: Random) {}

  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** An integer of `least` … `most`. */
  integer(least: number, most: number): number {
    return least + this.random.integer(most - least + 1);
  }

  /** A number between two others. */
  between(low: number, high: number): number {
    return low + (high - low) * this.random.uniform();
  }

  /** One of the list, each as likely. */
  pick<T>(list: readonly T[]): T {
    return list[this.random.integer(list.length)];
  }

  /** One of the list by Zipf's law: the n-th is 1/n times as likely as the first. */
  popular<T>(list: readonly T[]): T {
    return list[Math.floor(exp(this.random.uniform() * log(list.length + 1))) - 1];
  }

  /** A waiting time. */
  exponential(mean: number): number {
    return -mean * log(1 - this.random.uniform());
  }

  /** Most values lie within a factor of e^`spread` around the median. */
  logNormal(median: number, spread: number): number {
    return median * exp(spread * this.#normal());
  }

  /** Mean 0, standard deviation 1 (Marsaglia's polar method). */
  #normal(): number {
    for (;;) {
      const x = this.between(-1, 1);
      const r = square(x) + square(this.between(-1, 1));
      if (r > 0 && r < 1) return x * Math.sqrt((-2 * log(r)) / r);
    }
  }

  /** The longest tail: the chance to exceed x falls as x^−`shape`, up to `most`. */
  pareto(least: number, shape: number, most: number): number {
    return Math.min(least * power(1 - this.random.uniform(), -1 / shape), most);
  }

  /** A whole number of things that follow each other, at least one. */
  several(mean: number): number {
    return 1 + Math.floor(this.exponential(mean - 0.5));
  }
}
