import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pageOf, plotlyFile } from "traffic-anomaly/dist/visualize/page";
import { writePage } from "traffic-anomaly/visualize";
import { figures, hostileLabel } from "./examples";

test("a page names no address, and no label ends its script", () => {
  for (const figure of Object.values(figures)) {
    const html = pageOf({ ...figure, data: [...figure.data, { name: hostileLabel }] }, hostileLabel);
    assert.doesNotMatch(html, /https?:|\/\/[a-z]/);
    assert.equal(html.match(/<\/script>/g)?.length, 2);
    assert.match(html, /<meta charset="utf-8">/);
  }
});

test("pages share one plotly.js, and no half file stays behind", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "pages-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "plotly.js"), "cut off");
  const paths = [
    await writePage(figures.roc, folder, "roc"),
    await writePage(figures.confusion, folder, "confusion"),
  ];
  assert.deepEqual(paths, [join(folder, "roc.html"), join(folder, "confusion.html")]);
  assert.deepEqual((await readdir(folder)).sort(), ["confusion.html", "plotly.js", "roc.html"]);
  assert.equal((await stat(join(folder, "plotly.js"))).size, (await stat(plotlyFile())).size);
  assert.match(await readFile(paths[0], "utf8"), /<script src="plotly.js"><\/script>/);
});
