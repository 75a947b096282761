// `npx tsx test/bench/budget.ts`: what share of usual connections alerts after learning from so many, at a budget of 1 %, on
// simulated traffic without attacks, each seed a company of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, loadTrafficModel, trainOnTraffic, zeekHeader, zeekTsvLine } from "traffic-anomaly";
import { Monitor } from "traffic-anomaly/dist/detect/monitor";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import { runScript } from "./data";

/** Two hours, a day and two days of learning, and what is judged after them. */
const cases = [
  { learned: 4_000, judged: 1_500, seeds: 150 },
  { learned: 18_000, judged: 18_000, seeds: 20 },
  { learned: 54_000, judged: 18_000, seeds: 10 },
] as const;

function usualConnections(seed: number, count: number): Connection[] {
  const found: Connection[] = [];
  for (const { content: _, label, ...connection } of simulatedConnections({ seed, connections: 2 * count })) {
    if (label === "normal") found.push(connection);
    if (found.length === count) break;
  }
  return found;
}

async function shareFlagged(seed: number, learned: number, judged: number, folder: string): Promise<number> {
  const all = usualConnections(seed, learned + judged);
  const log = join(folder, "usual.log");
  const lines = all.slice(0, learned).map((connection) => zeekTsvLine(connection));
  writeFileSync(log, [zeekHeader(all[0].start), ...lines, ""].join("\n"));
  const out = join(folder, "model");
  await trainOnTraffic([log], { out, outputsFolder: join(folder, "outputs") });
  const monitor = new Monitor({ ...(await loadTrafficModel(out)), views: {} });
  const rest = all.slice(learned);
  await monitor.alerts(rest, monitor.features(rest));
  return monitor.findings.alerts / rest.length;
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

async function main(): Promise<void> {
  for (const { learned, judged, seeds } of cases) {
    const shares: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const folder = mkdtempSync(join(tmpdir(), "budget-"));
      try {
        shares.push(await shareFlagged(seed, learned, judged, folder));
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
    shares.sort((a, b) => a - b);
    const mean = shares.reduce((sum, share) => sum + share, 0) / seeds;
    const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (seeds - 1));
    console.log(
      `${learned} learned, ${judged} judged, ${seeds} seeds: mean ${percent(mean)} ± ${percent(deviation / Math.sqrt(seeds))}, median ${percent(shares[seeds >> 1])}, most ${percent(shares[seeds - 1])}`,
    );
  }
}

runScript(main);
