import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { findNotebooks, runNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { createWorkspace, writeSources } from "./workspace";

test("notebooks are found by number, name or path, in order", async (context) => {
  const folder = await createWorkspace(context);
  await mkdir(join(folder, "solutions"));
  await mkdir(join(folder, ".ipynb_checkpoints"));
  const files = ["02-second", "01-first", "solutions/01-first", ".ipynb_checkpoints/01-first-checkpoint"];
  for (const name of files) await writeFile(join(folder, `${name}.ipynb`), "");
  const [first, second, solution] = ["01-first", "02-second", join("solutions", "01-first")].map((name) =>
    join(folder, `${name}.ipynb`),
  );
  assert.deepEqual(await findNotebooks([], folder), [first, second, solution]);
  assert.deepEqual(await findNotebooks(["02", "01-first"], folder), [second, first]);
  assert.deepEqual(await findNotebooks(["solutions/01"], folder), [solution]);
  assert.deepEqual(await findNotebooks([first], folder), [first]);
  await assert.rejects(
    findNotebooks(["1"], folder),
    /^InputError: no notebook '1' in .*: there are 01-first\.ipynb/,
  );
  await assert.rejects(findNotebooks([], join(folder, "missing")), /no notebooks in /);
});

test("all notebooks are run though one fails, and the words say which", async (context) => {
  const folder = await createWorkspace(context);
  await writeSources(folder, "01-fails", ["1", "missing"]);
  await writeSources(folder, "02-passes", ["1 + 1"]);
  const notices: string[] = [];
  const onNotice = (text: string) => notices.push(text);
  const run = await runNotebooks([], { folder, onNotice, graceSeconds: 0.1 });
  assert.equal(run.text, "1 notebook passed; 1 failed: 01-fails");
  assert.equal(run.value.passed, false);
  assert.equal(notices[0], "failed: 01-fails, cell [2]: 1:1 - Cannot find name 'missing'.\n\n    missing");
  assert.match(notices[1], /^02-passes: 1 cell passed \(\d+\.\d s, \d+ MB\); new outputs: \[1\]$/);

  await writeSources(folder, "02-passes", ["2 + 2"]);
  const stale = await runNotebooks(["02"], { folder, check: true, graceSeconds: 0.1 });
  assert.deepEqual(
    [stale.text, stale.value.passed],
    ["1 notebook passed; outputs are stale in 02-passes", false],
  );
});
