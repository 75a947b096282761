// Tries each kind of fault many times and prints a table of what survived:
//   npm run torture -- [--short] [--times N] [kinds…]     kinds by a part of their names; default: all
// The seeds are fixed: the same faults are tried each time. Ctrl+C ends it with the table of what was tried so far.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { failingThreads } from "./failing-threads";
import { killsWhileFollowing, quickRotations } from "./following";
import { fullDisk } from "./full-disk";
import { hostileInputs } from "./hostile-inputs";
import { hostileNames } from "./hostile-names";
import { signals, stops } from "./interrupts";
import { killsAfterChanges, killsAtRandom } from "./kills";
import { mutatedInputs } from "./mutated-inputs";
import { rotations } from "./rotations";
import { tamperedModels } from "./tampered-models";
import { type Kind, Stopped, Trial } from "./trial";

const kinds: readonly Kind[] = [
  killsAfterChanges,
  killsAtRandom,
  fullDisk,
  signals,
  stops,
  rotations,
  killsWhileFollowing,
  quickRotations,
  tamperedModels,
  failingThreads,
  hostileInputs,
  mutatedInputs,
  hostileNames,
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { short: { type: "boolean", default: false }, times: { type: "string" } },
  });
  process.env.TRAFFIC_BROWSER ??= ""; // figures need no pictures here
  const size = values.short ? "short" : "long";
  const chosen = kinds
    .filter(({ fault }) => positionals.length === 0 || positionals.some((part) => fault.includes(part)))
    .filter(({ times }) => Number(values.times ?? times[size]) > 0);
  if (chosen.length === 0) throw new Error(`no kind of fault is called ${positionals.join(", ")}`);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const trials: Trial[] = [];
  for (const { fault, run, times } of chosen) {
    if (stop.signal.aborted) break;
    const trial = new Trial(fault, stop.signal);
    trials.push(trial);
    const folder = mkdtempSync(join(tmpdir(), "torture-"));
    const start = performance.now();
    try {
      await run(trial, folder, Number(values.times ?? times[size]));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    console.error(`${fault}: ${Math.round((performance.now() - start) / 1000)} s`);
  }
  console.log(["| Kind of fault | tried | survived |", "|---|---:|---:|", ...trials.map(row)].join("\n"));
  const isBad = ({ tried, survived, skipped }: Trial) => survived < tried || (skipped && process.env.CI);
  if (trials.some(isBad)) process.exitCode = 1;
}

function row({ fault, tried, survived, skipped }: Trial): string {
  return `| ${[fault, ...(skipped ? ["–", `not tried: ${skipped}`] : [count(tried), count(survived)])].join(" | ")} |`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
