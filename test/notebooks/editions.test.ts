import assert from "node:assert/strict";
import { execFileSync, execSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
  codeCells,
  formatNotebook,
  type Notebook,
  readNotebook,
} from "traffic-anomaly/dist/notebook/tools/notebook";
import { writeStudentEdition } from "traffic-anomaly/dist/notebook/tools/student-edition";
import { tryAll } from "../fixtures/cases";
import { notebookOf } from "./workspace";

const project = join(__dirname, "..", "..");
const command = join(project, "lib", "traffic-anomaly.js");
const folder = mkdtempSync(join(tmpdir(), "editions-"));
after(() => rmSync(folder, { recursive: true }));

function traffic(...parameters: string[]): string {
  return execFileSync(process.execPath, [command, ...parameters], { cwd: project, encoding: "utf8" });
}

const committed = readdirSync(join(project, "notebooks")).filter((name) => name.endsWith(".ipynb"));

suite("the student edition", () => {
  const out = join(folder, "students");
  before(() => void traffic("student-edition", "--out", out));

  test("is the notebooks without outputs, answers and solutions, and what installs and explains them", () => {
    const files = readdirSync(out, { recursive: true, encoding: "utf8" }).sort();
    const { version } = JSON.parse(readFileSync(join(project, "lib", "package.json"), "utf8"));
    assert.deepEqual(
      files,
      [
        ...[".traffic-anomaly.json", "README.md", "notebooks", "package.json", "playground.html"],
        ...[`traffic-anomaly-${version}.tgz`, ...committed.map((name) => join("notebooks", name))],
      ].sort(),
    );
  });

  test("keeps all code, no output but a quiz's, and all text that is not marked as an answer", async () => {
    let answers = 0;
    for (const name of committed) {
      const [original, copy] = await Promise.all([
        readNotebook(join(project, "notebooks", name)),
        readNotebook(join(out, "notebooks", name)),
      ]);
      const codes = codeCells(copy);
      assert.deepEqual(
        codes.map(({ source }) => source),
        codeCells(original).map(({ source }) => source),
      );
      for (const { source, outputs, execution_count } of codes) {
        assert.equal(execution_count, null);
        if (!source.includes("quiz(")) assert.deepEqual(outputs, []);
      }
      const words = (text: string) =>
        text
          .replace(/\]\([^)]*\)/g, "]")
          .replace(/[[\]]/g, "")
          .split(/\s+/);
      const kept = words(texts(copy).join("\n"));
      const marked = texts(original).flatMap(
        (text) => text.match(/<!-- answer -->.*?<!-- \/answer -->/gs) ?? [],
      );
      answers += marked.length;
      const given = words(
        texts(original)
          .join("\n")
          .replace(/<!-- answer -->.*?<!-- \/answer -->/gs, ""),
      );
      assert.deepEqual(kept.filter(Boolean), given.filter(Boolean), name);
    }
    assert.ok(answers > 0);
  });

  test("has no dead link", async () => {
    let links = 0;
    for (const name of ["README.md", ...committed.map((notebook) => join("notebooks", notebook))]) {
      const path = join(out, name);
      const text = name.endsWith(".md")
        ? readFileSync(path, "utf8")
        : texts(await readNotebook(path)).join("\n");
      for (const [, target] of text.matchAll(/\]\(([^()\s]+)\)/g)) {
        if (/^https?:|^#/.test(target)) continue;
        links++;
        assert.ok(existsSync(join(dirname(path), target.split("#")[0])), `${name}: ${target}`);
      }
    }
    assert.ok(links > 20, `${links} links`);
    assert.doesNotMatch(readFileSync(join(out, "playground.html"), "utf8"), /<a href=/);
  });

  test("is written anew, unless somebody has changed it", () => {
    traffic("student-edition", "--out", out);
    const file = join(out, "notebooks", committed[0]);
    appendFileSync(file, "\n");
    assert.throws(
      () => traffic("student-edition", "--out", out),
      /cannot write to .*: this program did not write what is there/,
    );
    rmSync(file);
    traffic("student-edition", "--out", out);
  });

  test("installs in another place by the command that it names, and a notebook runs there", async (context) => {
    if (!tryAll) return context.skip("installs 200 packages: set CI=true to run it");
    const copy = join(folder, "elsewhere");
    cpSync(out, copy, { recursive: true });
    const [, command] = /```sh\n(.*) && npm run lab\n```/.exec(
      readFileSync(join(copy, "README.md"), "utf8"),
    )!;
    const npm = (parameters: string) =>
      execSync(parameters, { cwd: copy, encoding: "utf8", env: { ...process.env, TRAFFIC_BROWSER: "" } });
    npm(`${command} --prefer-offline --no-audit --no-fund`);
    assert.match(npm("npm run --silent notebooks -- 00"), /^1 notebook passed$/m);
    const notebook = await readNotebook(join(copy, "notebooks", "00-welcome.ipynb"));
    assert.ok(codeCells(notebook).every(({ execution_count }, i) => execution_count === i + 1));
  });
});

test("a passage marked as an answer must end in its cell", async () => {
  const source = join(folder, "wrong");
  mkdirSync(source);
  writeFileSync(join(source, "package.json"), "{}");
  const notebook = notebookOf(["1"]);
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "markdown" ? { ...cell, source: "<!-- answer -->\n42" } : cell,
  );
  writeFileSync(join(source, "01-open.ipynb"), formatNotebook({ ...notebook, cells }));
  await assert.rejects(
    writeStudentEdition([join(source, "01-open.ipynb")], join(folder, "never")),
    /^InputError: .*01-open\.ipynb: a cell has <!-- answer --> without its partner$/,
  );
  assert.ok(!existsSync(join(folder, "never")));
});

function texts({ cells }: Notebook): string[] {
  return cells.flatMap((cell) => (cell.cell_type === "markdown" ? [cell.source] : []));
}

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
