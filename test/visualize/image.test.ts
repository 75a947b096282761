import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InputError } from "traffic-anomaly";
import { findBrowser, renderImages } from "traffic-anomaly/dist/visualize/image";
import { figures } from "./examples";

test("TRAFFIC_BROWSER comes first, then CHROME_PATH, then the PATH in order of command", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "browser-"));
  t.after(() => rm(folder, { recursive: true }));
  const program = async (name: string) => {
    await writeFile(join(folder, name), "#!/bin/sh\nexit 1\n");
    await chmod(join(folder, name), 0o755);
    return join(folder, name);
  };
  const chrome = await program("google-chrome");
  const chromium = await program("chromium");
  const own = await program("own");
  assert.equal(findBrowser({ PATH: folder }), chromium);
  assert.equal(findBrowser({ PATH: folder, CHROME_PATH: chrome }), chrome);
  assert.equal(findBrowser({ PATH: folder, CHROME_PATH: "/nowhere" }), chromium);
  assert.equal(findBrowser({ PATH: folder, CHROME_PATH: chrome, TRAFFIC_BROWSER: own }), own);
  assert.equal(findBrowser({ PATH: folder, TRAFFIC_BROWSER: "" }), undefined);
  assert.throws(
    () => findBrowser({ TRAFFIC_BROWSER: "/nowhere" }),
    /TRAFFIC_BROWSER names no program: \/nowhere/,
  );
  await assert.rejects(renderImages([figures.roc], { browser: own }), InputError);
});

test("without a browser there are no images", async () => {
  const before = process.env.TRAFFIC_BROWSER;
  process.env.TRAFFIC_BROWSER = "";
  try {
    assert.equal(await renderImages([figures.roc]), undefined);
  } finally {
    if (before === undefined) delete process.env.TRAFFIC_BROWSER;
    else process.env.TRAFFIC_BROWSER = before;
  }
});
