// What the commands compute on each backend. Sums are taken in another order on each, so the last bits differ, and training
// carries that on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { onlyInCi } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { nativeInstalled } from "../fixtures/native";
import { refuse, traffic } from "./command";
import { study } from "./study";

const folder = temporaryFolder("backends");
const backends = ["kernel", "wasm", "cpu", ...(nativeInstalled ? ["native"] : [])];

test("every backend trains and scores and says so; losses, and scores by one model, differ by less than a 100,000th", {
  skip: onlyInCi("ten seconds"),
}, async (t) => {
  const losses: number[][] = [];
  for (const backend of backends) {
    const cwd = join(folder, backend);
    const { stdout } = await study(cwd, "--backend", backend);
    assert.match(stdout, new RegExp(`^Backend of the autoencoder: ${backend}; seed 1$`, "m"));
    const json = async (...path: string[]) => JSON.parse(await readFile(join(cwd, ...path), "utf8"));
    for (const file of ["metrics.json", "run.json"])
      assert.equal((await json("outputs", file)).backend, backend, file);
    const { history } = await json("models", "autoencoder", "autoencoder.json");
    losses.push(history.flatMap(Object.values));
    const inTraining = largestRatio(losses[0], losses[losses.length - 1]);
    t.diagnostic(`losses of training on ${backend}: ${inTraining.toExponential(1)}`);
    assert.ok(inTraining < 1e-5, `losses on ${backend} differ by ${inTraining}`);
  }
  const expected = await scoresOfTest(join(folder, "kernel"), "kernel");
  for (const backend of backends.slice(1)) {
    const inScores = largestRatio(expected, await scoresOfTest(join(folder, "kernel"), backend));
    t.diagnostic(`scores on ${backend}: ${inScores.toExponential(1)}`);
    assert.ok(inScores < 1e-5, `scores on ${backend} differ by ${inScores}`);
  }
});

test("native without tfjs-node is refused before anything is read, and the sentence says what to install", {
  skip: nativeInstalled && "tfjs-node is installed",
}, async () => {
  const sentence =
    /^the backend native needs tfjs-node, .*: npm install tfjs-node-native@npm:@tensorflow\/tfjs-node@\d/;
  const native = ["missing", "--backend", "native"];
  await refuse(
    [
      [["run", "--data", ...native], sentence],
      [["train", ...native, "--out", "model"], sentence],
    ],
    { cwd: folder },
  );
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
