// Tampers with models at random and prints what came of it: npx tsx test/bench/fuzz-models.ts [--cases 10000] [--from 0]
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Outcome } from "../tampering/attempt";
import { writeModels } from "../tampering/models";
import { mutations } from "../tampering/mutations";
import { tamperings } from "../tampering/tamperings";
import { limits, tryModels } from "../tampering/try-models";

process.env.TRAFFIC_BROWSER = "";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { cases: { type: "string", default: "10000" }, from: { type: "string", default: "0" } },
  });
  const [count, from] = [Number(values.cases), Number(values.from)];
  const folder = mkdtempSync(join(tmpdir(), "fuzz-models-"));
  try {
    const originals = join(folder, "originals");
    await writeModels(originals);
    const cases = [
      ...tamperings.map(({ title }) => title),
      ...Array.from({ length: count }, (_, i) => from + i),
    ];
    const outcomes = await tryModels(cases, originals, folder, availableParallelism(), complain);
    console.log("tampered with   tried  refused  used  failed  slowest  most memory");
    for (const kind of ["by name", ...Object.keys(mutations)])
      console.log(
        line(
          kind,
          outcomes.filter(({ kinds }) => kinds.includes(kind)),
        ),
      );
    console.log(line("all", outcomes));
    if (outcomes.some(isBad)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isBad({ result, megabytes }: Outcome): boolean {
  return result === "failed" || megabytes > limits.megabytes;
}

function complain(outcome: Outcome): void {
  if (!isBad(outcome)) return;
  const { tried, kinds, message, megabytes } = outcome;
  console.log(`case ${tried} (${kinds.join(", ")}): ${megabytes.toFixed(0)} MB, ${message}`);
}

function line(kind: string, outcomes: readonly Outcome[]): string {
  const counted = (result: Outcome["result"]) =>
    outcomes.filter((outcome) => outcome.result === result).length;
  const most = (of: (outcome: Outcome) => number) => Math.max(0, ...outcomes.map(of));
  return [
    kind.padEnd(14),
    String(outcomes.length).padStart(7),
    String(counted("refused")).padStart(9),
    String(counted("used")).padStart(6),
    String(counted("failed")).padStart(8),
    `${(most(({ milliseconds }) => milliseconds) / 1000).toFixed(1)} s`.padStart(9),
    `${most(({ megabytes }) => megabytes).toFixed(0)} MB`.padStart(13),
  ].join("");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
