/** FNV-1a, 32 bits: two of a thousand texts have the same hash once in ten thousand times. */
export function textHash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state | 0;
}
