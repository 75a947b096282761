// `tsx test/bench/throughput.ts [connections…]`: from a conn.log to alerts with the isolation forest: connections a second
// and peak memory, for simulated logs of each size (default 2,500,000 and 22,000,000, which is 2 GB). Memory should not
// grow with the log, and stay under 400 MB.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scoreTraffic, trainOnTraffic, writeSimulatedLog } from "traffic-anomaly";
import { runScript } from "./data";

const sizes = [2_500_000, 22_000_000];

async function main(): Promise<void> {
  const [task, log, model] = process.argv.slice(2);
  if (task === "score") return score(log, model);
  const wanted = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), "throughput-"));
  process.env.TRAFFIC_BROWSER = "";
  try {
    const usual = join(folder, "usual.log");
    await writeSimulatedLog(usual, { connections: 100_000, seed: 2, format: "zeek" });
    const out = join(folder, "model");
    await trainOnTraffic([usual], {
      out,
      outputsFolder: join(folder, "outputs"),
      autoencoder: { epochs: 1 },
    });
    for (const connections of wanted.length > 0 ? wanted : sizes) {
      const path = join(folder, "conn.log");
      await writeSimulatedLog(path, { connections, seed: 1, format: "zeek" });
      const megabytes = Math.round(statSync(path).size / 1e6);
      console.log(
        `${connections.toLocaleString("en-US")} connections, ${megabytes.toLocaleString("en-US")} MB:`,
      );
      // A process of its own, whose peak memory is that of scoring alone.
      const child = [...process.execArgv, __filename, "score", path, out];
      const { status } = spawnSync(process.execPath, child, { stdio: "inherit" });
      if (status !== 0) throw new Error("scoring failed");
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function score(log: string, model: string): Promise<void> {
  const started = performance.now();
  const { connections, alerts } = await scoreTraffic([log], model, {
    detector: "isolation-forest",
    out: `${log}.alerts.json`,
  });
  const seconds = (performance.now() - started) / 1000;
  const rate = Math.round(connections / seconds).toLocaleString("en-US");
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `  ${rate} connections a second (${seconds.toFixed(1)} s), ${alerts.toLocaleString("en-US")} alerts, peak memory ${peak} MB`,
  );
}

runScript(main);
