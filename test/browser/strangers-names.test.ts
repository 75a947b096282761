// Names that would do harm if a page took them for markup, in every page that we write, opened in an installed browser.
// Without one the tests are skipped, but in CI they fail.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { type NominalColumn, scoreTraffic, trainOnTraffic } from "traffic-anomaly";
import { writeBook } from "traffic-anomaly/dist/notebook/book/book";
import { frameHtml, frameText } from "traffic-anomaly/dist/notebook/frame";
import { confusionFigure } from "traffic-anomaly/dist/visualize/evaluation/confusion";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";
import { unusualHostsFigure } from "traffic-anomaly/dist/visualize/traffic/unusual-hosts";
import {
  attackProfileFigure,
  comparisonFigure,
  embeddingFigure,
  type Figure,
  reasonsFigure,
  sensitivityFigure,
  valuesByLabelFigure,
} from "traffic-anomaly/visualize";
import { traffic } from "../cli/command";
import { small as smallStudy } from "../cli/study";
import { dayOf, small, writeLog } from "../detect/network";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { caption } from "../visualize/examples";

const executablePath = findBrowser();
const skip =
  executablePath === undefined && process.env.CI !== "true"
    ? "no Chromium, Chrome or Edge found; set TRAFFIC_BROWSER to its path"
    : false;
const folder = temporaryFolder("strangers-names");
let browser: Browser | undefined;
before(async () => {
  if (executablePath) browser = await chromium.launch({ executablePath });
});
after(() => browser?.close());

/** None has a quote or comma, which the names of a data file cannot have. */
const names = [
  "<script>harmed=1</script>",
  "<img src=x onerror=harmed=1>",
  "</script><svg onload=harmed=1>",
  "<a href=javascript:harmed=1>b</a>",
  "$\\href{javascript:harmed=1}{x}$",
  "%{x}<extra>&lt;b&gt;",
  "=cmd|calc!A0",
  "\u202egnp.exe",
];
const [script, image] = names;

const labels: NominalColumn = {
  kind: "nominal",
  name: "label",
  codes: Uint8Array.from({ length: 80 }, (_, row) => row % names.length),
  categories: names,
};
const counted = Object.fromEntries(names.map((name, i) => [name, 10 + i]));

const figures: Readonly<Record<string, Figure>> = {
  values: valuesByLabelFigure([{ name: image, values: counted }], { title: script }, caption),
  profile: attackProfileFigure(
    {
      features: names,
      labels: names,
      shares: names.map((_, i) => Float64Array.from(names, (__, j) => (i === j ? 1 : 0))),
    },
    caption,
  ),
  embedding: embeddingFigure(
    {
      points: {
        rows: 80,
        columns: [script, image],
        data: Float32Array.from({ length: 160 }, (_, i) => i % 17),
      },
      labels,
      groups: labels,
      scores: new Float64Array(80),
      axisTitles: [script, image],
    },
    caption,
  ),
  comparison: comparisonFigure(
    names.map((name) => ({ name, figures: { [image]: 0.5, autoencoder: 0.7 } })),
    { title: script, guide: { value: 0.5, words: image } },
    { title: names[3], protocol: names.join(" ") },
  ),
  hosts: unusualHostsFigure(
    names.map((host, i) => ({ host, connections: 10, flagged: i, excess: i })),
    caption,
  ),
  reasons: reasonsFigure(
    [
      {
        name: script,
        reasons: names.map((feature) => ({
          feature,
          value: image,
          usual: script,
          contribution: 0.1,
          share: 0.1,
        })),
      },
    ],
    caption,
  ),
  sensitivity: sensitivityFigure(
    [{ axisTitle: script, series: [{ name: image, points: [{ setting: 1, results: [0.5] }] }] }],
    image,
    caption,
  ),
  confusion: confusionFigure(
    [
      {
        name: image,
        threshold: 1,
        confusion: { truePositive: 1, falseNegative: 1, falsePositive: 1, trueNegative: 1 },
      },
    ],
    caption,
  ),
};

/** Opens a page and gives its text, hover labels included; fails if it does or holds anything that a name told it to. */
async function look(file: string): Promise<string> {
  assert.ok(browser, "no browser found");
  const page = await browser.newPage({ offline: true });
  const complaints: string[] = [];
  page.on("console", (message) => {
    // An output that says it is a picture and is none.
    if (!message.text().includes("ERR_INVALID_URL")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url()) || request.url().endsWith("/x"))
      complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  const texts: string = await page.evaluate(visit);
  assert.deepEqual(complaints, [], file);
  await page.close();
  return texts;
}

/** Runs in the page: looks at each figure's points, then at what came to be. */
const visit = `(async () => {
  const texts = [];
  for (const figure of document.querySelectorAll(".js-plotly-plot")) {
    for (let curve = 0; curve < figure.data.length; curve++) {
      for (let point = 0; point < 12; point++) {
        try {
          const { xaxis = "x", yaxis = "y" } = figure.data[curve];
          Plotly.Fx.hover(figure, [{ curveNumber: curve, pointNumber: point }], xaxis + yaxis);
        } catch {}
        texts.push(...[...figure.querySelectorAll(".hoverlayer text")].map((text) => text.textContent));
      }
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const planted = document.querySelectorAll("img[src=x], [onload], [onerror], a[href^=javascript], a[*|href^=javascript]");
  if (window.harmed || planted.length > 0) console.log("harmed: " + [...planted].map((at) => at.outerHTML));
  return document.body.textContent + texts.join(" ");
})()`;

test("no figure holds a name as markup", () => {
  for (const [kind, { data, layout }] of Object.entries(figures)) {
    const shown = JSON.stringify({ data, layout }, (key, value) => (key === "legendgroup" ? "" : value));
    assert.doesNotMatch(shown, /<(?!\/?(?:b|i|br|span|sup|sub|extra)\b)/, kind);
  }
});

/** The reports of train, score and run on data whose every name would do harm. */
async function writeReports(): Promise<readonly [trained: string, scored: string, studied: string]> {
  process.env.TRAFFIC_BROWSER = ""; // no pictures
  const log = join(folder, `${image}.log`);
  const day = dayOf(3000).map((connection, i) => ({
    ...connection,
    ...(i % 50 === 0 && {
      label: names[(i / 50) % names.length],
      application: names[(i / 50) % names.length],
    }),
  }));
  await writeLog(log, day, { label: true });
  const [out, outputsFolder] = [join(folder, "models", "m"), join(folder, "outputs")];
  await trainOnTraffic([log], { out, outputsFolder, ...small });
  const scored = join(folder, "scored.html");
  await scoreTraffic([log], out, { out: join(folder, "alerts.jsonl"), report: scored, command: names });

  const study = join(folder, "study");
  await mkdir(study);
  const file = `${image}.csv`;
  await writeLines(join(study, file), trafficLines({ rows: 800, dots: false, labels: ["normal", ...names] }));
  const outcome = await traffic(["run", "--data", file, "--csv", ...smallStudy], { cwd: study });
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.doesNotMatch(outcome.stdout + outcome.stderr, /(?!\n)\p{Cc}|\u202e/u);
  return [join(outputsFolder, "m", "report.html"), scored, join(study, "outputs", "report.html")];
}

let written: ReturnType<typeof writeReports> | undefined;
function reports(): ReturnType<typeof writeReports> {
  written ??= writeReports();
  return written;
}

test("the reports of train, score and run obey no name of a log, a table or a file", { skip }, async () => {
  const [trained, scored, studied] = await reports();
  for (const file of [trained, scored]) {
    const texts = await look(file);
    assert.ok(texts.includes(`${image}.log`), file);
  }
  const texts = await look(studied);
  for (const name of names) assert.ok(texts.includes(name), name);
  const predictions = await readFile(join(folder, "study", "outputs", "predictions.csv"), "utf8");
  assert.match(predictions, /,'=cmd\|calc!A0,/);
  assert.doesNotMatch(predictions, /(?:^|,)"?[=+@]/m);
});

test("a report draws every figure, scrolls in no direction but down, and its threshold moves by keyboard", {
  skip,
}, async () => {
  assert.ok(browser, "no browser found");
  const [trained, scored, studied] = await reports();
  for (const [file, width, colorScheme] of [
    [trained, 390, "light"],
    [scored, 390, "dark"],
    [studied, 390, "light"],
    [studied, 1200, "dark"],
  ] as const) {
    const page = await browser.newPage({ offline: true, viewport: { width, height: 900 }, colorScheme });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("body[data-drawn=yes]");
    const place = `${file} at ${width}`;
    assert.equal(
      await page.locator(".plot").count(),
      await page.locator(".plot .main-svg:first-child").count(),
    );
    const isTooWide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert.equal(await page.evaluate(isTooWide), false, place);
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.equal(background, colorScheme === "dark" ? "rgb(25, 25, 25)" : "rgb(255, 255, 255)");
    if (file === studied) {
      const flagged = page.locator("[data-count=truePositive]").first();
      const dot = () =>
        page.evaluate("document.querySelector('.plot').data.find(({ mode }) => mode === 'markers').y[0]");
      const before = [await flagged.textContent(), await dot()];
      await page.locator("input[type=range]").first().press("Home");
      assert.match((await flagged.textContent()) ?? "", /\(100 %\)$/);
      assert.deepEqual(await dot(), 1);
      await page.getByRole("button", { name: "as chosen" }).first().press("Enter");
      assert.deepEqual([await flagged.textContent(), await dot()], before);
    }
    await page.close();
  }
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(await readFile(studied, "utf8"))?.[1];
  assert.match(policy ?? "", /^default-src &#39;none&#39;; script-src( &#39;sha256-\S+&#39;){2}; /);
});

test("an exported notebook shows the names in figures, frames, streams and errors as they are", {
  skip,
}, async () => {
  const frame = { columns: names, index: [script], values: [names] };
  const stream = (name: string) => ({ output_type: "stream", name, text: names.join("\n") });
  const outputs = [
    {
      output_type: "display_data",
      data: { "text/html": frameHtml(frame), "text/plain": frameText(frame) },
      metadata: {},
    },
    { output_type: "display_data", data: { "text/plain": frameText(frame) }, metadata: {} },
    { output_type: "display_data", data: { "image/png": `"><img src=x onerror=harmed=1>` }, metadata: {} },
    stream("stdout"),
    stream("stderr"),
    { output_type: "error", ename: image, evalue: script, traceback: names },
    ...Object.values(figures).map((figure) => ({
      output_type: "display_data",
      data: { "application/vnd.plotly.v1+json": figure },
      metadata: {},
    })),
  ];
  const cells = [{ cell_type: "code", id: "a", execution_count: 1, metadata: {}, source: "1", outputs }];
  const metadata = { kernelspec: { name: "tslab", display_name: image, language: "typescript" } };
  const source = join(folder, "notebooks");
  await mkdir(source);
  const file = join(source, `${image}.ipynb`);
  await writeFile(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  const [, , page] = await writeBook([file], source, join(folder, "exported"));
  const texts = await look(page);
  for (const name of names) assert.ok(texts.includes(name), name);
});
