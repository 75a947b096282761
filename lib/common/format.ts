/** A text that starts with a capital letter. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A count with thousands separated: `229,853`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** How many there are of something: `1 host`, `229,853 hosts`. */
export function formatCounted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** A number of rows: `1 row`, `229,853 rows`. */
export function formatRows(rows: number): string {
  return formatCounted(rows, "row");
}

/** A share in per cent, never rounded to none or all: `97.3 %`, `< 0.1 %`, `> 99.9 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share >= 0.9995) return "> 99.9 %";
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

/** A score to three significant digits: `0.512`, `0.00123`, `4.56e-7`. */
export function formatScore(score: number): string {
  return String(significant(score, 3));
}

/** A number rounded to some significant digits: what a picture shows, in fewer bytes. */
export function significant(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

/** A number rounded to some decimals, where what is smaller is noise. */
export function decimals(value: number, digits = 4): number {
  return Number(value.toFixed(digits));
}

/** A text in lines, at least one, of at most so many characters, but for longer words. */
export function linesOf(text: string, length: number): string[] {
  return text.match(new RegExp(`\\S(?:.{0,${length - 2}}\\S)?(?=\\s|$)|\\S+`, "g")) ?? [""];
}

/** A plain array of the numbers, to six significant digits. */
export function numbersOf(values: Float64Array): number[] {
  return Array.from(values, (value) => significant(value, 6));
}
