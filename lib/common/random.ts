import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { requireNumber } from "./errors";
import { range } from "./range";
import { textHash } from "./text-hash";

/** A seeded source of random numbers (xoroshiro128+). */
export interface Random {
  /** A number in [0, 1). */
  uniform(): number;
  /** An integer in [0, `below`), without modulo bias. */
  integer(below: number): number;
  /** Four words of 32 bits, from which other code can go on; this source stays where it is. */
  state(): readonly number[];
}

/**
 * Creates the random stream of one purpose. The same seed and purpose give the same numbers; two purposes
 * (two trees, a split and a shuffle) never share a stream, so that adding one draw moves no other result.
 *
 * @param seed an integer in [0, 2³²)
 * @param purpose a name, such as `tree 17`
 * @throws {InputError} if the seed is out of range
 */
export function createRandom(seed: number, purpose: string): Random {
  requireNumber("seed", seed, { min: 0, max: 0xffffffff, integer: true });
  const generator = xoroshiro128plus(textHash(`${seed} ${purpose}`));
  // The first numbers of neighbouring seeds are alike, until the generator's state is mixed.
  for (let i = 0; i < 8; i++) generator.next();
  return {
    uniform: () => uniformFloat64(generator),
    integer: (below) => uniformInt(generator, 0, below - 1),
    state: () => generator.getState(),
  };
}

/** A random order of the integers 0 … count − 1 (Fisher and Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = range(0, count);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
}

/** `size` different integers of 0 … count − 1, each subset equally likely (Floyd's algorithm). */
export function sampleWithoutReplacement(count: number, size: number, random: Random): Uint32Array {
  const chosen = new Uint32Array(size);
  const add = numberSet(size);
  for (let i = 0, last = count - size; i < size; i++, last++) {
    const candidate = random.integer(last + 1);
    const isNew = add(candidate);
    if (!isNew) add(last);
    chosen[i] = isNew ? candidate : last;
  }
  return chosen;
}

/** A set for at most this many integers, several times as fast as a `Set`. @returns what adds one, and says whether it is new */
function numberSet(most: number): (number: number) => boolean {
  // Twice as many slots as numbers; each holds one more than its number, or 0 while it is free.
  const bits = 33 - Math.clz32(most);
  const slots = new Uint32Array(2 ** bits);
  const mask = slots.length - 1;
  return (number) => {
    let slot = Math.imul(number, 0x9e3779b1) >>> (32 - bits);
    for (; slots[slot] > 0; slot = (slot + 1) & mask) if (slots[slot] === number + 1) return false;
    slots[slot] = number + 1;
    return true;
  };
}
