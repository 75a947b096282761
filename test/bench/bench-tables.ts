// The tables that are made from the record of `npm run bench`: for the terminal, and for the page of figures.
import type { BenchRecord, Comparison, Measurement, Spread } from "./bench-record";

/** Every side of a work, and every comparison, a line each. */
export function terminalTable({ title, threads, sides, comparisons }: Measurement): string {
  const lines = [`${title}, ${threads === 1 ? "1 thread" : `${threads} threads`}`];
  for (const { side, seconds, peakMegabytes } of sides)
    lines.push(`  ${side.padEnd(28)} ${spread(seconds, shortSeconds)} s, ${peakMegabytes} MB`);
  for (const { side, peer, faster, smaller, goal } of comparisons) {
    const wanted = goal ? `; goal ${goalText(goal)}: ${goal.met ? "met" : "MISSED"}` : "";
    lines.push(
      `    ${side} is ${spread(faster, short)} × as fast as ${peer}, with ${percent(1 / smaller)} of its memory${wanted}`,
    );
  }
  return lines.join("\n");
}

/** The table of the page of figures: a row a peer that a goal is about, how many times as fast ours is with one thread and with two. */
export function readmeTable({ date, machine, versions, runs, measurements }: BenchRecord): string {
  const rows = new Map<string, Map<number, string>>();
  for (const { title, threads, sides, comparisons } of measurements) {
    const [{ side: ours }] = sides;
    const peers = new Set(comparisons.filter(({ goal }) => goal).map(({ peer }) => peer));
    for (const { side, peer, faster, smaller, goal } of comparisons) {
      if (side !== ours || !peers.has(peer)) continue;
      const name = `${title} | ${peer}`;
      const cells = rows.get(name) ?? new Map<number, string>();
      rows.set(name, cells);
      const memory = goal?.smaller ? `, ${percent(1 / smaller)} of its memory` : "";
      cells.set(threads, `${short(faster.median)} ×${memory}`);
    }
  }
  const { node, python, "traffic-anomaly": ours, ...peers } = versions;
  const list = (named: Readonly<Record<string, string>>) =>
    Object.entries(named)
      .map((pair) => pair.join(" "))
      .join(", ");
  return [
    "| Work | Beside | 1 thread | 2 threads |",
    "|---|---|---|---|",
    ...[...rows].map(([name, cells]) => `| ${name} | ${cells.get(1) ?? ""} | ${cells.get(2) ?? ""} |`),
    "",
    `How many times as fast as the peer with as many threads; medians of ${runs} alternating runs on ${date.slice(0, 10)},`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB; traffic-anomaly ${ours}, Node.js ${node}, Python ${python ?? "missing"},`,
    `${list(peers)}.`,
  ].join("\n");
}

/** Goals below one are told as how far the peer may be ahead. */
function goalText({ faster, smaller }: NonNullable<Comparison["goal"]>): string {
  const speed = faster < 1 ? `within ${short(1 / faster)} ×` : `≥ ${short(faster)} ×`;
  return smaller ? `${speed}, less memory` : speed;
}

function spread({ median, min, max }: Spread, shown: (value: number) => string): string {
  return `${shown(median)} (${shown(min)} to ${shown(max)})`;
}

/** Two digits. */
function short(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2).replace(/\.0$/, "");
}

function shortSeconds(seconds: number): string {
  return seconds >= 10 ? seconds.toFixed(1) : seconds.toPrecision(3);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
