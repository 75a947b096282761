import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { cellHtml } from "traffic-anomaly/dist/notebook/book/cell-html";
import { textHtml } from "traffic-anomaly/dist/notebook/course/panel";
import { quizHtml } from "traffic-anomaly/dist/notebook/course/quiz";
import { quizzes } from "traffic-anomaly/dist/notebook/course/quizzes";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { quiz } from "traffic-anomaly/notebook";
import { executablePath, skip } from "../../fixtures/browser";
import { createWorkspace } from "../../notebooks/workspace";

test("every notebook has a quiz of 4 to 6 questions, each with one right option, and a reason for all", () => {
  assert.deepEqual(Object.keys(quizzes), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  for (const [notebook, questions] of Object.entries(quizzes)) {
    assert.ok(questions.length >= 4 && questions.length <= 6, `${notebook}: ${questions.length}`);
    for (const { ask, options } of questions) {
      assert.ok(options.length >= 3, ask);
      assert.equal(options.filter(({ right }) => right).length, 1, ask);
      for (const { text, because } of options) assert.ok(text.length > 0 && because.length > 20, ask);
    }
    const places = questions.map(({ options }) => options.findIndex(({ right }) => right));
    assert.ok(new Set(places).size > 1, `${notebook}: the right option always stands at place ${places[0]}`);
  }
});

test("as text a quiz has its questions and options, and no answers", (context) => {
  const log = context.mock.method(console, "log", () => {});
  quiz("3");
  const text = String(log.mock.calls[0].arguments[0]);
  for (const { ask, options } of quizzes[3]) {
    assert.ok(text.includes(ask));
    for (const option of options) assert.ok(text.includes(option.text) && !text.includes(option.because));
  }
});

test("code and emphasis are marked up, and nothing else of a text is", () => {
  assert.equal(
    textHtml("`a < b` is *not* 2 * 3 * 4, <b>"),
    "<code>a &lt; b</code> is <em>not</em> 2 * 3 * 4, &lt;b&gt;",
  );
});

test("the kernel does what the quiz on the language says of it", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  const shown = async (cell: string) => {
    const { outputs } = await kernel.execute(cell);
    return outputs.map((output) => ("text" in output ? output.text.trim() : "")).join("");
  };
  await shown(
    "const rows = [3, 1, 2];\nconst none: number[] = [];\nconst rocAuc: number | undefined = undefined;",
  );
  await shown("rows.push(4);");
  await shown("rows.push(4);");
  assert.equal(await shown("rows"), "[ 3, 1, 2, 4, 4 ]");
  assert.equal(await shown("rows === none"), "false");
  assert.equal(await shown("[10, 9, 1].sort()"), "[ 1, 10, 9 ]");
  assert.equal(await shown('rocAuc?.toFixed(3) ?? "no labels"'), "no labels");
  assert.match(await shown("Promise.resolve(1)"), /^This is a promise, not yet its value/);
  const failed = async (cell: string) => {
    const { outputs } = await kernel.execute(cell);
    await sleep(250); // tslab takes no cell for 200 ms after a failed one
    return outputs.map((output) => ("evalue" in output ? output.evalue : "")).join("");
  };
  assert.match(await failed("rows === []"), /always return 'false'/);
  assert.match(await failed("rocAuc.toFixed(3)"), /undefined/);
});

test("the book keeps a quiz as it is", () => {
  const html = quizHtml(quizzes[0]);
  const output = { output_type: "display_data" as const, data: { "text/html": html }, metadata: {} };
  const cell = {
    cell_type: "code" as const,
    source: 'quiz("0");',
    execution_count: 1,
    outputs: [output],
    metadata: {},
  };
  assert.ok(cellHtml(cell, 1, (markdown) => markdown).includes(html));
});

test("an unknown quiz is refused with the known ones", () => {
  assert.throws(() => quiz("03"), /^InputError: there is no quiz "03"; the quizzes are 0, 1, .*9$/);
});

test("an option says whether it is right when it is opened, by mouse or keyboard, without a script", {
  skip,
}, async () => {
  const browser: Browser = await chromium.launch({ executablePath });
  try {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.setContent(quizHtml(quizzes[3]));
    const reasons = page.locator("details > div");
    const visible = () => page.locator("details[open]").count();
    assert.equal(await visible(), 0);
    assert.equal(await reasons.first().isVisible(), false);
    await page.locator("summary").first().click();
    assert.equal(await reasons.first().isVisible(), true);
    assert.match((await reasons.first().textContent()) ?? "", /^[✔✘] (Right|No)\. /);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await visible(), 2);
    await page.keyboard.press("Enter");
    assert.equal(await visible(), 1);
  } finally {
    await browser.close();
  }
});
