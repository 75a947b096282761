import assert from "node:assert/strict";
import { test } from "node:test";
import { frameText } from "traffic-anomaly/dist/notebook/frame";
import { metricsFrame } from "traffic-anomaly/notebook";

const corrected = {
  autoencoder: {
    rocAuc: 0.98044,
    averagePrecision: 0.99517,
    deduplicated: { rocAuc: 1, averagePrecision: 1 },
  },
  "baseline:count": { rocAuc: 0.91994, averagePrecision: 0.97941 },
};

test("a row is called by setting and detector and holds four decimals, or a dash", () => {
  assert.deepEqual(metricsFrame({ "novelty / corrected": corrected }), {
    columns: ["rocAuc", "deduplicated.rocAuc", "averagePrecision"],
    index: ["novelty / corrected / autoencoder", "novelty / corrected / baseline:count"],
    values: [
      ["0.9804", "1.0000", "0.9952"],
      ["0.9199", "–", "0.9794"],
    ],
  });
});

test("only the columns asked for are there, in that order", () => {
  const { columns, values } = metricsFrame({ corrected }, ["averagePrecision", "rocAuc"]);
  assert.deepEqual(columns, ["averagePrecision", "rocAuc"]);
  assert.deepEqual(values[0], ["0.9952", "0.9804"]);
});

test("several studies give mean ± sample standard deviation", () => {
  const studies = [0.8, 1].map((rocAuc) => ({ autoencoder: { rocAuc, averagePrecision: 0.5 } }));
  const { values } = metricsFrame({ seeds: studies }, ["rocAuc", "f1"]);
  // (0.8 + 1) / 2, and √((0.1² + 0.1²) / (2 − 1))
  assert.deepEqual(values, [["0.9000 ± 0.1414", "–"]]);
});

test("as text, columns stay apart by two spaces or more, so that it can be read back", () => {
  const text = frameText(metricsFrame({ "novelty / corrected": [corrected, corrected] }));
  const [header, first, second] = text.split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(header, ["rocAuc", "deduplicated.rocAuc", "averagePrecision"]);
  assert.deepEqual(first.slice(1), ["0.9804 ± 0.0000", "1.0000 ± 0.0000", "0.9952 ± 0.0000"]);
  assert.equal(second[2], "–");
});

test("verdicts of distinct rows, and at promised and true false-alarm rates, are columns that are asked for", () => {
  const rates = { falseAlarmRate: 0.01, precision: 0.9, recall: 0.8, f1: 0.85 };
  const at = { "0.05": rates, "0.01": { ...rates, f1: 0.7 }, "0.001": rates };
  const autoencoder = {
    rocAuc: 1,
    averagePrecision: 1,
    deduplicated: { rocAuc: 1, averagePrecision: 1, ...rates },
    atPromisedRate: at,
    atTrueRate: at,
  };
  const wanted = ["deduplicated.f1", "atPromisedRate.0.05.recall", "atTrueRate.0.01.f1"] as const;
  const { values } = metricsFrame(
    { corrected: { autoencoder, "baseline:count": corrected["baseline:count"] } },
    wanted,
  );
  assert.deepEqual(values, [
    ["0.8500", "0.8000", "0.7000"],
    ["–", "–", "–"],
  ]);
});

test("verdicts that flag no row say so instead of zeros, unless another study's flag some", () => {
  const silent = { falseAlarmRate: 0, precision: 0, recall: 0, f1: 0 };
  const some = { falseAlarmRate: 0.5, precision: 0.5, recall: 1, f1: 0.5 };
  const study = (rates: typeof some) => ({
    count: {
      rocAuc: 0.9,
      averagePrecision: 0.9,
      ...rates,
      atPromisedRate: { "0.05": rates, "0.01": silent, "0.001": silent },
    },
  });
  const wanted = ["rocAuc", "f1", "atPromisedRate.0.05.f1", "atPromisedRate.0.01.f1"] as const;
  const valuesOf = (...studies: ReturnType<typeof study>[]) =>
    metricsFrame({ seeds: studies }, wanted).values[0];
  const nothing = "nothing flagged";
  assert.deepEqual(valuesOf(study(silent)), ["0.9000", nothing, nothing, nothing]);
  assert.deepEqual(valuesOf(study(some)), ["0.9000", "0.5000", "0.5000", nothing]);
  // (0 + 0.5) / 2, and √(2 · 0.25² / (2 − 1))
  assert.deepEqual(valuesOf(study(silent), study(some)), [
    "0.9000 ± 0.0000",
    "0.2500 ± 0.3536",
    "0.2500 ± 0.3536",
    nothing,
  ]);
});
