// What the native backend computes, beside wasm. Sums are taken in another order there, so the last bits differ, and
// training carries that on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { RunMetrics } from "traffic-anomaly";
import { readRecord } from "../bench/record";
import { temporaryFolder } from "../fixtures/folder";
import { nativeInstalled } from "../fixtures/native";
import { realDataTest, realFiles } from "../fixtures/real-data";
import { traffic } from "./command";
import { study } from "./study";

const folder = temporaryFolder("backends");
const skip = !nativeInstalled && "tfjs-node is not installed";

test("losses of training and scores by one model differ by less than a 100,000th", {
  skip,
}, async (t) => {
  const losses: number[][] = [];
  for (const backend of ["wasm", "native"]) {
    await study(join(folder, backend), "--backend", backend);
    const { history } = JSON.parse(
      await readFile(join(folder, backend, "models", "autoencoder", "autoencoder.json"), "utf8"),
    );
    losses.push(history.flatMap(Object.values));
  }
  const inTraining = largestRatio(losses[0], losses[1]);
  t.diagnostic(`losses of training: ${inTraining.toExponential(1)}`);
  assert.ok(inTraining < 1e-5, `losses differ by ${inTraining}`);

  for (const trainedOn of ["wasm", "native"]) {
    const scores: number[][] = [];
    for (const backend of ["wasm", "native"])
      scores.push(await scoresOfTest(join(folder, trainedOn), backend));
    const inScores = largestRatio(scores[0], scores[1]);
    t.diagnostic(`scores by the model of ${trainedOn}: ${inScores.toExponential(1)}`);
    assert.ok(inScores < 1e-5, `scores differ by ${inScores}`);
  }
});

/** Scores of `test.gz` by the autoencoder of a study. */
async function scoresOfTest(cwd: string, backend: string): Promise<number[]> {
  const out = `${backend}.csv`;
  const parameters = [
    "score",
    "test.gz",
    "--model",
    "models/autoencoder",
    "--backend",
    backend,
    "--out",
    out,
  ];
  const { code, stderr } = await traffic(parameters, { cwd });
  assert.equal(code, 0, stderr);
  const [header, ...lines] = readFileSync(join(cwd, out), "utf8").trim().split("\n");
  const column = header.split(",").indexOf("score");
  return lines.map((line) => Number(line.split(",")[column]));
}

function largestRatio(some: readonly number[], others: readonly number[]): number {
  assert.ok(some.length > 0);
  assert.equal(some.length, others.length);
  return Math.max(...some.map((value, i) => Math.abs(value - others[i]) / Math.max(value, others[i])));
}

if (nativeInstalled)
  realDataTest(
    "on KDD'99 every recorded figure of the autoencoder differs by less than 0.005",
    async (_, t) => {
      const { backend, seeds, protocols } = readRecord();
      assert.equal(backend, "wasm");
      const files = await realFiles();
      const data = ["--data", files.get("10-percent")!, "--test", files.get("corrected")!];
      const { code, stdout, stderr } = await traffic(
        ["run", ...data, "--backend", "native", "--seed", String(seeds[0]), "--json"],
        { cwd: folder },
      );
      assert.equal(code, 0, stderr);
      const { novelty } = (JSON.parse(stdout) as { metrics: RunMetrics }).metrics.protocols;
      let largest = 0;
      for (const part of ["holdout", "corrected"])
        for (const [path, { values }] of Object.entries(protocols.novelty[part].autoencoder)) {
          // A path such as deduplicated.rocAuc.
          const figure = path
            .split(".")
            .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], novelty[part].autoencoder);
          const difference = Math.abs((figure as number) - values[0]);
          assert.ok(difference < 0.005, `${path} on ${part} differs by ${difference}`);
          largest = Math.max(largest, difference);
        }
      t.diagnostic(`largest difference: ${largest.toFixed(5)}`);
    },
  );
