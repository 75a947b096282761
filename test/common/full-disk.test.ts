import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { contents } from "../cli/command";
import { share, tryAll } from "../fixtures/cases";
import { writeResults } from "./write-results";

const disk = join(tmpdir(), `full-disk-${process.pid}`);
after(() => {
  spawnSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

test("a disk that is full at any moment of writing keeps the old results, whole, and a sentence names the place", async (context) => {
  mkdirSync(disk);
  if (process.getuid?.() !== 0 || spawnSync("mount", ["-t", "tmpfs", "tmpfs", disk]).status !== 0) {
    assert.ok(!process.env.CI, "CI can mount a file system");
    console.log("skipped: this needs root, to mount a small file system");
    return context.skip("this needs root");
  }
  const folder = join(disk, "results");
  await writeResults(folder, "old");
  const old = contents(folder);
  const resize = (blocks: number) => spawnSync("mount", ["-o", `remount,size=${4096 * blocks}`, disk]).status;
  let refusals = 0;
  // Each round leaves one page less for the results, from room for all to room for none.
  for (let pages = 28; pages > 0; pages -= tryAll ? 1 : 2) {
    const used = Number(
      spawnSync("du", ["-s", "--block-size=4096", disk], { encoding: "utf8" }).stdout.split("\t")[0],
    );
    assert.equal(resize(used + pages), 0);
    const error = await writeResults(folder, "new").then(
      () => undefined,
      (reason) => reason,
    );
    resize(4096);
    if (!error) {
      await writeResults(folder, "old");
      assert.deepEqual(contents(folder), old);
      continue;
    }
    refusals++;
    assert.equal(error.name, "InputError", error.stack);
    assert.match(
      error.message,
      /^cannot write to .*results\/(alerts\.jsonl|models\/office|outputs).*: no space left on the device$/,
    );
    assert.doesNotMatch(error.message, /unfinished/);
    assert.deepEqual(contents(folder), old, `${pages} pages`);
  }
  assert.ok(refusals > share(5, 2), `${refusals} refusals`);
});
