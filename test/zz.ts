import { mkdtempSync } from "node:fs";
import { locateTestFile, locateTrainingFile } from "traffic-anomaly";
import { runStudy } from "./bench/study";

async function main() {
  const files = [await locateTrainingFile(), await locateTestFile("10-percent")] as string[];
  const t = performance.now();
  await runStudy({
    files,
    folder: mkdtempSync("/tmp/b/st"),
    threads: +(process.argv[2] ?? 2),
    backend: "wasm",
    seed: 1,
  } as never);
  console.log(
    ((performance.now() - t) / 1000).toFixed(2),
    process.cpuUsage(),
    process.resourceUsage().maxRSS / 1024,
  );
}
void main();
