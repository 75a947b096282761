/**
 * Functions whose last bit JavaScript leaves to the engine: `**` differs between versions of V8, and within one between its
 * interpreter and its compiler. These use only what IEEE 754 defines, so that results are the same bytes everywhere. After
 * FreeBSD's msun (Sun Microsystems 1993), the error is below one unit in the last place, {@link power} excepted.
 */

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

const words = new Int32Array(2);
const number = new Float64Array(words.buffer);
/** Where the word with sign and exponent lies. */
const high = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** 2 to the power of an integer from −1022 to 1023. */
function powerOfTwo(exponent: number): number {
  words[1 - high] = 0;
  words[high] = (exponent + 1023) << 20;
  return number[0];
}

export function square(x: number): number {
  return x * x;
}

/** eˣ */
export function exp(x: number): number {
  if (!(x < 709.782712893384)) return x >= 709.782712893384 ? Infinity : x;
  if (x < -745.13321910194122) return 0;
  const k = Math.round(x / Math.LN2);
  const result = expOfRest(x - k * ln2High, k * ln2Low);
  // In two steps, as 2^k alone may be beyond the range of numbers.
  const half = Math.trunc(k / 2);
  return result * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 2ˣ */
export function exp2(x: number): number {
  const k = Math.round(Math.min(1100, Math.max(-1100, x)));
  if (Number.isNaN(x) || k === 1100 || k === -1100) return x > 0 ? Infinity : x < 0 ? 0 : x;
  const half = Math.trunc(k / 2);
  return expOfRest((x - k) * Math.LN2, 0) * powerOfTwo(half) * powerOfTwo(k - half);
}

/** Of the polynomial in x² that {@link exp} and {@link exp2} are made of, from the constant on. */
export const expCoefficients = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
] as const;
const [p1, p2, p3, p4, p5] = expCoefficients;

/** e^(high − low), where that is at most half of ln 2 away from 0. */
function expOfRest(high: number, low: number): number {
  const x = high - low;
  const t = x * x;
  const c = x - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  return 1 - (low - (x * c) / (2 - c) - high);
}

/** The natural logarithm. */
export function log(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  // Below the normal numbers, exponents lie elsewhere.
  const [scaled, offset] = x < 2 ** -1022 ? [x * 2 ** 54, -54] : [x, 0];
  number[0] = scaled;
  const mantissa = words[high] & 0xfffff;
  // From √2 on, half of the number and the next exponent, so that the rest is near 1.
  const carry = (mantissa + 0x95f64) & 0x100000;
  const k = (words[high] >> 20) - 1023 + (carry >> 20) + offset;
  words[high] = mantissa | (carry ^ 0x3ff00000);
  return logOfRest(number[0] - 1, k);
}

/** log(1 + f) + k · ln 2, where √½ < 1 + f < √2. */
function logOfRest(f: number, k: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * ln2High - (half - (s * (half + odd + even) + k * ln2Low) - f);
}

/** log(1 + x), also where x is so small that 1 + x loses it. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1 || sum === Infinity || !(sum > 0)) return sum === 1 ? x : log(sum);
  return log(sum) - (sum - 1 - x) / sum; // what 1 + x lost, by the logarithm's slope
}

/** baseᵉˣᵖᵒⁿᵉⁿᵗ of a positive base, with an error of some units in the last place. */
export function power(base: number, exponent: number): number {
  return exp(exponent * log(base));
}
