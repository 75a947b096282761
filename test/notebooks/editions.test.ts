import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { codeCells, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";

const project = join(__dirname, "..", "..");
const command = join(project, "lib", "traffic-anomaly.js");
const folder = mkdtempSync(join(tmpdir(), "editions-"));
after(() => rmSync(folder, { recursive: true }));

function traffic(...parameters: string[]): string {
  return execFileSync(process.execPath, [command, ...parameters], { cwd: project, encoding: "utf8" });
}

const committed = readdirSync(join(project, "notebooks")).filter((name) => name.endsWith(".ipynb"));

test("the student edition has every notebook's text and code, no outputs and no solutions", async () => {
  const out = join(folder, "students");
  traffic("student-edition", "--out", out);
  assert.deepEqual(readdirSync(out).sort(), [".traffic-anomaly.json", ...committed].sort());
  for (const name of committed) {
    const [original, copy] = await Promise.all([
      readNotebook(join(project, "notebooks", name)),
      readNotebook(join(out, name)),
    ]);
    assert.deepEqual(
      copy.cells.map((cell) => cell.source),
      original.cells.map((cell) => cell.source),
    );
    for (const cell of codeCells(copy)) assert.deepEqual([cell.outputs, cell.execution_count], [[], null]);
  }
});

test("lab without JupyterLab says the one command that installs it", () => {
  const { stderr, status } = spawnSync(process.execPath, [command, "lab"], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, PATH: folder },
  });
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^error: JupyterLab was not found; install it with: python3 -m pip install jupyterlab\n$/,
  );
});
