/**
 * A share as KDD'99 writes it: divided in single precision, and rounded to hundredths as C's `printf("%.2f")` does, so
 * that an exact half goes to the even digit. 0 if `whole` is 0.
 *
 * @example
 * rate(1, 8); // 0.12
 */
export function rate(part: number, whole: number): number {
  if (whole === 0) return 0;
  // Exact, as 24 binary digits times 100 need 31: of 3/40, the nearest single number is a little more than 0.075.
  const hundredths = Math.fround(part / whole) * 100;
  const below = Math.floor(hundredths);
  const rest = hundredths - below;
  const roundsUp = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return (roundsUp ? below + 1 : below) / 100;
}
