import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { contents } from "../cli/command";

const disk = join(tmpdir(), `full-disk-${process.pid}`);
after(() => {
  spawnSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const run = (folder: string, text?: string) =>
  spawnSync(
    process.execPath,
    [join(__dirname, "write-results.cjs"), folder, ...(text === undefined ? [] : [text])],
    { encoding: "utf8" },
  );

test("a disk that is full at any moment of writing keeps the old results, whole, and a sentence names the place", (context) => {
  mkdirSync(disk);
  if (process.getuid?.() !== 0 || spawnSync("mount", ["-t", "tmpfs", "tmpfs", disk]).status !== 0) {
    assert.ok(!process.env.CI, "CI can mount a file system");
    console.log("skipped: this needs root, to mount a small file system");
    return context.skip("this needs root");
  }
  const folder = join(disk, "results");
  assert.equal(run(folder, "old").status, 0);
  const old = contents(folder);
  const resize = (blocks: number) => spawnSync("mount", ["-o", `remount,size=${4096 * blocks}`, disk]).status;
  let refusals = 0;
  // Each round leaves one page less for the results, from room for all to room for none.
  for (let pages = 28; pages > 0; pages--) {
    const used = Number(
      spawnSync("du", ["-s", "--block-size=4096", disk], { encoding: "utf8" }).stdout.split("\t")[0],
    );
    assert.equal(resize(used + pages), 0);
    const { status, stderr } = run(folder, "new");
    if (status === 0) {
      resize(4096);
      assert.equal(run(folder, "old").status, 0);
      assert.deepEqual(contents(folder), old);
      continue;
    }
    refusals++;
    resize(4096);
    assert.equal(status, 2, stderr);
    assert.match(
      stderr,
      /^InputError: cannot write to .*results\/(alerts\.jsonl|models\/office|outputs).*: no space left on the device\n$/,
    );
    assert.doesNotMatch(stderr, /unfinished/);
    assert.deepEqual(contents(folder), old, `${pages} pages`);
  }
  assert.ok(refusals > 5, `${refusals} refusals`);
});
