// Ctrl+C at random moments in every command, once or twice, and what came of it:
//   npx tsx test/cli/press-ctrl-c.ts [rounds] [seed] [command]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { makePlace, type Press, press } from "./pressing";

async function main(rounds: number, seed: number, only?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "press-"));
  const place = await makePlace(folder);
  const generator = xoroshiro128plus(seed);
  const random = () => (generator.next() >>> 0) / 2 ** 32;
  const names = Object.keys(place.commands).filter((name) => only === undefined || name === only);
  const presses: Press[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      for (const name of names) {
        const first = 4000 * random() ** 2;
        const delays = round % 2 === 0 ? [first] : [first, 400 * random()];
        const signal = (["SIGINT", "SIGTERM", "SIGHUP"] as const)[round % 3];
        const result = await press(place, name, delays.map(Math.round), signal);
        presses.push(result);
        const bad = faults(result);
        const { command, code, milliseconds, stderr } = result;
        console.log(
          `${command}, ${signal} after ${result.delays.join(" + ")} ms: ${code} in ${milliseconds.toFixed()} ms`,
        );
        for (const fault of bad) console.log(`  ${fault}`);
        if (bad.length > 0) console.log(stderr.replace(/^/gm, "    "));
      }
    }
  } finally {
    place.close();
    rmSync(folder, { recursive: true });
  }
  const bad = presses.filter((one) => faults(one).length > 0);
  const slowest = presses.reduce((a, b) => (a.milliseconds > b.milliseconds ? a : b));
  console.log(
    `seed ${seed}: ${presses.length} presses, ${bad.length} with a fault; slowest: ${slowest.command}, ${slowest.milliseconds.toFixed()} ms`,
  );
  process.exitCode = bad.length > 0 ? 1 : 0;
}

function faults({ code, milliseconds, traces }: Press): string[] {
  return [
    ...([0, 129, 130, 143].includes(code) ? [] : [`exit code ${code}`]),
    ...(milliseconds > 2000 ? [`${milliseconds.toFixed()} ms`] : []),
    ...traces,
  ];
}

void main(Number(process.argv[2] ?? 10), Number(process.argv[3] ?? Date.now() % 1e6), process.argv[4]);
