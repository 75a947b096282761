// The playground in an installed browser, against the library in Node.js. Without a browser the tests are skipped, but in CI
// they fail.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { averagePathLength, chooseThreshold, fitIsolationForest, rocAuc, scoreSteps } from "traffic-anomaly";
import { verdicts } from "traffic-anomaly/dist/models/threshold";
import { playgroundPage } from "traffic-anomaly/dist/notebook/playground/page";
import { type Point, plane, toys } from "traffic-anomaly/dist/notebook/playground/toys";
import { executablePath, skip } from "../fixtures/browser";

let browser: Browser | undefined;
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "playground-"));
  await writeFile(join(folder, "playground.html"), await playgroundPage([]));
  if (!skip) browser = await chromium.launch({ executablePath });
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** Opens the playground from the disk; `complaints` are errors, and what it asked the network for. */
async function open(width = 1250) {
  assert.ok(browser, "no browser found");
  const page = await browser.newPage({ offline: true, viewport: { width, height: 950 } });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(join(folder, "playground.html")).href);
  await page.locator("#score").waitFor();
  return { page, complaints };
}

const matrixOf = (places: readonly { x: number; y: number }[]) => ({
  rows: places.length,
  columns: ["x", "y"],
  data: Float32Array.from(places.flatMap(({ x, y }) => [x, y])),
});

/** What the page must show of points at a place. */
async function expected(points: readonly Point[], place: { x: number; y: number }, options: object) {
  const forest = await fitIsolationForest(matrixOf(points), options);
  const scores = await forest.score(matrixOf(points));
  const anomalous = Uint8Array.from(points, (point) => Number(point.anomalous));
  const flags = verdicts(
    scores,
    chooseThreshold(
      scores.filter((_, i) => !anomalous[i]),
      0.05,
    ),
  );
  const count = (truth: number, verdict: number) =>
    points.filter((_, i) => anomalous[i] === truth && flags[i] === verdict).length;
  const [score] = await forest.score(matrixOf([place]));
  return {
    ...place,
    score,
    area: rocAuc(scoreSteps(scores, anomalous)),
    confusion: [count(1, 1), count(1, 0), count(0, 1), count(0, 0)],
  };
}

/** The same as the page shows it, in full. */
async function shown(page: Page) {
  const value = async (id: string) => Number(await page.locator(`#${id}`).getAttribute("value"));
  const cells = ["truePositive", "falseNegative", "falsePositive", "trueNegative"];
  return {
    x: await value("x"),
    y: await value("y"),
    score: await value("score"),
    area: await value("area"),
    confusion: await Promise.all(cells.map(async (id) => Number(await page.locator(`#${id}`).textContent()))),
  };
}

/** Waits until the page shows that, and fails with the difference if it never does. */
async function assertShown(page: Page, wanted: Awaited<ReturnType<typeof expected>>): Promise<void> {
  const end = Date.now() + 20_000;
  let found = await shown(page);
  while (JSON.stringify(found) !== JSON.stringify(wanted) && Date.now() < end) {
    await page.waitForTimeout(50);
    found = await shown(page);
  }
  assert.deepEqual(found, wanted);
}

/** Where a place is in the window. */
async function pixelOf(page: Page, { x, y }: { x: number; y: number }): Promise<[number, number]> {
  const box = await page.locator("#plane").boundingBox();
  assert.ok(box);
  const share = (value: number, [least, most]: readonly [number, number]) => (value - least) / (most - least);
  return [box.x + share(x, plane.x) * box.width, box.y + (1 - share(y, plane.y)) * box.height];
}

const picture = (page: Page) => page.evaluate("document.querySelector('#plane').toDataURL()");
const usual = { trees: 100, sampleSize: 64, seed: 1 };

test("scores, path lengths, ROC AUC and confusion are those of the library in Node.js, by keyboard alone", {
  skip,
}, async () => {
  const { page, complaints } = await open();
  const points = toys["Two clusters"]();
  await assertShown(page, await expected(points, { x: 0, y: 0 }, usual));
  const mean = Number(await page.locator("#mean").getAttribute("value"));
  const { score } = await shown(page);
  assert.ok(Math.abs(2 ** (-mean / averagePathLength(64)) - score) < 1e-12);

  await page.locator("#plane").focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter"); // adds a usual point
  points.push({ x: -0.5, y: -0.1, anomalous: false });
  await assertShown(page, await expected(points, { x: -0.5, y: -0.1 }, usual));

  await page.keyboard.press("m"); // takes it along
  await page.keyboard.press("Shift+ArrowUp");
  points[points.length - 1] = { x: -0.5, y: 0.4, anomalous: false };
  await assertShown(page, await expected(points, { x: -0.5, y: 0.4 }, usual));

  await page.keyboard.press("Delete");
  points.pop();
  await assertShown(page, await expected(points, { x: -0.5, y: 0.4 }, usual));

  await page.locator("#seed").press("ArrowRight");
  await page.locator("#trees").press("ArrowLeft");
  await page.locator("#sampleSize").press("End");
  const settings = { trees: 50, sampleSize: 256, seed: 2 };
  await assertShown(page, await expected(points, { x: -0.5, y: 0.4 }, settings));
  assert.match(`${await page.locator('output[for="sampleSize"]').textContent()}`, /^256 \(all 168\)$/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("every set of points scores as in Node.js, and its planted anomalies rank above chance", {
  skip,
}, async () => {
  const { page, complaints } = await open();
  for (const [name, make] of Object.entries(toys)) {
    await page.locator("#toy").selectOption(name);
    const wanted = await expected(make(), { x: 0, y: 0 }, usual);
    await assertShown(page, wanted);
    assert.ok(wanted.area > 0.6, `${name}: ${wanted.area}`);
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a point that is dragged changes the map, and so does one that is removed by a click", {
  skip,
}, async () => {
  const { page, complaints } = await open();
  const points = toys["Two clusters"]();
  const before = await picture(page);
  await page.mouse.move(...(await pixelOf(page, points[0])));
  await page.mouse.down();
  await page.mouse.move(...(await pixelOf(page, { x: 5.5, y: -4 })), { steps: 3 });
  await page.mouse.up();
  let { x, y } = await shown(page);
  for (const end = Date.now() + 20_000; Math.hypot(x - 5.5, y + 4) >= 0.05; { x, y } = await shown(page))
    assert.ok(Date.now() < end, `${x}, ${y}`);
  points[0] = { x, y, anomalous: false };
  await assertShown(page, await expected(points, { x, y }, usual));
  assert.notEqual(await picture(page), before);

  await page.getByLabel("removes a point").check();
  await page.mouse.move(...(await pixelOf(page, { x, y })));
  await page.mouse.down();
  await page.mouse.up();
  const place = await shown(page);
  await assertShown(page, await expected(points.slice(1), { x: place.x, y: place.y }, usual));
  assert.deepEqual(complaints, []);
  await page.close();
});

test("the threshold and the budget flag other points without growing another forest", { skip }, async () => {
  const { page, complaints } = await open();
  const before = await shown(page);
  const flagged = ({ confusion }: typeof before) => confusion[0] + confusion[2];
  await page.locator("#budget").press("End");
  const generous = await shown(page);
  assert.ok(flagged(generous) > flagged(before));
  await page.locator("#threshold").press("End");
  const strict = await shown(page);
  assert.ok(flagged(strict) < flagged(before));
  for (const { score, area } of [generous, strict])
    assert.deepEqual([score, area], [before.score, before.area]);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("without points it says what is missing, and one kind of points has no curve", { skip }, async () => {
  const { page, complaints } = await open();
  await page.getByRole("button", { name: "Remove all" }).click();
  await page.getByText("A forest needs at least two points.").waitFor();
  assert.deepEqual(await page.locator("td").allTextContents(), ["–", "–", "–", "–"]);
  await page.locator("#plane").focus();
  for (const key of ["Enter", "Shift+ArrowUp", "Enter"]) await page.keyboard.press(key);
  await page.locator("#score").waitFor();
  assert.match(`${await page.locator("#area").textContent()}`, /needs points of both kinds/);
  await page.getByLabel("adds an anomaly").check();
  await page.locator("#plane").focus();
  for (const key of ["Shift+ArrowUp", "Enter"]) await page.keyboard.press(key);
  await page.locator("#roc polyline").waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("it is drawn in the dark, and fits on a telephone", { skip }, async () => {
  const { page, complaints } = await open(400);
  const wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
  assert.equal(await page.evaluate(wider), false);
  const light = await picture(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(
    (before) => document.querySelector<HTMLCanvasElement>("#plane")?.toDataURL() !== before,
    light,
  );
  assert.deepEqual(complaints, []);
  await page.close();
});
