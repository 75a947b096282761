import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { requireNumber } from "./errors";

/** A seeded source of random numbers (xoroshiro128+). */
export interface Random {
  /** A number in [0, 1). */
  uniform(): number;
  /** An integer in [0, `below`), without modulo bias. */
  integer(below: number): number;
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
  const generator = xoroshiro128plus(hash(`${seed} ${purpose}`));
  // The first numbers of neighbouring seeds are alike, until the generator's state is mixed.
  for (let i = 0; i < 8; i++) generator.next();
  return {
    uniform: () => uniformFloat64(generator),
    integer: (below) => uniformInt(generator, 0, below - 1),
  };
}

/** A random order of the integers 0 … count − 1 (Fisher and Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
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
  const chosen = new Set<number>();
  for (let last = count - size; last < count; last++) {
    const candidate = random.integer(last + 1);
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return Uint32Array.from(chosen);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state | 0;
}
