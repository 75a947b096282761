import type { Curve } from "../../evaluation/curves";

/** How many trees have a path of which length, with the mean and the length to expect, as the inside of an SVG of 320 × 130. */
export function pathLengthChart(pathLengths: readonly number[], mean: number, expected: number): string {
  const longest = Math.ceil(Math.max(...pathLengths, expected) + 1);
  const counts = new Array<number>(longest).fill(0);
  for (const length of pathLengths) counts[Math.floor(length)]++;
  const most = Math.max(...counts);
  const x = (length: number) => 10 + (300 * length) / longest;
  const bars = counts.map((count, length) => {
    const height = (85 * count) / most;
    return `<rect class="bar" x="${x(length) + 0.5}" y="${100 - height}" width="${300 / longest - 1}" height="${height}"/>`;
  });
  const step = Math.ceil(longest / 10);
  const ticks = counts
    .map((_, length) => length)
    .filter((length) => length % step === 0)
    .map((length) => `<text x="${x(length)}" y="112" text-anchor="middle">${length}</text>`);
  return `${bars.join("")}<path class="axis" d="M10 100H310"/>${ticks.join("")}
<path class="mark" d="M${x(mean)} 8V100"/><path class="expected" d="M${x(expected)} 8V100"/>
<text x="160" y="126" text-anchor="middle">path length; solid: mean, dashed: expected</text>`;
}

/** A ROC curve with the place of the threshold on it, as the inside of an SVG of 170 × 170. */
export function rocChart(
  curve: Curve,
  at: { readonly falseAlarmRate: number; readonly recall: number },
): string {
  const x = (rate: number) => 20 + 140 * rate;
  const y = (recall: number) => 148 - 140 * recall;
  const points = Array.from(curve.x, (rate, i) => `${x(rate)},${y(curve.y[i])}`);
  return `<rect class="axis" x="20" y="8" width="140" height="140"/><path class="axis" d="M20 148L160 8"/>
<polyline class="curve" points="${points.join(" ")}"/>
<circle class="mark" cx="${x(at.falseAlarmRate)}" cy="${y(at.recall)}" r="4"/>
<text x="90" y="164" text-anchor="middle">false-alarm rate</text>
<text x="12" y="78" text-anchor="middle" transform="rotate(-90 12 78)">recall</text>`;
}
