import assert from "node:assert/strict";
import { test } from "node:test";
import {
  anomalousRows,
  chooseThreshold,
  evaluate,
  fitIsolationForest,
  fitPreprocessor,
  InputError,
  isolationForest,
  labels,
  literatureProtocol,
  type Metrics,
  mixedProtocol,
  noveltyProtocol,
  type ProtocolOptions,
  presets,
  scoreTable,
  selectRows,
  type Table,
  transform,
} from "traffic-anomaly";
import { literatureSubsets } from "traffic-anomaly/dist/data/kdd/literature";
import { atReportedRates } from "traffic-anomaly/dist/evaluation/metrics";
import type { NoveltyStudy } from "traffic-anomaly/dist/evaluation/protocols";
import { judgedNames } from "../fixtures/judged-names";
import { kddTable } from "../fixtures/table";
import { trafficLines, withFields } from "../fixtures/traffic";

const quick = {
  seed: 5,
  falseAlarmRate: 0.1,
  settings: {
    "isolation-forest": { trees: 20, sampleSize: 64 },
    autoencoder: { layers: [6, 3, 6], epochs: 2, batchSize: 64 },
  },
} satisfies ProtocolOptions;

const rows = 500;
const lines = trafficLines({ rows });
const train = kddTable(lines);
/** With attacks of types that `train` does not hold, and a service. */
const laterLines = trafficLines({ rows: 200, seed: 2 }).map((line, i) => {
  const label = i % 10 === 1 ? "apache2." : i % 10 === 3 ? "snmpguess." : undefined;
  return label ? withFields(line, { label, service: "x11" }) : line;
});
const later = kddTable(laterLines);
const isNormal = (table: Table, row: number) => anomalousRows(labels(table))[row] === 0;

const base = noveltyProtocol(train, later, quick);

/** All that was learnt: preprocessors, models and thresholds, to the bit. */
function learnt(study: NoveltyStudy): unknown {
  const { "isolation-forest": forest, autoencoder } = study.models;
  const { baselines } = study;
  return {
    fitRows: study.fitRows,
    forest: [forest.preprocessor, forest.detector.nodes, forest.threshold],
    network: [
      autoencoder.preprocessor,
      autoencoder.detector.weights,
      autoencoder.detector.history,
      autoencoder.threshold,
    ],
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, { threshold }]) => [name, threshold]),
    ),
  };
}

function scoresOf({ models, baselines }: NoveltyStudy) {
  return Object.entries({ ...models, ...baselines });
}

test("novelty: 80 % of the normal rows are fitted; the others and all attacks are held out", async () => {
  const { fitRows, holdoutRows } = await base;
  const normals = rows / 2;
  assert.equal(fitRows.length, 0.8 * normals);
  assert.ok(fitRows.every((row) => isNormal(train, row)));
  assert.equal(holdoutRows.length, 0.2 * normals + (rows - normals));
  const all = [...fitRows, ...holdoutRows].sort((a, b) => a - b);
  assert.deepEqual(
    all,
    Array.from({ length: rows }, (_, row) => row),
    "each row is in one of both",
  );
  assert.deepEqual(holdoutRows, holdoutRows.slice().sort(), "in the order of the file");
});

test("novelty: models are fitted on those rows, as they would be alone", async () => {
  const { fitRows, models } = await base;
  const preprocessor = fitPreprocessor(train, isolationForest.preprocessing, fitRows);
  const forest = await fitIsolationForest(transform(preprocessor, train, fitRows), {
    ...quick.settings["isolation-forest"],
    seed: quick.seed,
  });
  assert.deepEqual(models["isolation-forest"].detector.nodes, forest.nodes);
  assert.deepEqual(
    models["isolation-forest"].testScores,
    await scoreTable({ detector: forest, preprocessor }, later),
  );
});

test("novelty: preprocessing that is asked for is that of all detectors, baselines included", async () => {
  const study = await noveltyProtocol(train, undefined, { ...quick, preprocessing: { scaling: "quantile" } });
  for (const { preprocessor } of Object.values(study.models))
    assert.equal(preprocessor.options.scaling, "quantile");
  const [here, there] = [study, await base].map(({ baselines }) => baselines);
  assert.notDeepEqual(here["baseline:principal-components"], there["baseline:principal-components"]);
  study.models.combined.detector.dispose();
});

test("novelty: thresholds come from the held-out normal rows, at the false-alarm rate", async () => {
  const study = await base;
  const heldOut = study.holdoutRows.filter((row) => isNormal(train, row));
  for (const [name, { threshold, trainingScores }] of scoresOf(study)) {
    const scores = Float64Array.from(heldOut, (row) => trainingScores[row]);
    assert.deepEqual(threshold, chooseThreshold(scores, 0.1), name);
    assert.equal(study.metrics.holdout[name].threshold, threshold.value);
    assert.ok(study.metrics.holdout[name].falseAlarmRate! <= 0.1);
  }
});

test("novelty: changing attacks, or the test file, changes nothing that was learnt", async () => {
  const study = await base;
  const otherAttacks = lines.map((line, row) =>
    isNormal(train, row)
      ? line
      : withFields(line, {
          duration: "9999",
          service: "nntp",
          src_bytes: "123456",
          count: "7",
          label: "phf.",
        }),
  );
  const otherLater = laterLines.map((line) => withFields(line, { service: "http", hot: "30" }));
  for (const [changedTrain, changedLater] of [
    [kddTable(otherAttacks), later],
    [train, kddTable(otherLater)],
    [train, undefined],
  ]) {
    const changed = await noveltyProtocol(changedTrain!, changedLater, quick);
    assert.deepEqual(learnt(changed), learnt(study));
    changed.models.autoencoder.detector.dispose();
  }
});

test("novelty: changing a held-out normal row changes no model", async () => {
  const study = await base;
  const row = study.holdoutRows.find((candidate) => isNormal(train, candidate))!;
  const changedLines = lines.map((line, i) =>
    i === row ? withFields(line, { src_bytes: "987654", count: "511" }) : line,
  );
  const changed = await noveltyProtocol(kddTable(changedLines), later, quick);
  const { forest, network, ...others } = learnt(changed) as Record<string, unknown[]>;
  const expected = learnt(study) as typeof others;
  assert.deepEqual(others.fitRows, expected.fitRows);
  assert.deepEqual(forest.slice(0, 2), expected.forest.slice(0, 2));
  assert.deepEqual(network.slice(0, 3), expected.network.slice(0, 3));
  changed.models.autoencoder.detector.dispose();
});

test("novelty: the same seed gives the same bytes, another seed others", async () => {
  const study = await base;
  const again = await noveltyProtocol(train, later, quick);
  const figures = (of: NoveltyStudy) => [
    of.metrics,
    scoresOf(of).map(([name, { trainingScores, testScores }]) => [name, trainingScores, testScores]),
  ];
  assert.deepEqual(figures(again), figures(study));
  const other = await noveltyProtocol(train, later, { ...quick, seed: 6 });
  assert.notDeepEqual(other.fitRows, study.fitRows);
  assert.notDeepEqual(
    other.models["isolation-forest"].testScores,
    study.models["isolation-forest"].testScores,
  );
  assert.notDeepEqual(other.models.autoencoder.testScores, study.models.autoencoder.testScores);
  again.models.autoencoder.detector.dispose();
  other.models.autoencoder.detector.dispose();
});

test("novelty: models and baselines are measured on holdout and test alike", async () => {
  const study = await base;
  assert.deepEqual(Object.keys(study.metrics.holdout), judgedNames);
  assert.deepEqual(Object.keys(study.metrics.test!), judgedNames);
  for (const [name, { trainingScores, testScores, threshold }] of scoresOf(study)) {
    const normalScores = Float64Array.from(
      study.holdoutRows.filter((row) => isNormal(train, row)),
      (row) => trainingScores[row],
    );
    const promised = atReportedRates((rate) => chooseThreshold(normalScores, Number(rate)).value);
    const judge = (table: Table, scores: Float64Array, known?: ReadonlySet<string>): Metrics =>
      evaluate({ scores, labels: labels(table), threshold: threshold.value, promised, knownLabels: known });
    const held = Float64Array.from(study.holdoutRows, (row) => trainingScores[row]);
    const { deduplicated, ...holdout } = study.metrics.holdout[name];
    assert.deepEqual(holdout, judge(selectRows(train, study.holdoutRows), held));
    assert.ok(deduplicated && deduplicated.rocAuc > 0 && deduplicated.f1! > 0);
    const { deduplicated: _, ...onTest } = study.metrics.test![name];
    assert.deepEqual(onTest, judge(later, testScores!, new Set(labels(train).categories)));
    assert.ok("recallNovelAttacks" in onTest && !("recallNovelAttacks" in holdout));
  }
});

test("novelty: categories of the test file that training rows lack are reported", async () => {
  const { unseen } = await base;
  const x11 = unseen.find(({ category }) => category === "x11");
  assert.deepEqual(x11, { feature: "service", category: "x11", rows: (2 * 200) / 10 });
});

test("novelty: without a test file there are no test figures", async () => {
  const study = await noveltyProtocol(train, undefined, quick);
  assert.deepEqual(Object.keys(study.metrics), ["holdout"]);
  assert.equal(study.models["isolation-forest"].testScores, undefined);
  assert.deepEqual(study.unseen, []);
  assert.deepEqual(study.metrics.holdout, (await base).metrics.holdout);
  study.models.autoencoder.detector.dispose();
});

test("novelty: a training file without normal rows is refused", async () => {
  const attacks = kddTable(trafficLines({ rows: 20, labels: ["smurf", "neptune"] }));
  await assert.rejects(noveltyProtocol(attacks, undefined, quick), InputError);
});

test("mixed: the forest is fitted on every row and scored on the same", async () => {
  const { "isolation-forest": found, ...others } = await mixedProtocol(train, quick);
  assert.deepEqual(others, {});
  assert.deepEqual(Object.keys(found).sort(), ["averagePrecision", "deduplicated", "rocAuc"]);
  const preprocessor = fitPreprocessor(train, presets.published.preprocessing);
  const detector = await fitIsolationForest(transform(preprocessor, train), {
    ...quick.settings["isolation-forest"],
    seed: quick.seed,
  });
  const scores = await scoreTable({ detector, preprocessor }, train);
  const { deduplicated: _, ...expected } = found;
  assert.deepEqual(evaluate({ scores, labels: labels(train) }), expected);
});

test("literature: every subset is ranked, and nothing else measured", async () => {
  // An attack among the logged-in rows of each service, so that every subset has both classes.
  const attacked = lines.map((line, i) =>
    i % 25 === 1
      ? withFields(line, { service: i % 2 ? "http" : "smtp", logged_in: "1", label: "phf." })
      : line,
  );
  const found = await literatureProtocol(kddTable(attacked), quick);
  assert.deepEqual(Object.keys(found), literatureSubsets);
  for (const detectors of Object.values(found)) {
    assert.deepEqual(Object.keys(detectors), ["isolation-forest"]);
    assert.deepEqual(Object.keys(detectors["isolation-forest"]), ["rocAuc", "averagePrecision"]);
  }
  assert.deepEqual(await literatureProtocol(kddTable(attacked), quick), found, "same seed, same figures");
});

test("an aborted protocol throws the signal's reason", async () => {
  const stopped = { ...quick, signal: AbortSignal.abort(new Error("enough")) };
  await assert.rejects(noveltyProtocol(train, later, stopped), /^Error: enough$/);
  await assert.rejects(mixedProtocol(train, stopped), /^Error: enough$/);
  await assert.rejects(literatureProtocol(train, stopped), /^Error: enough$/);
});

test("the tables are not changed", async () => {
  const before = structuredClone({ train, later });
  const study = await noveltyProtocol(train, later, quick);
  study.models.autoencoder.detector.dispose();
  await mixedProtocol(train, quick);
  assert.deepEqual({ train, later }, before);
});
