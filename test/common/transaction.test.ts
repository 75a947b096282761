import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { sharedFolder } from "traffic-anomaly/dist/common/own-files";
import { inTransaction, Transaction } from "traffic-anomaly/dist/common/transaction";
import { temporaryFolder } from "../fixtures/folder";

const root = temporaryFolder("transaction");
let folder: string;
beforeEach(async () => {
  folder = join(root, "results");
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "model"), { recursive: true });
  await writeFile(join(folder, "figures.json"), "old figures");
  await writeFile(join(folder, "model", "manifest"), "old manifest");
  await writeFile(join(folder, "model", "weights"), "old weights");
  await writeFile(join(folder, "model", "mine.txt"), "mine");
});

/** A folder with a file `manifest` is a model; a file `mine.txt` in it is not ours. */
const modelKind = {
  title: "model",
  ownFiles: async (place: string) =>
    existsSync(join(place, "manifest")) ? new Set(["manifest", "weights", "forest"]) : undefined,
};
const results = sharedFolder("results", (path) => /^(a|b|plots\/c)$/.test(path));

const text = (...path: string[]) => readFile(join(folder, ...path), "utf8");
const old = async () => {
  assert.deepEqual((await readdir(folder)).sort(), ["figures.json", "model"]);
  assert.deepEqual((await readdir(join(folder, "model"))).sort(), ["manifest", "mine.txt", "weights"]);
  assert.deepEqual(
    [await text("figures.json"), await text("model", "manifest"), await text("model", "weights")],
    ["old figures", "old manifest", "old weights"],
  );
};

async function stageAll(transaction: Transaction): Promise<void> {
  await writeFile(await transaction.stageFile(join(folder, "figures.json")), "new figures");
  const model = await transaction.stageFolder(join(folder, "model"), modelKind);
  await writeFile(join(model, "manifest"), "new manifest");
  await writeFile(join(model, "forest"), "new forest");
}

const refusal = (message: RegExp) => ({ name: "InputError", message });

test("nothing changes until commit; then all of it does, what was not written again is gone, and files of others stay", async () => {
  const transaction = new Transaction();
  await stageAll(transaction);
  assert.equal(await text("figures.json"), "old figures");
  await transaction.commit();
  assert.deepEqual((await readdir(folder)).sort(), ["figures.json", "model"]);
  assert.deepEqual((await readdir(join(folder, "model"))).sort(), ["forest", "manifest", "mine.txt"]);
  assert.deepEqual(
    [await text("figures.json"), await text("model", "forest")],
    ["new figures", "new forest"],
  );
});

test("after rollback everything is as it was, and rollback after commit undoes nothing", async () => {
  const first = new Transaction();
  await stageAll(first);
  await first.rollback();
  await old();
  const second = new Transaction();
  await stageAll(second);
  await second.commit();
  await second.rollback();
  assert.equal(await text("figures.json"), "new figures");
});

test("what was staged and not written to stays as it was", async () => {
  const transaction = new Transaction();
  await transaction.stageFolder(join(folder, "model"), modelKind);
  await transaction.stageFile(join(folder, "figures.json"));
  await transaction.commit();
  await old();
});

test("folders that a place needs are made, and go again if nothing is written", async () => {
  const place = join(folder, "a", "b", "c.txt");
  await inTransaction({}, async (transaction) => void (await transaction.stageFile(place)));
  await old();
  await inTransaction({}, async (transaction) => writeFile(await transaction.stageFile(place), "c"));
  assert.equal(await text("a", "b", "c.txt"), "c");
});

test("a file keeps its rights when it is replaced", async () => {
  await chmod(join(folder, "figures.json"), 0o600);
  await inTransaction({}, async (transaction) =>
    writeFile(await transaction.stageFile(join(folder, "figures.json")), "new"),
  );
  assert.equal((await stat(join(folder, "figures.json"))).mode & 0o777, 0o600);
});

test("a folder that is not ours is refused when it is named, not after the work", async () => {
  const stage = (name: string) => new Transaction().stageFolder(join(folder, name), modelKind);
  await mkdir(join(folder, "thesis"));
  await writeFile(join(folder, "thesis", "1.tex"), "dear");
  await assert.rejects(
    stage("thesis"),
    refusal(/thesis: it is no model, but a folder with 1\.tex; name a new one/),
  );
  await assert.rejects(stage("figures.json"), refusal(/figures\.json: a file of that name is in the way/));
  await assert.rejects(stage("figures.json/new"), refusal(/a part of the path is a file/));
  await mkdir(join(folder, "empty"));
  const transaction = new Transaction();
  await writeFile(join(await transaction.stageFolder(join(folder, "empty"), modelKind), "manifest"), "new");
  await transaction.commit();
  assert.equal(await text("empty", "manifest"), "new");
});

test("a working folder, one above it, a project, a home and what holds an input are not places for a model, even empty ones", async () => {
  const stage = (place: string, read: string[] = []) =>
    new Transaction({ read }).stageFolder(place, modelKind);
  await assert.rejects(stage("/"), refusal(/the root of all files/));
  await assert.rejects(stage(process.cwd()), refusal(/the working folder/));
  await assert.rejects(stage(join(process.cwd(), "..")), refusal(/the working folder, or holds it/));
  await mkdir(join(folder, "project", ".git"), { recursive: true });
  await assert.rejects(stage(join(folder, "project")), refusal(/a project's folder, with \.git/));
  await assert.rejects(
    stage(join(folder, "model"), [join(folder, "model", "mine.txt")]),
    refusal(/where mine\.txt is, which is read/),
  );
});

test("a file is never written over a folder, over what is read, or through a link to what is not ours", async () => {
  const stage = (name: string, read: string[] = []) =>
    new Transaction({ read }).stageFile(join(folder, name));
  await assert.rejects(stage("model"), refusal(/a folder of that name is in the way; name a file/));
  await link(join(folder, "figures.json"), join(folder, "other-name"));
  for (const name of ["figures.json", "other-name"])
    await assert.rejects(
      stage(name, [join(folder, "figures.json")]),
      refusal(/is read: choose another output/),
    );
  await symlink("figures.json", join(folder, "to-figures"));
  await symlink("missing", join(folder, "to-nothing"));
  for (const name of ["to-figures", "to-nothing"])
    await assert.rejects(stage(name), refusal(/it is a link to what this program did not write/));
  await assert.rejects(stage("x".repeat(256)), refusal(/the name is too long/));

  const alert = '{"@timestamp":"2026-01-01T00:00:00.000Z","traffic_anomaly":{}}\n';
  await writeFile(join(folder, "alerts"), alert);
  await symlink("alerts", join(folder, "to-alerts"));
  await inTransaction({}, async (transaction) =>
    writeFile(await transaction.stageFile(join(folder, "to-alerts")), "new"),
  );
  assert.equal(await text("alerts"), "new");
  assert.equal(existsSync(join(folder, "to-alerts")), true);
});

test("a name of 255 bytes can be written", async () => {
  const name = "x".repeat(255);
  await inTransaction({}, async (transaction) =>
    writeFile(await transaction.stageFile(join(folder, name)), "long"),
  );
  assert.equal(await text(name), "long");
});

test("in a folder that others use, only files are replaced that were written before and not changed since", async () => {
  const shared = join(folder, "outputs");
  const write = (...names: string[]) =>
    inTransaction({}, async (transaction) => {
      const place = await transaction.stageFolder(shared, results);
      for (const name of names) {
        await mkdir(join(place, name, ".."), { recursive: true });
        await writeFile(join(place, name), names.join());
      }
    });
  await mkdir(shared);
  await writeFile(join(shared, "b"), "mine");
  await assert.rejects(
    write("a"),
    refusal(/outputs\/b: this program did not write what is there; move it away/),
  );
  await rm(join(shared, "b"));
  await writeFile(join(shared, "letter"), "dear");
  await write("a", "plots/c");
  await write("a");
  assert.deepEqual((await readdir(shared)).sort(), [".traffic-anomaly.json", "a", "letter"]);
  assert.equal(await text("outputs", "a"), "a");
  await writeFile(join(shared, "a"), "changed by its reader");
  await assert.rejects(write("a"), refusal(/outputs\/a: this program did not write what is there/));
  assert.equal(await text("outputs", "a"), "changed by its reader");
});

test("what comes in the way during the work makes commit fail, and moves made before are undone", async () => {
  const transaction = new Transaction();
  await stageAll(transaction);
  await rm(join(folder, "model", "weights"));
  await mkdir(join(folder, "model", "forest", "deep"), { recursive: true });
  await assert.rejects(transaction.commit(), refusal(/in the way/));
  await rm(join(folder, "model", "forest"), { recursive: true });
  await writeFile(join(folder, "model", "weights"), "old weights");
  await old();
});

test("what killed processes left behind is removed, what running ones write is not", async (t) => {
  const source = `const { Transaction } = require("traffic-anomaly/dist/common/transaction");
    new Transaction().stageFile(process.argv[1]).then((path) => {
      require("node:fs").writeFileSync(path, "half");
      setImmediate(() => {
        gc(); // nothing refers to the transaction any more, and its lock must hold all the same
        console.log(path);
      });
      setInterval(() => {}, 1000);
    });`;
  const start = async (name: string) => {
    const child = spawn(process.execPath, ["--expose-gc", "-e", source, join(folder, name)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    const [output] = await once(child.stdout, "data");
    return { child, path: String(output).trim() };
  };
  const [killed, running] = [await start("a"), await start("b")];
  killed.child.kill("SIGKILL");
  await once(killed.child, "exit");
  await mkdir(join(folder, ".unfinished-business"));
  const transaction = new Transaction();
  await transaction.stageFile(join(folder, "figures.json"));
  assert.deepEqual([killed.path, running.path, join(folder, ".unfinished-business")].map(existsSync), [
    false,
    true,
    true,
  ]);
  await transaction.rollback();
});

test("of two transactions at a time on one place, the one that ends last wins whole", async () => {
  const [first, second] = [new Transaction(), new Transaction()];
  const write = async (transaction: Transaction, name: string) => {
    const model = await transaction.stageFolder(join(folder, "model"), modelKind);
    await writeFile(join(model, "manifest"), name);
    await writeFile(join(model, name), name);
  };
  await write(first, "forest");
  await write(second, "weights");
  await Promise.all([first.commit(), second.commit()]);
  const names = (await readdir(join(folder, "model"))).sort();
  const winner = await text("model", "manifest");
  assert.deepEqual(names, ["manifest", "mine.txt", winner].sort());
});

test("an archive from a stranger with unfinished work in it moves nothing outside of its folder", async () => {
  const work = join(folder, ".unfinished-traffic-anomaly", "work-abcdef");
  await mkdir(work, { recursive: true });
  await writeFile(join(root, "victim"), "precious");
  await writeFile(join(work, "new-0"), "evil");
  await writeFile(join(work, "committed"), "");
  await symlink(root, join(folder, "way-out"));
  for (const to of ["../victim", join(root, "victim"), "way-out/victim"]) {
    const moves = [{ from: "new-0", to }];
    await writeFile(
      join(work, "journal.json"),
      JSON.stringify({ formatVersion: 1, first: "", parts: [""], moves }),
    );
    await assert.rejects(new Transaction().stageFile(join(folder, "figures.json")), refusal(/is damaged/));
    assert.equal(await readFile(join(root, "victim"), "utf8"), "precious");
  }
});
