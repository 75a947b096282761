const [minus, dot, zero, nine] = [45, 46, 48, 57];

/**
 * The decimal number that a part of a text is, without cutting it out; NaN if it is none.
 *
 * Most have no more digits than a 64-bit number holds exactly, and then one division rounds as `Number` does
 * (Clinger 1990: both the digits and the power of ten are exact).
 */
export function decimalIn(text: string, from: number, to: number): number {
  let digits = 0;
  let decimals = -1; // no dot yet
  let at = text.charCodeAt(from) === minus ? from + 1 : from;
  const negative = at > from;
  const first = at;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= zero && code <= nine) {
      digits = digits * 10 + (code - zero);
      if (decimals >= 0) decimals++;
    } else if (code === dot && decimals < 0) decimals = 0;
    else break;
  }
  if (at < to || digits > Number.MAX_SAFE_INTEGER || decimals > 22) return anyDecimal(text.slice(from, to));
  if (at === first || (decimals >= 0 && at === first + 1)) return Number.NaN;
  const size = decimals > 0 ? digits / powersOfTen[decimals] : digits;
  return negative ? 0 - size : size;
}

const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

function anyDecimal(text: string): number {
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) + 0 : Number.NaN; // + 0: without the sign of -0
}
