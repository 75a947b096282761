// What becomes of an answer that the standard output does not take, or not at once.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { ProgressBar } from "traffic-anomaly/dist/cli/progress-bar";
import { dayOf, trainOffice, writeLog } from "../detect/network";
import { someOf } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { libFolder } from "../library/sources";

const folder = temporaryFolder("output");
const program = join(libFolder, "traffic-anomaly.js");

/** A line of a shell in which `traffic` is the command, with its exit code as the shell sees it. */
function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = `traffic() { "${process.execPath}" "${program}" "$@"; }; ${line}`;
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const office = trainOffice(folder);

before(async () => {
  const names = Array.from(
    { length: 160 },
    (_, i) => `${String(i).padStart(4, "0")}-${"x".repeat(220)}.ipynb`,
  );
  await mkdir(join(folder, "notebooks"));
  const notebook = JSON.stringify({
    cells: [],
    metadata: { kernelspec: { name: "tslab" } },
    nbformat: 4,
    nbformat_minor: 5,
  });
  for (const name of names) await writeFile(join(folder, "notebooks", name), notebook);
});

/** Its answer is more than a pipe holds, 64 kB: the list of pages of many notebooks, that of contents and the playground. */
const html = `html --out ${"y".repeat(220)}/${"z".repeat(220)}`;

const full = "error: cannot write to the standard output: no space left on the device\n";
const skip = existsSync("/dev/full") ? false : "there is no /dev/full";

test("a full standard output is an error of help, version and every answer", { skip }, async () => {
  const lines = someOf(["--help", "--version", html, "score --help", "", `${html} --json`], 2);
  const outcomes = await Promise.all(lines.map((line) => shell(`traffic ${line} >/dev/full`)));
  for (const [i, { code, stderr }] of outcomes.entries())
    assert.deepEqual([code, stderr], [2, full], lines[i]);
  const { code, stderr } = await shell("traffic nosuch --json >/dev/full");
  assert.deepEqual([code, stderr], [2, "error: unknown command 'nosuch'\n"]);
  assert.equal((await shell("traffic --version 2>/dev/full")).code, 0);
});

test("what a slow pipe has not taken is waited for, and a reader that left is not an error", async () => {
  const { code, stdout, stderr } = await shell(`set -o pipefail; traffic ${html} --json | (sleep 1; cat)`);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.ok(stdout.length > 100_000, String(stdout.length));
  assert.equal(JSON.parse(stdout).paths.length, 162);
  for (const command of [html, "--help"])
    assert.deepEqual(await shell(`set -o pipefail; traffic ${command} | true`), {
      code: 0,
      stdout: "",
      stderr: "",
    });
});

test("alerts or a summary that the standard output does not take are an error", { skip }, async () => {
  const { model } = await office;
  const log = await writeLog(join(folder, "day.log"), dayOf(500, { seed: 5, attacks: true }));
  for (const options of ["", "--quiet", "--json --out alerts.json", "--out alerts.json"]) {
    const { code, stderr } = await shell(`traffic score ${log} --model ${model} ${options} >/dev/full`);
    assert.equal(code, 2, `${options}: ${stderr}`);
    assert.ok(stderr.endsWith(full), stderr);
  }
  const { code } = await shell(`traffic score ${log} --model ${model} --quiet --out alerts.json >/dev/full`);
  assert.equal(code, 0);
});

test("a full disk is named by the file that was asked for", async (t) => {
  const disk = join(folder, "disk");
  await mkdir(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status === 0;
  if (!mounted) return void t.skip("a small disk needs root, and the right to mount");
  t.after(() => spawnSync("umount", [disk]));
  const { model } = await office;
  const log = await writeLog(join(folder, "night.log"), dayOf(3000, { seed: 6, attacks: true }));
  await writeFile(join(disk, "filler"), Buffer.alloc(60_000));
  for (const format of ["json", "parquet"]) {
    const out = join(disk, `alerts.${format}`);
    const { code, stderr } = await shell(
      `traffic score ${log} --model ${model} --format ${format} --out ${out}`,
    );
    assert.deepEqual([code, stderr], [2, `error: cannot write to ${out}: no space left on the device\n`]);
  }
});

test("the line of progress names a file without codes that the terminal obeys", () => {
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 200, write: (text: string) => written.push(text) };
  const bar = new ProgressBar(terminal as unknown as NodeJS.WriteStream, false);
  bar.update({ stage: "reading \x1b[2J\n.csv", done: 1, total: 2, note: "\u202etxt" });
  assert.equal(written.length, 1);
  assert.ok(written[0].endsWith("░  50 %  reading \ufffd[2J\ufffd.csv (\ufffdtxt)"), JSON.stringify(written));
});
