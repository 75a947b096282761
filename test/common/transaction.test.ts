import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { Transaction } from "traffic-anomaly";
import { temporaryFolder } from "../fixtures/folder";

const root = temporaryFolder("transaction");
let folder: string;
beforeEach(async () => {
  folder = join(root, "results");
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "model"), { recursive: true });
  await writeFile(join(folder, "figures.json"), "old figures");
  await writeFile(join(folder, "model", "weights"), "old weights");
  await writeFile(join(folder, "stale.csv"), "old");
});

const text = (...path: string[]) => readFile(join(folder, ...path), "utf8");
const old = async () => {
  assert.deepEqual((await readdir(folder)).sort(), ["figures.json", "model", "stale.csv"]);
  assert.deepEqual(await readdir(join(folder, "model")), ["weights"]);
  assert.deepEqual(
    [await text("figures.json"), await text("model", "weights"), await text("stale.csv")],
    ["old figures", "old weights", "old"],
  );
};

async function stageAll(transaction: Transaction): Promise<void> {
  await writeFile(await transaction.stage(join(folder, "figures.json")), "new figures");
  const model = await transaction.stage(join(folder, "model"));
  await mkdir(model);
  await writeFile(join(model, "forest"), "new forest");
  await transaction.stage(join(folder, "stale.csv"));
}

test("nothing changes until commit; then all of it does, and what was not written is gone", async () => {
  const transaction = new Transaction();
  await stageAll(transaction);
  assert.deepEqual([await text("figures.json"), await text("stale.csv")], ["old figures", "old"]);
  await transaction.commit();
  assert.deepEqual((await readdir(folder)).sort(), ["figures.json", "model"]);
  assert.deepEqual(await readdir(join(folder, "model")), ["forest"]);
  assert.deepEqual(
    [await text("figures.json"), await text("model", "forest")],
    ["new figures", "new forest"],
  );
});

test("after rollback everything is as it was", async () => {
  const transaction = new Transaction();
  await stageAll(transaction);
  await transaction.rollback();
  await old();
});

test("rollback after commit undoes nothing", async () => {
  const transaction = new Transaction();
  await stageAll(transaction);
  await transaction.commit();
  await transaction.rollback();
  assert.equal(await text("figures.json"), "new figures");
});

test("folders that a place needs are made", async () => {
  const transaction = new Transaction();
  await writeFile(await transaction.stage(join(folder, "a", "b", "c.txt")), "c");
  await transaction.commit();
  assert.equal(await text("a", "b", "c.txt"), "c");
});

test("a file never replaces a folder, nor a folder a file, and moves made before are undone", async () => {
  const fileOverFolder = new Transaction();
  await stageAll(fileOverFolder);
  await mkdir(join(folder, "own"));
  await writeFile(join(folder, "own", "letter"), "dear");
  await writeFile(await fileOverFolder.stage(join(folder, "own")), "file");
  await assert.rejects(fileOverFolder.commit(), {
    name: "InputError",
    message: `cannot write to ${join(folder, "own")}: a folder of that name is in the way`,
  });
  assert.equal(await text("own", "letter"), "dear");
  await rm(join(folder, "own"), { recursive: true });
  await old();

  const folderOverFile = new Transaction();
  await stageAll(folderOverFile);
  await writeFile(join(folder, "own"), "dear");
  await mkdir(await folderOverFile.stage(join(folder, "own")));
  await assert.rejects(
    folderOverFile.commit(),
    /^InputError: cannot write to .*own: a file of that name is in the way$/,
  );
  assert.equal(await text("own"), "dear");
  await rm(join(folder, "own"));
  await old();
});

test("a folder at a place that was not written to stays", async () => {
  const transaction = new Transaction();
  await transaction.stage(join(folder, "model"));
  await transaction.commit();
  await old();
});

test("a place below a file is refused", async () => {
  const transaction = new Transaction();
  for (const place of ["figures.json/new", "figures.json/sub/new"])
    await assert.rejects(
      transaction.stage(join(folder, place)),
      /^InputError: cannot write to .*figures\.json/,
    );
  await transaction.rollback();
  await old();
});

test("what killed processes left behind is removed, what running ones write is not", async () => {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  await mkdir(join(folder, `.unfinished-${dead}-abc`));
  await writeFile(join(folder, `.unfinished-${dead}-abc`, "new-0"), "half");
  await mkdir(join(folder, `.unfinished-${process.ppid}-abc`));
  await mkdir(join(folder, ".unfinished-business"));
  const transaction = new Transaction();
  await transaction.stage(join(folder, "figures.json"));
  assert.equal(existsSync(join(folder, `.unfinished-${dead}-abc`)), false);
  assert.equal(existsSync(join(folder, `.unfinished-${process.ppid}-abc`)), true);
  assert.equal(existsSync(join(folder, ".unfinished-business")), true);
  await transaction.rollback();
});

test("two transactions at a time do not disturb each other", async () => {
  const [first, second] = [new Transaction(), new Transaction()];
  await writeFile(await first.stage(join(folder, "figures.json")), "first");
  await writeFile(await second.stage(join(folder, "figures.json")), "second");
  await first.commit();
  assert.equal(await text("figures.json"), "first");
  await second.commit();
  assert.equal(await text("figures.json"), "second");
});
