import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { writeBook } from "traffic-anomaly/dist/notebook/book/book";
import { codeCells, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { executablePath, skip } from "../fixtures/browser";

const project = join(__dirname, "..", "..");
const notebooks = join(project, "notebooks");
const folder = mkdtempSync(join(tmpdir(), "book-"));
const out = join(folder, "book");
let browser: Browser;
let pages: string[] = [];

before(async () => {
  const command = [join(project, "lib", "traffic-anomaly.js"), "html", "--out", out];
  pages = execFileSync(process.execPath, command, { cwd: project, encoding: "utf8" }).trim().split("\n");
  if (!skip) browser = await chromium.launch({ executablePath, ignoreDefaultArgs: ["--hide-scrollbars"] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** The values of an attribute in a page's markup. */
function attributes(html: string, name: string): string[] {
  const markup = html.replace(/<script.*?<\/script>/gs, "");
  return [...markup.matchAll(new RegExp(`<[^>]*\\s${name}="([^"]*)"`, "g"))].map(([, value]) => value);
}

/** Links of some pages that lead to no file or to no element of it. */
function deadLinks(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    attributes(readFileSync(file, "utf8"), "href")
      .filter((href) => !/^https?:/.test(href))
      .filter((href) => {
        const target = new URL(href, pathToFileURL(resolve(file)));
        const path = fileURLToPath(target);
        if (!files.some((other) => resolve(other) === path)) return true;
        const id = decodeURIComponent(target.hash.slice(1));
        return id !== "" && !attributes(readFileSync(path, "utf8"), "id").includes(id);
      })
      .map((href) => `${relative(out, file)}: ${href}`),
  );
}

test("the book has contents and a page for each notebook, and no link in it is dead", () => {
  const sources = readdirSync(notebooks, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"),
  );
  const names = pages.map((page) => relative(out, page));
  assert.equal(names[0], "index.html");
  for (const source of sources) assert.ok(names.includes(source.replace(".ipynb", ".html")), source);
  assert.deepEqual(deadLinks(pages), []);
  const forest = attributes(readFileSync(join(out, "03-isolation-forest.html"), "utf8"), "href");
  const playground = attributes(readFileSync(join(out, "playground.html"), "utf8"), "href");
  assert.ok(forest.includes("playground.html") && playground.includes("03-isolation-forest.html"));
  const contents = attributes(readFileSync(pages[0], "utf8"), "href");
  for (const name of names.slice(1)) assert.ok(contents.includes(name), `the contents do not name ${name}`);
  // What a notebook starts with: its reader's aims, or a question.
  assert.match(readFileSync(pages[0], "utf8"), /<li>read and write the TypeScript of this course/);
});

test("the pages name nothing on the network, and every picture has words", () => {
  for (const page of pages) {
    const text = readFileSync(page, "utf8");
    assert.doesNotMatch(text, /<(script|link|img)[^>]*\s(src|href)="https?:/, page);
    for (const [image] of text.matchAll(/<img (?!src=\\)[^>]*>/g)) assert.match(image, / alt="[^"]+"/, page);
  }
});

test("links lead to pages of the book, with anchors as JupyterLab or GitHub writes them; others become text", async () => {
  const from = join(folder, "small", "notebooks");
  const cell = (source: string) => ({ cell_type: "markdown", metadata: {}, source });
  const metadata = { kernelspec: { name: "tslab", display_name: "TypeScript" } };
  const write = (name: string, ...sources: string[]) => {
    const file = join(from, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({ cells: sources.map(cell), metadata, nbformat: 4, nbformat_minor: 5 }),
    );
    return file;
  };
  writeFileSync(join(folder, "secret.md"), "# Not of the project");
  const one = write(
    "1.ipynb",
    "# One `&` two\n\n**Question.** Is it *so*?\n\nText. [a](solutions/1.ipynb#The-same) [b](../note.md) [c](data.csv) [d](../../secret.md)",
    "## The same\n\n## The same",
  );
  const solution = write("solutions/1.ipynb", "# Answers\n\n[back](../1.ipynb#the-same-1)\n\n## The same");
  writeFileSync(join(from, "..", "note.md"), "# Note\n\n[one](notebooks/1.ipynb), [none](lib/x.ts)");
  const small = await writeBook([one, solution], from, join(folder, "small-book"));
  assert.deepEqual(
    small.map((page) => relative(join(folder, "small-book"), page)),
    ["index.html", "playground.html", "1.html", join("solutions", "1.html"), join("texts", "note.html")],
  );
  assert.deepEqual(deadLinks(small), []);
  const [contents, , first, answers, note] = small.map((page) => readFileSync(page, "utf8"));
  assert.match(contents, /<a href="1\.html">One &amp; two<\/a><\/h2>\n<p>Is it <em>so<\/em>\?<\/p>/);
  assert.match(first, /<a href="solutions\/1\.html#the-same">a<\/a> <a href="texts\/note\.html">b<\/a> c d</);
  assert.match(answers, /<a href="\.\.\/1\.html#the-same-1">back<\/a>/);
  assert.match(note, /<a href="\.\.\/1\.html">one<\/a>, none/);
});

test("a sentence that a cell says is markdown, in which HTML is text, and passages for other data are not shown", async () => {
  const from = join(folder, "saying");
  mkdirSync(from);
  const said = "Found **71 %** of `a<b`, $1 < 2$: <img src=x onerror=alert(1)>\n\n<script>alert(1)</script>";
  const data = { "text/markdown": said, "text/plain": said };
  const output = { output_type: "display_data", data, metadata: {} };
  const text = "<!-- data: kdd -->\nAll.\n<!-- /data -->\n<!-- data: simulated\nSome.\n-->";
  const cells = [
    { cell_type: "markdown", metadata: {}, source: text },
    { cell_type: "code", metadata: {}, source: "say()", execution_count: 1, outputs: [output] },
  ];
  const metadata = { kernelspec: { name: "tslab", display_name: "TypeScript" } };
  writeFileSync(join(from, "1.ipynb"), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  await writeBook([join(from, "1.ipynb")], from, join(folder, "saying-book"));
  const page = readFileSync(join(folder, "saying-book", "1.html"), "utf8");
  assert.match(page, /Found <strong>71 %<\/strong> of <code>a&lt;b<\/code>/);
  assert.match(page, /: &lt;img src=x onerror=alert\(1\)&gt;/);
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.doesNotMatch(page.replace(/<!--[\s\S]*?-->/g, ""), /Some\./);
});

/** Opens a page of the book; `complaints` are errors of its scripts. */
async function open(name: string, width: number, colorScheme: "light" | "dark") {
  assert.ok(browser, "no browser found");
  const page = await browser.newPage({ offline: true, colorScheme, viewport: { width, height: 900 } });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(out, name)).href);
  return { page, complaints };
}

const background = (page: Page) => page.evaluate("getComputedStyle(document.body).backgroundColor");

const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

test("no page is wider than a telephone, and no script fails", { skip }, async () => {
  const { page, complaints } = await open("index.html", 400, "light");
  for (const file of pages) {
    await page.goto(pathToFileURL(file).href);
    assert.equal(await page.evaluate(wider), 0, file);
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a page draws every figure, in the dark too, scrolls wide code by a bar, and prints pictures", {
  skip,
}, async () => {
  const name = "03-isolation-forest";
  const { page, complaints } = await open(`${name}.html`, 1000, "dark");
  await page.locator(".js-plotly-plot .main-svg").first().waitFor();
  const outputs = codeCells(await readNotebook(join(notebooks, `${name}.ipynb`))).flatMap(
    (cell) => cell.outputs,
  );
  const figures = outputs.filter(
    (output) => "data" in output && "application/vnd.plotly.v1+json" in output.data,
  );
  assert.equal(await page.locator('.js-plotly-plot[role="img"][aria-label]').count(), figures.length);
  assert.equal(await page.evaluate(wider), 0);
  assert.equal(await background(page), "rgb(25, 25, 25)");
  assert.match(
    `${await page.evaluate("getComputedStyle(document.querySelector('.js-plotly-plot')).filter")}`,
    /invert/,
  );
  const bars = `[...document.querySelectorAll("pre.code")].filter((code) => code.scrollWidth > code.clientWidth)
    .map((code) => code.offsetHeight - code.clientHeight)`;
  const heights = (await page.evaluate(bars)) as number[];
  assert.ok(heights.length > 0 && heights.every((height) => height >= 8), `${heights}`);

  await page.emulateMedia({ media: "print" });
  assert.equal(await background(page), "rgb(255, 255, 255)");
  assert.equal(await page.locator("header, footer, .sections").filter({ visible: true }).count(), 0);
  assert.equal(await page.locator(".figure img").filter({ visible: true }).count(), figures.length);
  assert.equal(await page.locator(".js-plotly-plot").filter({ visible: true }).count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("one gets from page to page: contents, next, solutions and back", { skip }, async () => {
  const { page } = await open("index.html", 1400, "light");
  await page.route("**/plotly.js", (route) => route.abort()); // figures take time, and have no links
  await page.locator("ol > li a").first().click();
  const first = page.url();
  await page.locator("header a", { hasText: "→" }).click();
  assert.notEqual(page.url(), first);
  await page.locator("footer a", { hasText: "←" }).click();
  assert.equal(page.url(), first);
  await page.goto(pathToFileURL(join(out, "03-isolation-forest.html")).href);
  await page.locator("header a", { hasText: "Solutions" }).click();
  assert.match(page.url(), /solutions\/03-isolation-forest\.html$/);
  await page.locator("header a", { hasText: "↑" }).click();
  await page.locator(".sections a", { hasText: "What to take away" }).click();
  assert.match(page.url(), /book\/03-isolation-forest\.html#what-to-take-away$/);
  await page.locator("header a", { hasText: "Contents" }).click();
  assert.match(page.url(), /index\.html$/);
  await page.close();
});
