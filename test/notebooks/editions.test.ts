import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { codeCells, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";

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

test("exported pages name nothing on the network", () => {
  const out = join(folder, "pages");
  const pages = traffic("html", "--out", out).trim().split("\n");
  assert.equal(pages.length, committed.length + readdirSync(join(project, "notebooks", "solutions")).length);
  for (const page of pages) {
    const text = readFileSync(page, "utf8");
    assert.doesNotMatch(text, /<(script|link|img)[^>]*\s(src|href)="https?:/, page);
    assert.match(text, /<script src="(\.\.\/)?plotly\.js">/, page);
  }
});

test("an exported page draws its figures in a browser without network", async (context) => {
  const executablePath = findBrowser();
  if (!executablePath) {
    assert.notEqual(process.env.CI, "true", "this needs a browser");
    console.log("skipped: this needs a browser");
    return context.skip("this needs a browser");
  }
  const out = join(folder, "drawn");
  const [page] = traffic("html", "03", "--out", out).trim().split("\n");
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  try {
    const view = await browser.newPage({ offline: true });
    const errors: string[] = [];
    view.on("pageerror", (error) => errors.push(error.message));
    await view.goto(pathToFileURL(page).href);
    await view.locator(".js-plotly-plot .main-svg").first().waitFor();
    const figures = codeCells(
      await readNotebook(join(project, "notebooks", `${basename(page, ".html")}.ipynb`)),
    )
      .flatMap(({ outputs }) => outputs)
      .filter((output) => "data" in output && "application/vnd.plotly.v1+json" in output.data);
    assert.equal(await view.locator(".js-plotly-plot").count(), figures.length);
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
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
