// The isolation forest in a page that has neither files nor threads, nor memory that threads share.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { buildSync } from "esbuild";
import { chromium } from "playwright-core";
import { fitIsolationForest } from "traffic-anomaly";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";

const executablePath = findBrowser();
const skip =
  executablePath === undefined && process.env.CI !== "true"
    ? "no Chromium, Chrome or Edge found; set TRAFFIC_BROWSER to its path"
    : false;

const rows = 3000;
const data = Array.from({ length: 3 * rows }, (_, i) => Math.fround(((i * 7919) % 1009) / (1 + (i % 7))));
const columns = ["a", "b", "c"];

/** A script that makes `forest` of the page: it fits one on the rows, and gives scores and an explanation. */
function bundle(): string {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import { fitIsolationForest } from "traffic-anomaly/isolation-forest";
        globalThis.forest = async (rows, columns, values) => {
          const data = Float32Array.from(values);
          const forest = await fitIsolationForest({ rows, columns, data }, { seed: 7 });
          const scores = Array.from(await forest.score({ rows, columns, data }));
          const saved = await forest.save("folder").catch(String);
          return { scores, reasons: Array.from(forest.explain(data.subarray(0, columns.length))), saved };
        };`,
      resolveDir: join(__dirname, "..", ".."),
    },
    bundle: true,
    platform: "browser",
    write: false,
  });
  return outputFiles[0].text;
}

test("bundled for a browser, the isolation forest gives the same bits as in Node.js", { skip }, async () => {
  const script = bundle();
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage({ offline: true });
    await page.addScriptTag({ content: script });
    assert.equal(await page.evaluate("typeof SharedArrayBuffer"), "undefined");
    const found = await page.evaluate(`forest(${JSON.stringify([rows, columns, data]).slice(1, -1)})`);
    const matrix = { rows, columns, data: Float32Array.from(data) };
    const forest = await fitIsolationForest(matrix, { seed: 7 });
    assert.deepEqual(found, {
      scores: Array.from(await forest.score(matrix)),
      reasons: Array.from(forest.explain(matrix.data.subarray(0, 3))),
      saved: "InputError: a browser has no folder for a model",
    });
  } finally {
    await browser.close();
  }
});
