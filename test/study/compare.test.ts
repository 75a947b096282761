import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { InputError } from "traffic-anomaly";
import { comparisonReport } from "traffic-anomaly/dist/cli/compare-command";
import { type Comparison, compareRuns } from "traffic-anomaly/dist/study/compare";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("compare");
const place = (name: string) => join(folder, name);

/** Writes what a run leaves: a forest's ROC AUC on the test file, of one seed or as mean ± sd over several. */
async function writeRun(name: string, rocAuc: number, trees: number, deviation?: number): Promise<void> {
  const protocols = { mixed: {}, novelty: { later: { "isolation-forest": { rocAuc } } } };
  const over = {
    novelty: { later: { "isolation-forest": { rocAuc: { mean: rocAuc, standardDeviation: deviation } } } },
  };
  const metrics = {
    schemaVersion: 1,
    seed: 1,
    backend: "kernel",
    dataset: { name: "pumps.csv", sha256: "0".repeat(64), rows: 400 },
    protocols,
    ...(deviation !== undefined && { repeats: { seeds: [1, 2, 3, 4, 5], protocols: over } }),
  };
  await mkdir(place(name));
  await writeFile(place(`${name}/metrics.json`), JSON.stringify(metrics));
  await writeFile(
    place(`${name}/run.json`),
    JSON.stringify({ versions: { node: "22" }, settings: { "isolation-forest": { trees } } }),
  );
}

before(async () => {
  await writeRun("usual", 0.9, 100, 0.01);
  await writeRun("small", 0.905, 20, 0.01);
  await writeRun("large", 0.95, 500, 0.01);
  await writeRun("single", 0.95, 100);
  await writeRun("other", 0.9, 100);
});

function differencesOf({ figures }: Comparison) {
  assert.deepEqual(
    figures.map(({ protocol, detector, figure }) => [protocol, detector, figure]),
    [["novelty, later", "isolation-forest", "ROC AUC"]],
  );
  return figures[0].differences;
}

test("a difference is set against Student's t of the deviations over seeds, each of a mean", async () => {
  const comparison = await compareRuns([place("usual"), place("small"), place("large")]);
  const [small, large] = differencesOf(comparison);
  // t of 4 degrees of freedom; two means of five seeds each.
  const noise = 2.78 * Math.sqrt(0.01 ** 2 / 5 + 0.01 ** 2 / 5);
  assert.ok(Math.abs((small?.noise ?? 0) - noise) < 1e-12 && Math.abs((large?.noise ?? 0) - noise) < 1e-12);
  assert.ok(Math.abs((small?.difference ?? 0) - 0.005) < 1e-12);
  const text = comparisonReport(comparison);
  assert.match(
    text,
    /isolation forest, ROC AUC +0\.9000 ± 0\.0100 +0\.9050 ± 0\.0100 +0\.9500 ± 0\.0100 +\+0\.0050 + \+0\.0500 \*$/m,
  );
  assert.match(text, /^A: .*usual, seeds 1, 2, 3, 4, 5, mean ± sd$/m);
});

test("a run of one seed varies as the other does; of two with one seed each nobody knows, and the report says so", async () => {
  const [found] = differencesOf(await compareRuns([place("usual"), place("single")]));
  assert.ok(Math.abs((found?.noise ?? 0) - 2.78 * Math.sqrt(0.01 ** 2 / 5 + 0.01 ** 2)) < 1e-12);
  const comparison = await compareRuns([place("single"), place("other")]);
  assert.deepEqual(
    differencesOf(comparison).map((difference) => difference?.noise),
    [undefined],
  );
  const text = comparisonReport(comparison);
  assert.match(text, / −0\.0500 \?$/m);
  assert.match(text, /\?: one seed each, so that noise is not known: run with --repeats 5/);
  assert.match(text, /^No setting differs\.$/m);
});

test("settings and seeds that differ are named with the value of each run", async () => {
  const { settings } = await compareRuns([place("usual"), place("small"), place("single")]);
  assert.deepEqual(settings, [
    { name: "seeds", values: ["1, 2, 3, 4, 5", "1, 2, 3, 4, 5", "1"] },
    { name: "settings.isolation-forest.trees", values: ["100", "20", "100"] },
  ]);
});

test("what is no run is refused in a sentence that names the folder or the file", async () => {
  await mkdir(place("empty"));
  await writeRun("damaged", 0.9, 100);
  await writeFile(place("damaged/metrics.json"), '{"schemaVersion": 1, "protocols": {}, "seed": "x"}');
  await writeRun("older", 0.9, 100);
  await writeFile(place("older/metrics.json"), '{"schemaVersion": 0}');
  for (const [folders, words] of [
    [["usual"], /^compare needs two folders of runs or more, got 1$/],
    [["usual", "empty"], /empty is no folder of a run: it has no readable metrics\.json$/],
    [["usual", "missing"], /missing is no folder of a run: it has no readable metrics\.json$/],
    [["damaged", "usual"], /metrics\.json is damaged: its seeds are no integers$/],
    [["older", "usual"], /metrics\.json is not that of a run of this version$/],
  ] as const)
    await assert.rejects(compareRuns(folders.map(place)), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, words);
      return true;
    });
});
