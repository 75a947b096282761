import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { codeCells, type Notebook, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { traffic } from "../cli/command";
import { onlyInCi } from "../fixtures/cases";
import { createWorkspace, writeSources } from "./workspace";

const parameters = ['const seed = 1;\nconst name = "a";', "name + seed", 'throw new Error("no");', "4"];
const tags = { 0: ["parameters"] };
const printed = (notebook: Notebook) =>
  codeCells(notebook).map(({ outputs }) =>
    "text" in (outputs[0] ?? {}) ? String(Reflect.get(outputs[0], "text")) : "",
  );

test("a copy runs with other values up to the cell that fails, which is marked; the notebook stays", async (context) => {
  const folder = await createWorkspace(context);
  const out = join(folder, "mine");
  const file = await writeSources(folder, "05-fails", parameters, tags);
  const before = readFileSync(file, "utf8");
  const { code, stdout, stderr } = await traffic(
    ["notebooks", "05", "--folder", folder, "--out", out, "--set", "seed=7", "--set", "name=b=c"],
    { cwd: folder },
  );
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "0 notebooks passed; 1 failed: 05-fails\n");
  const path = join(out, "05-fails.ipynb");
  assert.ok(stderr.startsWith(`failed, see ${path}: 05-fails, cell [3]: Error: no\n`), stderr);
  assert.equal(readFileSync(file, "utf8"), before);

  const copy = await readNotebook(path);
  assert.deepEqual(
    copy.cells.map(({ cell_type, source }) => (cell_type === "code" ? "code" : source)),
    [
      "**[Cell 3](#Failing-cell) failed, and the run stopped there:** `Error: no`",
      "# Title\n\nText.",
      ...["code", "code", "#### Failing cell", "code", "code"],
    ],
  );
  assert.equal(codeCells(copy)[0].source, 'const seed = 7;\nconst name = "b=c";');
  assert.equal(printed(copy)[1], "b=c7\n");
  const [, , failing, last] = codeCells(copy);
  assert.equal(failing.outputs[0].output_type, "error");
  assert.deepEqual([last.outputs, last.execution_count], [[], null]);
  assert.equal(new Set(copy.cells.map(({ id }) => id)).size, copy.cells.length);
});

test("copies stand beside each other, are replaced, and never replace what somebody changed", {
  skip: onlyInCi("ten seconds"),
}, async (context) => {
  const folder = await createWorkspace(context);
  const out = join(folder, "mine");
  await writeSources(folder, "01-one", ["const seed = 1;", "seed"], tags);
  await writeSources(folder, "02-two", ["const seed = 1;", "seed + 1"], tags);
  const run = (name: string, seed: string) =>
    runNotebooks([name], { folder, out, values: new Map([["seed", seed]]), graceSeconds: 0.1 });
  await run("01", "5");
  await run("02", "5");
  const report = await run("01", "6");
  assert.equal(report.text, "1 notebook passed");
  assert.deepEqual(readdirSync(out).sort(), [".traffic-anomaly.json", "01-one.ipynb", "02-two.ipynb"]);
  assert.equal(printed(await readNotebook(join(out, "01-one.ipynb")))[1], "6\n");

  const path = join(out, "01-one.ipynb");
  const changed = readFileSync(path, "utf8").replace("seed = 6", "seed = 60");
  writeFileSync(path, changed);
  await assert.rejects(
    run("01", "7"),
    /^InputError: cannot write to .*01-one\.ipynb: this program did not write/,
  );
  assert.equal(readFileSync(path, "utf8"), changed);
});

test("a cell says a sentence as markdown, whose numbers are text as well", async (context) => {
  const folder = await createWorkspace(context);
  const sources = ['import { say } from "traffic-anomaly/notebook";\nsay("**" + (1 + 1) + "** of 3");'];
  await writeSources(folder, "01-says", sources);
  await runNotebooks(["01"], { folder, graceSeconds: 0.1 });
  const [{ outputs }] = codeCells(await readNotebook(join(folder, "01-says.ipynb")));
  const data = { "text/markdown": "**2** of 3", "text/plain": "**2** of 3" };
  assert.deepEqual(outputs, [{ output_type: "display_data", data, metadata: {} }]);
});

test("what can't be is said before anything runs", async (context) => {
  const folder = await createWorkspace(context);
  await writeSources(folder, "01-one", ["const seed = 1;"], tags);
  await writeSources(folder, "02-two", ["1"]);
  const refused: [parameters: string[], message: RegExp][] = [
    [
      ["--set", "seed=7"],
      /^error: --set runs copies: say where they go with --out FOLDER; the notebooks stay as they are$/m,
    ],
    [["--data", "simulated"], /^error: --data runs copies: say where they go with --out FOLDER/m],
    [["--out", "mine", "--check"], /^error: --check writes nothing: leave out --out$/m],
    [
      ["--out", "mine", "--set", "seed"],
      /^error: --set takes a name and a value, such as seed=7, got 'seed'$/m,
    ],
    [["--out", "mine", "--set", "seed=7"], /^error: 02-two has no parameter seed: it has no cell/m],
    [
      ["01", "--out", "mine", "--set", "seed=x"],
      /^error: 01-one: seed must be a number, got x: its parameters are seed/m,
    ],
    [["--out", "."], /^error: .*01-one\.ipynb: this program did not write what is there; move it away/m],
  ];
  for (const [given, message] of refused) {
    const { code, stderr } = await traffic(["notebooks", "--folder", ".", ...given], { cwd: folder });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
  assert.deepEqual(readdirSync(folder).sort(), ["01-one.ipynb", "02-two.ipynb", "node_modules"]);
});

test("without the data that their text is about, notebooks are not run, but copies on simulated traffic are", {
  skip: onlyInCi("ten seconds"),
}, async (context) => {
  const folder = await createWorkspace(context);
  const sources = ['const data = "kdd";', "data"];
  for (const name of ["01-one", "02-two"]) await writeSources(folder, name, sources, tags);
  const before = readFileSync(join(folder, "01-one.ipynb"), "utf8");
  const refused = await traffic(["notebooks", "--folder", folder], { cwd: folder });
  assert.equal(refused.code, 2);
  assert.equal(
    refused.stderr,
    "error: 01-one and 1 more are about KDD'99, not found on this machine: put kddcup.data_10_percent.gz and corrected.gz into data/, or run copies on simulated traffic with --data simulated --out FOLDER\n",
  );
  const ownTable = join(folder, "tables");
  mkdirSync(ownTable);
  await writeSources(ownTable, "08-table", ['const data: string = "unsw-nb15";'], tags);
  const { stderr } = await traffic(["notebooks", "08", "--folder", ownTable], { cwd: folder });
  assert.match(stderr, /^error: 08-table is about UNSW-NB15 and ADBench, not found on this machine: /);
  assert.equal(readFileSync(join(folder, "01-one.ipynb"), "utf8"), before);
  const out = join(folder, "mine");
  const ran = await traffic(["notebooks", "01", "--folder", folder, "--data", "simulated", "--out", out], {
    cwd: folder,
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(printed(await readNotebook(join(out, "01-one.ipynb")))[1], "simulated\n");
});
