// Opens every kind of page in an installed browser. Without one the tests are skipped, but in CI they fail.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { findBrowser, renderImages } from "traffic-anomaly/dist/visualize/image";
import { writePage } from "traffic-anomaly/visualize";
import { figures } from "../visualize/examples";

const executablePath = findBrowser();
const skip =
  executablePath === undefined && process.env.CI !== "true"
    ? "no Chromium, Chrome or Edge found; set TRAFFIC_BROWSER to its path"
    : false;
let browser: Browser | undefined;
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "pages-"));
  if (executablePath) browser = await chromium.launch({ executablePath });
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

for (const [kind, figure] of Object.entries(figures)) {
  test(`the ${kind} page draws every trace and cuts off no text, offline and without an error`, {
    skip,
  }, async () => {
    assert.ok(browser, "no browser found");
    const page = await browser.newPage({ offline: true, viewport: { width: 960, height: 1200 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(await writePage(figure, folder, kind)).href);
    await page.waitForSelector("#figure .main-svg");
    assert.equal(await page.locator(".trace.scatter, .hm image").count(), figure.data.length);
    assert.match((await page.locator(".gtitle").textContent()) ?? "", /scored on corrected/);
    assert.deepEqual(await page.evaluate(collisions), []);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test("every figure becomes a PNG of twice its size", { skip }, async () => {
  assert.ok(executablePath, "no browser found");
  const done: number[] = [];
  const images = await renderImages(Object.values(figures), {
    onProgress: (update) => done.push(update.done),
  });
  assert.deepEqual(
    images?.map((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      return [Buffer.from(bytes.subarray(1, 4)).toString(), view.getUint32(16), view.getUint32(20)];
    }),
    Object.values(figures).map(({ layout }) => ["PNG", 2 * 960, 2 * layout.height]),
  );
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6]);
});

test("an abort between two figures ends the browser and throws the signal's reason", { skip }, async () => {
  assert.ok(executablePath, "no browser found");
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error("enough"));
  await assert.rejects(
    renderImages(Object.values(figures), { signal: controller.signal, onProgress }),
    /^Error: enough$/,
  );
});

/** Runs in the page: texts outside the drawing, and pairs of texts that overlap. */
const collisions = `(() => {
  const drawing = document.querySelector("#figure").getBoundingClientRect();
  const texts = [...document.querySelectorAll("#figure svg text")]
    .filter((text) => text.textContent !== "" && !text.closest(".hoverlayer, .modebar"))
    .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  const found = [];
  texts.forEach(({ words, box }, i) => {
    const inside = box.left >= drawing.left && box.right <= drawing.right
      && box.top >= drawing.top && box.bottom <= drawing.bottom;
    if (!inside) found.push("cut off: " + words);
    for (const other of texts.slice(i + 1)) {
      const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      if (wide > 1 && high > 3) found.push(words + " over " + other.words);
    }
  });
  return found;
})()`;
