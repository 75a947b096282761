import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComparedSetting } from "traffic-anomaly/dist/visualize/evaluation/comparison";
import { comparisonFigure } from "traffic-anomaly/visualize";

const settings: ComparedSetting[] = [
  { name: "novelty", figures: { "isolation-forest": 0.975, autoencoder: 0.98 } },
  { name: "mixed", figures: { "isolation-forest": 0.2 } },
  { name: "<b>seeds</b>", figures: { autoencoder: { mean: 0.9, standardDeviation: 0.01 } } },
];
const figure = comparisonFigure(
  settings,
  { title: "ROC AUC", guide: { value: 0.5, words: "Chance" } },
  { protocol: "scored on corrected" },
);

interface Trace {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
  readonly error_x?: { readonly array: number[] };
}
const traces = figure.data as unknown as Trace[];
const lines = ({ y }: Trace) => y.map((place) => Math.abs(Math.round(place)));

test("each detector has its dots, on the lines of the settings that have it", () => {
  assert.deepEqual(
    traces.map(({ name }) => name),
    ["Isolation forest", "Autoencoder", "Chance"],
  );
  const [forest, network] = traces;
  assert.deepEqual(forest.x, [0.975, 0.2]);
  assert.deepEqual(lines(forest), [0, 1]);
  assert.deepEqual(network.x, [0.98, 0.9]);
  assert.deepEqual(lines(network), [0, 2]);
});

test("two detectors on one line do not hide each other, one alone stands on it", () => {
  const [forest, network] = traces;
  assert.notEqual(forest.y[0], network.y[0]);
  assert.equal(forest.y[1], 1);
});

test("a mean has a bar of one standard deviation; plain figures have none", () => {
  const [forest, network, chance] = traces;
  assert.equal(forest.error_x, undefined);
  assert.deepEqual(network.error_x?.array, [0, 0.01]);
  assert.deepEqual(chance.x, [0.5, 0.5]);
});

test("it is plain data, and markup in a name is plain text", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(figure)), figure);
  assert.match(JSON.stringify(figure.layout), /&lt;b&gt;seeds/);
  assert.match(JSON.stringify(figure.layout.title), /ROC AUC by setting.*scored on corrected/);
});
