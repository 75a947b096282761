import assert from "node:assert/strict";
import { test } from "node:test";
import { rocCurve, scoreSteps } from "traffic-anomaly";
import { formatShare } from "traffic-anomaly/dist/common/format";
import { modelStyles } from "traffic-anomaly/dist/visualize/palette";
import type { Figure } from "traffic-anomaly/visualize";
import { rocFigure, scoreDistributionFigure, trainingLossFigure } from "traffic-anomaly/visualize";
import { caption, figures, hostileLabel, labels, models } from "./examples";

/** The parts of a trace that the tests read. */
interface Trace {
  name: string;
  x: number[];
  y: number[];
  text: string[];
  xaxis?: string;
  line?: { dash: string };
}
const traces = ({ data }: Figure) => data as unknown as Trace[];

for (const [kind, figure] of Object.entries(figures)) {
  test(`the ${kind} figure states its protocol and survives JSON`, () => {
    assert.match((figure.layout.title as { text: string }).text, /scored on corrected/);
    assert.deepEqual(JSON.parse(JSON.stringify(figure)), figure);
  });

  test(`the ${kind} figure holds no rows and its axes have titles`, () => {
    assert.ok(JSON.stringify(figure).length < 100_000);
    assert.match(JSON.stringify(figure.layout.xaxis), /"title":\{"text":"[^"]/);
  });
}

test("a caption's remark stands before the title, as plain text", () => {
  const figure = trainingLossFigure([{ epoch: 1, loss: 1 }], { ...caption, remark: "Simulated <traffic>" });
  assert.match(
    (figure.layout.title as { text: string }).text,
    /^<b>Simulated &lt;traffic&gt;:<\/b> .*Training loss/,
  );
});

test("models are solid and baselines dashed, the area is in the legend", () => {
  const named = traces(figures.roc).filter(({ xaxis, line }) => line && xaxis !== "x2");
  const dashes = named.map(({ line }) => line?.dash);
  assert.deepEqual(dashes, ["solid", "solid", "dash", "dot"]);
  assert.match(named[0].name, /^Isolation forest · AUC 0\.\d{4}$/);
});

test("thinned curves keep their ends, on either panel", () => {
  const n = 50_000;
  const scores = Float64Array.from({ length: n }, (_, row) => (row * 7919) % n);
  const anomalous = Uint8Array.from(scores, (score) => (score % 10 < 6 ? 1 : 0));
  const curve = rocCurve(scoreSteps(scores, anomalous));
  const [linear, , logarithmic] = traces(rocFigure([{ name: "autoencoder", curve, rocAuc: 0.5 }], caption));
  assert.ok(linear.x.length < 1100 && logarithmic.x.length < 1100);
  assert.deepEqual([linear.x[0], linear.y[0]], [0, 0]);
  assert.deepEqual([linear.x.at(-1), linear.y.at(-1)], [1, 1]);
  assert.equal(logarithmic.x[0], 1e-4);
  assert.deepEqual([logarithmic.x.at(-1), logarithmic.y.at(-1)], [1, 1]);
});

test("the operating point is where the verdicts' false-alarm rate and recall are", () => {
  const marked = traces(figures.roc).filter(
    ({ name, x }) => name.startsWith("Autoencoder") && x.length === 1,
  );
  const { falseAlarmRate, recall } = models[1].metrics;
  assert.equal(marked.length, 2);
  for (const { x, y } of marked) assert.deepEqual([x[0], y[0]], [falseAlarmRate, recall]);
});

test("confusion matrices show counts and the shares of each true class", () => {
  const [first] = traces(figures.confusion) as unknown as { z: number[][]; text: string[][] }[];
  const { truePositive, falseNegative, falsePositive, trueNegative } = models[0].metrics.confusion;
  assert.deepEqual(first.z[0], [truePositive / 5000, falseNegative / 5000]);
  assert.deepEqual(first.z[1], [falsePositive / 1000, trueNegative / 1000]);
  // The share of held-out rows flagged is below the budget of 5 %: of 1,000 rows, 49.
  assert.equal(first.text[1][0], "<b>49</b><br>4.9 %");
});

test("the distribution has a panel for each category and leaves its inputs as they were", () => {
  const scores = models[0].scores.slice();
  const figure = scoreDistributionFigure({ ...models[0], labels, axisTitle: "Score" }, caption);
  assert.deepEqual(models[0].scores, scores);
  assert.deepEqual(
    traces(figure).map(({ name }) => name),
    ["Normal", "DoS", "Probe", "R2L", "U2R", "Other"],
  );
});

test("the epoch with the lowest validation loss is marked, and none without validation", () => {
  assert.deepEqual(traces(figures["training-loss"]).at(-1)?.x, [3]);
  assert.equal(traces(trainingLossFigure([{ epoch: 1, loss: 1 }], caption)).length, 1);
});

test("new attack types are marked, known ones are not, markup in a label is plain text", () => {
  const layout = JSON.stringify(figures["recall-by-attack"].layout);
  assert.match(layout, /<b>perl \*<\/b> {3}1,000/);
  assert.match(layout, /"smurf {3}1,000"/);
  assert.ok(!layout.includes(hostileLabel));
  assert.ok(layout.includes("&lt;/script&gt;&lt;b&gt;x&amp;y"));
});

test("each detector keeps its colour, whatever stands beside it", () => {
  const alone = modelStyles(["autoencoder"])[0].colour;
  const beside = modelStyles(["baseline:count", "my-model", "autoencoder"]).map(({ colour }) => colour);
  assert.equal(beside[2], alone);
  assert.equal(new Set(beside).size, 3);
});

test("a share is never rounded to none or all", () => {
  assert.deepEqual([0, 1e-6, 0.0005, 0.123456, 0.9994, 0.99999, 1].map(formatShare), [
    "0 %",
    "< 0.1 %",
    "0.1 %",
    "12.3 %",
    "99.9 %",
    "> 99.9 %",
    "100 %",
  ]);
});
