// Notebooks on simulated traffic: what they say and show there is true of it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, suite, test } from "node:test";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { codeCells, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { parametersOf } from "traffic-anomaly/dist/notebook/tools/parameters";
import { runCopy } from "traffic-anomaly/dist/notebook/tools/run-copy";
import { runNotebook } from "traffic-anomaly/dist/notebook/tools/runner";
import { keptTraining } from "../fixtures/kept-training";
import { noNetwork } from "../fixtures/no-network";
import { foreignWords, unprintedNumbers } from "./numbers";
import { createWorkspace, writeSources } from "./workspace";

const notebooks = join(__dirname, "..", "..", "notebooks");
const copies = mkdtempSync(join(tmpdir(), "simulated-"));
after(() => rmSync(copies, { recursive: true }));

// The kernels inherit it: captions are asked for, not pictures, and there is no other data.
process.env.TRAFFIC_BROWSER = "";
delete process.env.TRAFFIC_DATA;
Object.assign(process.env, keptTraining());
process.env.NODE_OPTIONS += ` ${noNetwork.NODE_OPTIONS}`;

const slow = process.env.CI === "true" ? false : "takes two minutes in all: set CI=true to run it";

test("without data and network a notebook says in its first output that sentences about KDD'99 do not hold", async (context) => {
  const file = await writeSources(await createWorkspace(context), "01-loads", [
    'import { loadStudyData } from "traffic-anomaly";',
    "const { simulated } = await loadStudyData();",
  ]);
  await runNotebook(file, { graceSeconds: 0.1 });
  const [first] = codeCells(await readNotebook(file)).flatMap(({ outputs }) => outputs);
  assert.equal(
    "text" in first && first.text,
    "KDD'99 was not found and could not be downloaded.\nSimulated traffic is used instead: sentences about KDD'99 do not hold for it.\nTo use KDD'99, put kddcup.data_10_percent.gz and corrected.gz into data/, or name a file with --data\n",
  );
});

suite("on simulated traffic", async () => {
  for (const file of await findNotebooks([], notebooks)) {
    if (dirname(file) !== notebooks || !parametersOf(await readNotebook(file)).has("data")) continue;
    const name = basename(file, ".ipynb");
    test(`${name} runs, its text has the numbers that it prints, and nothing it shows names other data`, {
      skip: slow,
    }, async (context) => {
      const values = new Map([["data", "simulated"]]);
      const run = await runCopy(file, copies, `${name}.ipynb`, { values });
      context.diagnostic(`${run.seconds.toFixed(0)} s, ${Math.round(run.peakMemory / 1e6)} MB`);
      assert.ifError(run.failure);
      const copy = await readNotebook(run.file);
      assert.deepEqual(unprintedNumbers(copy), []);
      assert.deepEqual(foreignWords(copy), []);
    });
  }
});
