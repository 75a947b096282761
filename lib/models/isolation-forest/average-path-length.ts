import { log } from "../../common/exact-math";

const eulerGamma = 0.5772156649015329;

/** The harmonic number H(n) = 1 + 1/2 + … + 1/n: summed up to n = 1000, by its asymptotic series beyond. */
export function harmonicNumber(n: number): number {
  if (n > 1000) return log(n) + eulerGamma + 1 / (2 * n) - 1 / (12 * n * n);
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += 1 / i;
  return sum;
}

/**
 * c(n): the average path length of an unsuccessful search in a binary search tree of n items, which an isolation
 * tree of n rows resembles. c(1) = 0, c(2) = 1, c(256) ≈ 10.24. Equation 1 of Liu, Ting and Zhou 2008, with the
 * exact harmonic number where the paper approximates it.
 *
 * @example
 * averagePathLength(2); // 1
 */
export function averagePathLength(n: number): number {
  return n <= 1 ? 0 : 2 * harmonicNumber(n - 1) - (2 * (n - 1)) / n;
}
