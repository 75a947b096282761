// Presses stop at random moments after Run, with two busy processes beside the kernel, and prints what came of it:
//   npx tsx test/notebooks/press-stop.ts [presses] [seed]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { Kernel } from "traffic-anomaly/dist/notebooks/kernel";
import { endless } from "./endless";

async function main(presses: number, seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "press-stop-"));
  const busy = [0, 1].map(() => spawn(process.execPath, ["-e", "for (;;);"]));
  const generator = xoroshiro128plus(seed);
  const random = () => (generator.next() >>> 0) / 2 ** 32;
  const kernel = await Kernel.create(folder);
  const kinds = Object.entries(endless);
  const lost: string[] = [];
  let longest = 0;
  try {
    for (let i = 0; i < presses; i++) {
      const [name, code] = kinds[i % kinds.length];
      const milliseconds = Math.round(1000 * random() ** 3); // most soon after Run, where the moments differ
      const running = kernel.execute(code);
      await sleep(milliseconds);
      const pressed = performance.now();
      const outcome = await kernel.interrupt();
      const { status } = await running;
      const took = performance.now() - pressed;
      longest = Math.max(longest, took);
      console.log(
        `${name}, pressed after ${milliseconds} ms: ${outcome}, ${status}, after ${took.toFixed()} ms`,
      );
      if (outcome !== "interrupted" || status !== "error") lost.push(name);
      await sleep(300); // tslab takes no cell for 200 ms
      const next = await kernel.execute("1 + 1");
      if (next.status !== "ok") lost.push(`the cell after ${name}: ${next.status}`);
    }
  } finally {
    await kernel.shutdown();
    for (const child of busy) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
  console.log(
    `seed ${seed}: ${presses} presses, ${lost.length} lost, the longest took ${longest.toFixed()} ms`,
  );
  for (const name of lost) console.log(`lost: ${name}`);
  if (lost.length > 0) process.exitCode = 1;
}

void main(Number(process.argv[2] ?? 50), Number(process.argv[3] ?? Date.now() % 1e6));
