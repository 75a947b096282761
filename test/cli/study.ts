// A small study, run once for the tests of a file.
import assert from "node:assert/strict";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { type Outcome, served, traffic } from "./command";

/** Options that make a run short. */
export const small = ["--epochs", "2", "--trees", "10", "--sample-size", "64"];

export const trainLines: readonly string[] = trafficLines({ rows: 400 });
export const testLines: readonly string[] = trafficLines({ rows: 300, seed: 2 });

/** Writes `train.csv` and `test.gz`, and runs a study of them that leaves `models` and `outputs`. */
export async function study(folder: string, ...parameters: string[]): Promise<Outcome> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  await writeLines(join(folder, "train.csv"), trainLines);
  await writeLines(join(folder, "test.gz"), testLines, { gzip: true });
  // A process has one backend.
  const run = parameters.includes("--backend") ? traffic : served;
  const outcome = await run(["run", "--data", "train.csv", "--test", "test.gz", ...small, ...parameters], {
    cwd: folder,
  });
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome;
}
