import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { createRandom } from "traffic-anomaly";
import { contents } from "../cli/command";
import { share, tryAll } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { stopAfter } from "../fixtures/stop-after";
import { mendResults, writeResults } from "./write-results";

const root = temporaryFolder("kills");
const [first, second, folder] = ["before", "after", "work"].map((name) => join(root, name));

/** What is there by names below the folder. */
const resultsIn = (folder: string) =>
  Object.fromEntries(
    Object.entries(contents(folder)).map(([path, sha256]) => [path.slice(folder.length), sha256]),
  );

/** A folder with results of a run before and files of the user's, as it is before and after a new run. */
let start: { old: Record<string, string>; new: Record<string, string>; changes: number };
before(async () => {
  mkdirSync(join(first, "models", "office"), { recursive: true });
  mkdirSync(join(first, "outputs"));
  await writeResults(first, "old");
  for (const path of [
    "notes.txt",
    "models/office/kept.log",
    "models/notes.txt",
    "outputs/thesis.tex",
    "outputs/plots-of-mine",
  ])
    writeFileSync(join(first, path), "mine");
  cpSync(first, second, { recursive: true, preserveTimestamps: true });
  const { changes } = await stopAfter(Infinity, () => writeResults(second, "new"));
  start = { old: resultsIn(first), new: resultsIn(second), changes };
});
const restart = () => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(first, folder, { recursive: true, preserveTimestamps: true });
};
/** After fixing, all of the results are old or all are new, files of the user's are there, and nothing else is. */
const requireWhole = (killedAt: string) => {
  const found = resultsIn(folder);
  const isNew = found["/alerts.jsonl"] === start.new["/alerts.jsonl"];
  assert.deepEqual(found, isNew ? start.new : start.old, `killed ${killedAt}`);
  return isNew;
};

test("a run without a kill replaces our files, removes those not written again, and keeps those of others", () => {
  assert.deepEqual(readdirSync(join(first, "models", "office")).sort(), [
    "autoencoder",
    "kept.log",
    "manifest.json",
    "only-old.bin",
  ]);
  const names = Object.keys(start.new);
  assert.ok(names.includes("/models/office/only-new.bin") && !names.includes("/models/office/only-old.bin"));
  assert.ok(names.includes("/outputs/rejected-new.json") && !names.includes("/outputs/rejected-old.json"));
  assert.equal(start.new["/outputs/thesis.tex"], start.old["/outputs/thesis.tex"]);
});

test("stopped after any of its changes, all results are old or all are new when the next command is done", async () => {
  let became: boolean | undefined;
  for (let change = 1; change <= start.changes; change += tryAll ? 1 : 5) {
    restart();
    const { wasStopped } = await stopAfter(change, () => writeResults(folder, "new"));
    assert.ok(wasStopped);
    const notices = await mendResults(folder);
    const isNew = requireWhole(`after change ${change}`);
    assert.ok(isNew || became !== true, `change ${change}: once the new results count, they go on to count`);
    became = isNew;
    for (const notice of notices)
      assert.match(notice, /^a command was ended while .*: its new results are there now, whole$/);
  }
  assert.equal(became, true);
});

test("a process that is killed leaves on the disk what one leaves that stops", async () => {
  const hook = join(__dirname, "..", "fixtures", "kill-after.cjs");
  const parameters = ["-r", hook, ...process.execArgv, join(__dirname, "write-results.ts"), folder, "new"];
  for (const part of [0.2, 0.5, 0.7, 0.9]) {
    const change = Math.ceil(part * start.changes);
    restart();
    const env = { ...process.env, KILL_AFTER: String(change) };
    assert.equal(spawnSync(process.execPath, parameters, { env }).signal, "SIGKILL");
    const killed = Object.values(resultsIn(folder)).sort();
    await mendResults(folder);
    requireWhole(`after change ${change}`);
    restart();
    await stopAfter(change, () => writeResults(folder, "new"));
    // Names of work folders are random, and journals hold inodes and times.
    assert.equal(Object.values(resultsIn(folder)).length, killed.length, `after change ${change}`);
  }
});

test("stopped again while it is fixed, it is fixed by the one after", async () => {
  const random = createRandom(1, "kills");
  let stopped = 0;
  for (let round = 0; round < share(60, 5); round++) {
    restart();
    const change = 1 + random.integer(start.changes);
    await stopAfter(change, () => writeResults(folder, "new"));
    const again = 1 + random.integer(20);
    const { wasStopped } = await stopAfter(again, () => mendResults(folder));
    if (wasStopped) stopped++;
    await mendResults(folder);
    requireWhole(`after change ${change}, then after ${again} of fixing`);
  }
  assert.ok(stopped > share(20, 5), `only ${stopped} were stopped while they fixed`);
});

test("a command that writes anew after a kill leaves its own results, whole", async () => {
  for (let change = 3; change <= start.changes; change += tryAll ? 7 : 21) {
    restart();
    await stopAfter(change, () => writeResults(folder, "half"));
    await writeResults(folder, "new");
    assert.deepEqual(resultsIn(folder), start.new, `stopped after change ${change}`);
  }
});
