// Two pieces of work that take turns: before each operation on files, chance decides who goes on.
import { AsyncLocalStorage } from "node:async_hooks";
import fs from "node:fs/promises";
import { mock } from "node:test";
import type { Random } from "traffic-anomaly";

const operations = [
  "appendFile",
  "open",
  "readdir",
  "readFile",
  "rename",
  "rm",
  "stat",
  "truncate",
  "utimes",
  "writeFile",
] as const;
/** After this many turns, one may become quicker than the other. */
const turnsOfASpeed = 100;

/** Whose turn it is: by chance, and always in the same order with the same seed. */
class Turns {
  /** What each piece of work waits to do; a stream reads on while others do something else. */
  readonly #waiting = new Map<number, (() => void)[]>();
  readonly #working: Set<number>;
  #turn = 0;
  #share = 0.5;

  constructor(
    private readonly random: Random,
    works: number,
  ) {
    this.#working = new Set(Array(works).keys());
  }

  /** Acts when it is the turn of a piece of work. */
  async take<Result>(work: number, act: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((resolve) => {
      this.#waiting.set(work, [...(this.#waiting.get(work) ?? []), resolve]);
      this.#next();
    });
    return act().finally(() => this.#next());
  }

  end(work: number): void {
    this.#working.delete(work);
    this.#next();
  }

  #next(): void {
    if (this.#working.size === 0 || this.#waiting.size < this.#working.size) return;
    if (this.#turn++ % turnsOfASpeed === 0) this.#share = [0.5, 0.1, 0.02, 0.01][this.random.integer(4)];
    const works = [...this.#waiting.keys()].sort();
    const work = works[this.random.uniform() < this.#share ? 0 : works.length - 1];
    const [go, ...others] = this.#waiting.get(work)!;
    if (others.length > 0) this.#waiting.set(work, others);
    else this.#waiting.delete(work);
    go();
  }
}

/** Does two pieces of work at a time, each stopped before its operations on files, so that the other's come in between. */
export async function takeTurns(random: Random, works: readonly [() => Promise<void>, () => Promise<void>]) {
  const turns = new Turns(random, works.length);
  const who = new AsyncLocalStorage<number>();
  const handle = await fs.open("/dev/null");
  const hooked: [object, string][] = [
    ...operations.map((name): [object, string] => [fs, name]),
    [Object.getPrototypeOf(handle), "read"],
    [Object.getPrototypeOf(handle), "stat"],
  ];
  await handle.close();
  const mocks = hooked.map(([owner, name]) => {
    const original = Reflect.get(owner, name);
    return mock.method(
      owner as Record<string, () => unknown>,
      name,
      async function (this: unknown, ...parameters: unknown[]) {
        const work = who.getStore();
        const act = () => who.exit(() => original.apply(this, parameters));
        return work === undefined ? act() : turns.take(work, act);
      },
    );
  });
  try {
    const done = await Promise.allSettled(
      works.map((work, i) => who.run(i, () => work().finally(() => turns.end(i)))),
    );
    for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
  } finally {
    for (const { mock } of mocks) mock.restore();
  }
}
