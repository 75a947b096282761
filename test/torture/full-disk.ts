import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { traffic } from "../cli/command";
import { killable, prepareInputs, writers } from "../cli/kills";
import { namesOf } from "./kills";
import type { Kind } from "./trial";

/** Every command that writes, on a disk with less and less room: a sentence and the old results, or all new ones. */
export const fullDisk: Kind = {
  fault: "a disk that is full at any moment of a command that writes",
  times: { long: 25, short: 1 },
  async run(trial, folder, times) {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const mount = (...parameters: string[]) => spawnSync("mount", [...parameters, disk]).status === 0;
    if (!mount("-t", "tmpfs", "tmpfs")) {
      trial.skipped = "a small disk needs root, and the right to mount";
      return;
    }
    try {
      const inputs = join(folder, "inputs");
      await prepareInputs(inputs);
      for (const name of namesOf(times)) {
        const { before, requireWhole } = await killable(name, inputs, folder);
        const work = join(disk, "work");
        let enough = 1;
        while (!(await succeeds(enough))) enough *= 2;
        for (let i = 0; i < times; i++) await succeeds(Math.round((i / times) * enough));

        /** Tries the command with this many pages free. */
        async function succeeds(free: number): Promise<boolean> {
          rmSync(work, { recursive: true, force: true });
          assert.ok(mount("-o", "remount,size=1g", "-t", "tmpfs"));
          cpSync(before, work, { recursive: true, preserveTimestamps: true });
          assert.ok(mount("-o", `remount,size=${4096 * (pagesOf(disk) + free)}`, "-t", "tmpfs"));
          const { code, stderr } = await traffic(writers[name](2), { cwd: work });
          mount("-o", "remount,size=1g", "-t", "tmpfs");
          await trial.try(`${name} with ${4 * free} kB free`, async () => {
            if (code !== 0) {
              assert.equal(code, 2, stderr);
              assert.match(stderr, /^error: [^\n]*no space left on the device\n$/);
            }
            assert.equal(await requireWhole(work, name), code === 0);
          });
          return code === 0 || free > 2 ** 16;
        }
      }
    } finally {
      spawnSync("umount", [disk]);
    }
  },
};

/** Room that a folder takes, in pages of 4 kB. */
function pagesOf(folder: string): number {
  return Number(
    spawnSync("du", ["-s", "--block-size=4096", folder], { encoding: "utf8" }).stdout.split("\t")[0],
  );
}
