import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRandom } from "traffic-anomaly";
import { contents } from "../cli/command";
import { temporaryFolder } from "../fixtures/folder";

const root = temporaryFolder("kills");
const hook = join(__dirname, "..", "fixtures", "kill-after.cjs");

/** Runs write-results.cjs, killed after so many operations. */
function writeResults(folder: string, text: string | undefined, killAfter?: number) {
  const log = join(root, "operations");
  rmSync(log, { force: true });
  const parameters = [join(__dirname, "write-results.cjs"), folder, ...(text === undefined ? [] : [text])];
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, ["-r", hook, ...parameters], {
    encoding: "utf8",
    env: { ...process.env, KILL_AFTER: String(killAfter ?? ""), KILL_LOG: log },
  });
  assert.ok(signal === "SIGKILL" || status === 0, `${status} ${stderr}`);
  const operations = signal === null ? Number(readFileSync(log, "utf8")) : Infinity;
  return { operations, wasKilled: signal !== null, stdout };
}

/** What is there by names below the folder, but for files on which an unfinished command works. */
const resultsIn = (folder: string) =>
  Object.fromEntries(
    Object.entries(contents(folder)).map(([path, sha256]) => [path.slice(folder.length), sha256]),
  );

/** A folder with results of a run before and files of the user's, as it is before and after a new run. */
function prepared() {
  const [before, after] = [join(root, "before"), join(root, "after")];
  mkdirSync(join(before, "models", "office"), { recursive: true });
  mkdirSync(join(before, "outputs"));
  writeResults(before, "old");
  for (const path of [
    "notes.txt",
    "models/office/kept.log",
    "models/notes.txt",
    "outputs/thesis.tex",
    "outputs/plots-of-mine",
  ])
    writeFileSync(join(before, path), "mine");
  cpSync(before, after, { recursive: true, preserveTimestamps: true });
  const { operations } = writeResults(after, "new");
  return { before, operations, old: resultsIn(before), new: resultsIn(after) };
}

const start = prepared();
const folder = join(root, "work");
const restart = () => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(start.before, folder, { recursive: true, preserveTimestamps: true });
};
/** After fixing, all of the results are old or all are new, files of the user's are there, and nothing else is. */
const requireWhole = (killedAt: string) => {
  const found = resultsIn(folder);
  const isNew = found["/alerts.jsonl"] === start.new["/alerts.jsonl"];
  assert.deepEqual(found, isNew ? start.new : start.old, `killed ${killedAt}`);
  return isNew;
};

test("a run without a kill replaces our files, removes those not written again, and keeps those of others", () => {
  assert.deepEqual(readdirSync(join(start.before, "models", "office")).sort(), [
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

test(`killed after any of the operations, all results are old or all are new when the next command is done`, () => {
  let became: boolean | undefined;
  for (let killAfter = 1; killAfter <= start.operations; killAfter++) {
    restart();
    assert.ok(writeResults(folder, "new", killAfter).wasKilled);
    const { stdout } = writeResults(folder, undefined);
    const isNew = requireWhole(`after operation ${killAfter}`);
    assert.ok(
      isNew || became !== true,
      `operation ${killAfter}: once the new results count, they go on to count`,
    );
    became = isNew;
    if (stdout !== "")
      assert.match(stdout, /^a command was ended while .*: its new results are there now, whole\n$/);
  }
  assert.equal(became, true);
});

test("killed again while it is fixed, it is fixed by the one after", () => {
  const random = createRandom(1, "kills");
  for (let round = 0; round < 40; round++) {
    restart();
    const first = 1 + random.integer(start.operations);
    writeResults(folder, "new", first);
    const again = 1 + random.integer(20);
    writeResults(folder, undefined, again);
    writeResults(folder, undefined);
    requireWhole(`after operation ${first}, then after ${again} of fixing`);
  }
});

test("a command that writes anew after a kill leaves its own results, whole", () => {
  for (let killAfter = 3; killAfter <= start.operations; killAfter += 7) {
    restart();
    writeResults(folder, "half", killAfter);
    writeResults(folder, "new");
    assert.deepEqual(resultsIn(folder), start.new, `killed after operation ${killAfter}`);
  }
});
