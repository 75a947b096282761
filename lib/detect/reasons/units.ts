export function count(value: number, what: string): string {
  return `${value} ${what}${value === 1 ? "" : "s"}`;
}

/** A share in per cent without decimals, never rounded to none or all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return "< 1 %";
  if (share < 1 && share > 0.995) return "> 99 %";
  return `${Math.round(100 * share)} %`;
}

/** Bytes in units of 1000: `512 B`, `3.1 MB`. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let scaled = value;
  for (; scaled >= 999.5 && unit < units.length - 1; unit++) scaled /= 1000;
  return `${Number(scaled.toPrecision(3))} ${units[unit]}`;
}

/** A time in the unit that suits it: `12 ms`, `3.2 s`, `5 min`, `2.5 h`. */
export function seconds(value: number): string {
  const short = (number: number) => String(Number(number.toPrecision(number < 100 ? 2 : 3)));
  if (value === 0) return "0 s";
  if (value < 0.001) return "< 1 ms";
  if (value < 0.9995) return `${short(1000 * value)} ms`;
  if (value < 120) return `${short(value)} s`;
  if (value < 7200) return `${short(value / 60)} min`;
  if (value < 172_800) return `${short(value / 3600)} h`;
  return `${short(value / 86_400)} days`;
}
