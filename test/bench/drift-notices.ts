// `tsx test/bench/drift-notices.ts [seeds]`: how often usual simulated traffic of other hours and days than those learned from gets a
// drift notice. Of each seed a model learns a first day, and judges stretches of another company's week: by day, night and weekend,
// and the first connections of a log by windows that know nothing. Promised: at most 5 % false notices; a sweep must get one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, loadTrafficModel, simulatedConnections, trainOnTraffic } from "traffic-anomaly";
import type { Drift } from "traffic-anomaly/dist/detect/drift";
import type { TrafficModel } from "traffic-anomaly/dist/detect/model/traffic-model";
import { Monitor } from "traffic-anomaly/dist/detect/monitor";
import { WarmWindows } from "traffic-anomaly/dist/traffic/windows/warm-windows";
import { small, sweep, writeLog } from "../detect/network";
import { runScript } from "./data";

process.env.TRAFFIC_BROWSER = "";

/** From which day and hour of January 2026 to which. */
const stretches: Readonly<Record<string, readonly [from: number, to: number]>> = {
  "a day": [Date.UTC(2026, 0, 6, 8), Date.UTC(2026, 0, 6, 18)],
  "a night": [Date.UTC(2026, 0, 7), Date.UTC(2026, 0, 7, 6)],
  "a morning": [Date.UTC(2026, 0, 7, 9), Date.UTC(2026, 0, 7, 12)],
  Saturday: [Date.UTC(2026, 0, 10), Date.UTC(2026, 0, 11)],
  "a night of the weekend": [Date.UTC(2026, 0, 11), Date.UTC(2026, 0, 11, 8)],
};

/** Usual connections until a time. */
function usualUntil(end: number, seed: number): Connection[] {
  const found: Connection[] = [];
  for (const { content: _, ...connection } of simulatedConnections({ seed, connections: 1_000_000 })) {
    if (connection.start >= end / 1000) break;
    if (connection.label === "normal") found.push(connection);
  }
  return found;
}

async function driftOf(
  model: TrafficModel,
  connections: readonly Connection[],
  isCold = false,
): Promise<Drift> {
  const remembered = isCold ? WarmWindows.cold(model.windows).state : model.remembered;
  const monitor = new Monitor(model, undefined, { remembered });
  for (let start = 0; start < connections.length; start += 8_192) {
    const block = connections.slice(start, start + 8_192);
    await monitor.alerts(block, monitor.features(block));
  }
  return monitor.drift.drift;
}

runScript(async () => {
  const seeds = Number(process.argv[2] ?? 8);
  const folder = mkdtempSync(join(tmpdir(), "drift-notices-"));
  let [notices, judged, missed] = [0, 0, 0];
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const log = await writeLog(join(folder, "usual.log"), usualUntil(Date.UTC(2026, 0, 6), seed));
      const out = join(folder, `model-${seed}`);
      await trainOnTraffic([log], { out, outputsFolder: join(folder, "outputs"), ...small });
      const model = await loadTrafficModel(out);
      const week = usualUntil(Date.UTC(2026, 0, 11, 8), seed + 100);
      const parts = Object.entries(stretches).map(([name, [from, to]]) => {
        const own = week.filter(({ start }) => start >= from / 1000 && start < to / 1000);
        return [name, own, false] as const;
      });
      for (const [name, own, isCold] of [...parts, ["a cold start", week.slice(0, 1_000), true] as const]) {
        const { warning, stability } = await driftOf(model, own, isCold);
        judged++;
        if (warning !== undefined) notices++;
        const indices = Object.values(stability).map((index) => index.toFixed(2));
        console.log(
          `seed ${seed}, ${name}: ${own.length} connections, ${indices.join(" ")} ${warning ?? ""}`,
        );
      }
      if ((await driftOf(model, sweep(1_000, 1.7e9))).warning === undefined) missed++;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(
    `${notices} false notices for ${judged} stretches of usual traffic; ${missed} of ${seeds} sweeps without one`,
  );
});
