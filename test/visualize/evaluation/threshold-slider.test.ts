import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { createRandom, verdictMetrics } from "traffic-anomaly";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";
import { thresholdSliderFigure, writePage } from "traffic-anomaly/visualize";
import { nominalColumn } from "../../fixtures/table";
import { caption } from "../models/plane";

const random = createRandom(1, "test threshold slider");
const names = Array.from({ length: 3000 }, (_, row) => ["normal", "smurf", "ipsweep"][row % 3]);
const labels = nominalColumn("label", names);
const scores = Float64Array.from(names, (name) => 10 ** (4 * random.uniform() - (name === "normal" ? 4 : 2)));
const threshold = 0.0123456789;

for (const scale of ["linear", "log"] as const) {
  const figure = thresholdSliderFigure(
    { name: "autoencoder", scores, labels, threshold, axisTitle: "Score", scale, steps: 21 },
    caption,
  );
  const [{ active, steps }] = figure.layout.sliders as [{ active: number; steps: Step[] }];

  test(`every step of a ${scale} slider holds the verdicts at its threshold`, () => {
    assert.equal(steps.length, 21);
    for (const { args } of steps) {
      const [tables, layout, traces] = args;
      const metrics = verdictMetrics(scores, labels, layout["shapes[0].x0"]);
      const { truePositive, falseNegative, falsePositive, trueNegative } = metrics.confusion;
      const shown = tables.text[0]
        .flat()
        .map((text) => Number(/<b>([\d,]+)/.exec(text)?.[1].replace(",", "")));
      assert.deepEqual(shown, [truePositive, falseNegative, falsePositive, trueNegative]);
      const { dos = -1, probe = -1 } = metrics.recallByCategory;
      const shares = [metrics.falseAlarmRate, dos, probe].map((share) => [Number(share.toFixed(4))]);
      assert.deepEqual(tables.z[1], shares);
      assert.match(layout["annotations[0].text"], new RegExp(`F1 <b>${metrics.f1.toFixed(3)}`));
      assert.deepEqual(traces, [3, 4]);
    }
  });

  test(`a ${scale} slider ascends, and starts exactly at the threshold with what its step holds`, () => {
    const thresholds = steps.map(({ args }) => args[1]["shapes[0].x0"]);
    assert.deepEqual(
      thresholds,
      thresholds.slice().sort((a, b) => a - b),
    );
    assert.equal(thresholds[active], threshold);
    const [tables] = steps[active].args;
    assert.deepEqual([figure.data[3].z, figure.data[4].z], tables.z);
    assert.deepEqual([figure.data[3].text, figure.data[4].text], tables.text);
  });
}

const browser = findBrowser();
const skip = browser === undefined && process.env.CI !== "true" ? "no Chromium, Chrome or Edge found" : false;

test("in a page without a kernel, a click on the rail changes matrix, shares and line", {
  skip,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "slider-"));
  const running = await chromium.launch({ executablePath: browser });
  try {
    const page = await running.newPage({ offline: true });
    const figure = thresholdSliderFigure(
      { name: "autoencoder", scores, labels, threshold, axisTitle: "Score", scale: "log" },
      caption,
    );
    await page.goto(pathToFileURL(await writePage(figure, folder, "slider")).href);
    const rail = await page.locator(".slider-rail-touch-rect").boundingBox();
    assert.ok(rail);
    await page.mouse.click(rail.x + 0.9 * rail.width, rail.y + rail.height / 2);
    await page.waitForFunction(
      `document.getElementById("figure")._fullLayout.shapes[0].x0 > ${2 * threshold}`,
    );
    const shown = (await page.evaluate(
      `(({ data, layout }) => ({ at: layout.shapes[0].x0, text: data[3].text, z: data[4].z }))(document.getElementById("figure"))`,
    )) as { at: number; text: string[][]; z: number[][] };
    const { confusion, falseAlarmRate } = verdictMetrics(scores, labels, shown.at);
    assert.match(shown.text[0][0], new RegExp(`<b>${confusion.truePositive.toLocaleString("en-US")}<`));
    assert.equal(shown.z[0][0], Number(falseAlarmRate.toFixed(4)));
  } finally {
    await running.close();
    await rm(folder, { recursive: true });
  }
});

/** What a step of the slider tells Plotly.update to do. */
interface Step {
  readonly args: [
    { readonly z: number[][][]; readonly text: string[][][] },
    { readonly "shapes[0].x0": number; readonly "annotations[0].text": string },
    number[],
  ];
}
