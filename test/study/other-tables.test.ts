// Studies of tables that are not KDD'99's, made up here.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  createRandom,
  noveltyProtocol,
  type ProtocolOptions,
  studyFigures,
  type Table,
} from "traffic-anomaly";
import { disposeDetectors } from "traffic-anomaly/dist/evaluation/protocols";
import { type AnomalousRow, firstOfEachKind } from "traffic-anomaly/dist/study/most-anomalous";
import { unlabelledFindings } from "traffic-anomaly/dist/study/unlabelled";
import type { Figure } from "traffic-anomaly/visualize";
import { tableOf } from "../fixtures/table";

const quick = {
  settings: {
    "isolation-forest": { trees: 20, sampleSize: 64 },
    autoencoder: { layers: [4, 2, 4], epochs: 2, batchSize: 64 },
  },
} satisfies ProtocolOptions;
const names = { train: "pumps.csv" };
const rows = 400;

/** Every tenth row is odd: hot, or of a valve that no other has. */
function pumps(kinds: readonly string[]): Table {
  const random = createRandom(1, "pumps");
  const kind = (row: number) => (row % 10 === 9 ? kinds[((row / 10) % kinds.length) | 0] : "normal");
  const all = Array.from({ length: rows }, (_, row) => row);
  return tableOf(
    {
      heat: all.map((row) => 20 + random.uniform() + (kind(row) === kinds[0] ? 50 : 0)),
      valve: all.map((row) => (kind(row) === kinds[1] ? "stuck" : row % 2 === 0 ? "open" : "shut")),
    },
    { labels: all.map(kind) },
  );
}

const several = pumps(["Overheated", "Blocked"]);
const study = noveltyProtocol(several, undefined, quick);
const one = noveltyProtocol(pumps(["1"]), undefined, quick);
const { labels: _, ...unlabelled } = several;
const unjudged = noveltyProtocol(unlabelled, undefined, quick);
after(async () => {
  for (const { models } of [await study, await one, await unjudged]) disposeDetectors(Object.values(models));
});

const titleOf = ({ layout }: Figure) => (layout.title as { text: string }).text;
const kdd = /DoS|Probe|R2L|U2R|category|attack|KDD/;

test("detectors that know KDD'99's columns are no baselines of another table, and there is recall by kind only", async () => {
  const { holdout } = (await study).metrics;
  assert.deepEqual(Object.keys(holdout), [
    ...["isolation-forest", "autoencoder", "combined"],
    ...["baseline:principal-components", "baseline:mahalanobis", "baseline:ecod"],
  ]);
  const { recallByAttack, recallByCategory } = holdout["isolation-forest"];
  assert.deepEqual([Object.keys(recallByAttack ?? {}), recallByCategory], [["Blocked", "Overheated"], {}]);
});

test("figures show each kind of anomaly, and speak of no attack and no category", async () => {
  const figures = studyFigures(await study, several, undefined, names);
  assert.deepEqual(Object.keys(figures), [
    ...["roc", "precision-recall", "confusion", "recall-by-attack"].map((name) => `${name}-holdout`),
    ...["isolation-forest", "autoencoder", "combined"].map((name) => `scores-${name}-holdout`),
    "training-loss-autoencoder",
  ]);
  for (const [name, figure] of Object.entries(figures)) {
    const [found] = JSON.stringify(figure).replaceAll('"type":"category"', "").match(kdd) ?? [];
    assert.equal(found, undefined, name);
    assert.match(titleOf(figure), /normal rows of pumps\.csv/);
  }
  assert.match(titleOf(figures["recall-by-attack-holdout"]), /Recall by kind of anomaly/);
  const scores = JSON.stringify(figures["scores-combined-holdout"].layout.annotations);
  for (const title of ["Normal", "Blocked", "Overheated"])
    assert.match(scores, new RegExp(`<b>${title}</b>`));
});

test("where anomalies are of one kind there is no recall by kind, and they are called anomalous", async () => {
  const figures = studyFigures(await one, pumps(["1"]), undefined, names);
  assert.ok(!("recall-by-attack-holdout" in figures));
  assert.match(JSON.stringify(figures["scores-autoencoder-holdout"].layout.annotations), /<b>Anomalous<\/b>/);
});

test("without labels all rows are fitted or held out, and figures show the scores of all and say so", async () => {
  const found = await unjudged;
  assert.deepEqual([found.fitRows.length, found.holdoutRows.length], [0.8 * rows, 0.2 * rows]);
  assert.deepEqual([found.baselines, found.metrics], [{}, { holdout: {} }]);
  const figures = studyFigures(found, unlabelled, undefined, names);
  assert.deepEqual(Object.keys(figures), [
    ...["isolation-forest", "autoencoder", "combined"].map((name) => `scores-${name}-pumps.csv`),
    "training-loss-autoencoder",
  ]);
  for (const figure of Object.values(figures)) assert.ok(!/normal row|kind's/.test(JSON.stringify(figure)));
  assert.match(titleOf(figures["scores-combined-pumps.csv"]), /scored on all of them; no labels$/);
});

test("without labels a study tells which rows stand out, each once, by their numbers in the file and with reasons", async () => {
  const source = {
    ...{ path: "pumps.csv", name: "pumps.csv", sha256: "", rows },
    labelled: false,
    skippedRows: [1],
  };
  const data = { train: unlabelled, trainSource: source, simulated: false, titles: { train: "pumps.csv" } };
  const { flaggedShare, mostAnomalous } = await unlabelledFindings(await unjudged, data);
  assert.deepEqual(Object.keys(flaggedShare), ["holdout"]);
  for (const share of Object.values(flaggedShare.holdout)) assert.ok(share <= 0.05);
  assert.equal(mostAnomalous.length, 20);
  const [first] = mostAnomalous;
  assert.equal((first.row - 1) % 10, 0, "row 9 of the table is line 11 of a file of which row 1 was skipped");
  assert.ok(first.anomaly && first.pValue < 0.05 && ["heat", "valve"].includes(first.reasons[0].feature));
  assert.ok(mostAnomalous.every(({ score }, i) => i === 0 || score <= mostAnomalous[i - 1].score));
});

test("of rows with the same reasons and names one is shown, with the number of the others", () => {
  const row = (row: number, label: string, values: Record<string, string>): AnomalousRow => ({
    ...{ row, label, score: 1, pValue: 0.01, anomaly: true },
    reasons: Object.entries(values).map(([feature, value]) => ({
      ...{ feature, value, usual: "", share: 0.3, contribution: 1 },
    })),
  });
  const shown = firstOfEachKind([
    row(1, "scan", { flag: "S0", rate: "0.7" }),
    row(2, "scan", { rate: "0.6", flag: "S0" }),
    row(3, "scan", { flag: "SH", rate: "0.7" }),
    row(4, "normal", { flag: "S0", rate: "0.7" }),
    row(5, "normal", { rate: "0.7", bytes: "1" }),
    row(6, "normal", { rate: "0.7", bytes: "2" }),
  ]);
  assert.deepEqual(
    shown.map(({ row, alike }) => [row, alike]),
    [
      [1, 1],
      [3, 0],
      [4, 0],
      [5, 0],
      [6, 0],
    ],
  );
});
