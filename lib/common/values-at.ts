/**
 * The values at the positions, in their order. `Float64Array.from(positions, …)` would do it too, but first lists them
 * all in several times the memory.
 */
export function valuesAt(values: ArrayLike<number>, positions: Uint32Array): Float64Array {
  const chosen = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i++) chosen[i] = values[positions[i]];
  return chosen;
}
