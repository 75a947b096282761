import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { InputError, loadTrafficModel, trainOnTraffic } from "traffic-anomaly";
import { learnableRows, readTrainingData } from "traffic-anomaly/dist/detect/training/training-data";
import { trainingDoubts } from "traffic-anomaly/dist/detect/training/training-doubts";
import { contents } from "../../cli/command";
import { temporaryFolder } from "../../fixtures/folder";
import { eveLog, realLogTest } from "../../traffic/logs/logs";
import { dayOf, small, sweep, trainOffice, writeLog } from "../network";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("train");
const office = trainOffice(folder);

test("training writes both detectors, what is usual, and diagnostics without labels", async () => {
  const { model, result } = await office;
  const { detectors, logs, windows } = await loadTrafficModel(model);
  assert.deepEqual(Object.keys(detectors), ["isolation-forest", "autoencoder"]);
  assert.deepEqual([result.reading.connections, result.fitted, result.heldOut], [3000, 2400, 600]);
  assert.deepEqual(logs, result.logs);
  assert.deepEqual(windows, { timeWindow: 511, hostWindow: 255, timeBase: "start" });
  assert.equal(result.labels, undefined);
  assert.equal(result.metrics, undefined);
  const outputs = join(folder, "outputs", "office");
  assert.deepEqual(JSON.parse(readFileSync(join(outputs, "diagnostics.json"), "utf8")), result);
  const report = readFileSync(join(outputs, "report.html"), "utf8");
  for (const title of ["Most unusual hosts", "Share flagged over time", "Training loss of the autoencoder"])
    assert.ok(report.includes(`>${title}</h3>`), title);
  assert.equal(report.match(/: scores<\/h3>/g)?.length, 2);
  assert.match(report, /The logs cover [\d.]+ hours: /);
  const counted = result.flaggedOverTime.reduce((sum, { connections }) => sum + connections, 0);
  assert.equal(counted, 3000);
});

test("each detector has half of the budget, of connections as of a view's rows", async () => {
  const { model, result } = await office;
  const { detectors, views } = await loadTrafficModel(model);
  for (const { threshold } of Object.values(detectors)) assert.equal(threshold.rate, 0.01 / 2);
  for (const { detectors } of Object.values(views))
    for (const { threshold } of Object.values(detectors)) assert.equal(threshold.rate, 0.01 / 2);
  assert.ok(
    result.flaggedShare.any <= result.flaggedShare["isolation-forest"] + result.flaggedShare.autoencoder,
  );
});

test("the same logs, options and seed give the same bytes", async () => {
  const { model } = await office;
  const again = join(folder, "again", "office");
  await trainOnTraffic([join(folder, "usual.log")], {
    out: again,
    outputsFolder: join(folder, "outputs-again"),
    ...small,
  });
  const hashes = (place: string) => Object.values(contents(place));
  assert.deepEqual(hashes(again), hashes(model));
  assert.deepEqual(hashes(join(folder, "outputs-again")), hashes(join(folder, "outputs")));
});

test("of labelled logs only benign connections are learned from, and the others are judged", async () => {
  const usual = dayOf(2000, { seed: 3 });
  const scan = sweep(300, usual[1000].start);
  const background = usual.slice(0, 50).map((connection) => ({ ...connection, label: "Background" }));
  const log = await writeLog(
    join(folder, "labelled.log"),
    [...background, ...usual.slice(50), ...scan].sort((a, b) => a.start - b.start),
    { label: true },
  );
  const { labels, fitted, heldOut, metrics, unusualHosts } = await trainOnTraffic([log], {
    out: join(folder, "models", "labelled"),
    outputsFolder: join(folder, "outputs"),
    ...small,
  });
  assert.deepEqual(labels, { Background: 50, normal: 1950, scan: 300 });
  assert.equal(fitted + heldOut, 1950);
  assert.deepEqual(Object.keys(metrics ?? {}), [
    "isolation-forest",
    "autoencoder",
    "baseline:count",
    "baseline:dst_bytes",
    "baseline:principal-components",
    "baseline:mahalanobis",
    "baseline:ecod",
  ]);
  const { confusion } = metrics!.autoencoder;
  assert.equal(confusion!.truePositive + confusion!.falseNegative, 300);
  assert.equal(confusion!.trueNegative + confusion!.falsePositive, heldOut);
  assert.ok(metrics!.autoencoder.rocAuc > 0.9);
  assert.equal(unusualHosts[0].host, "10.66.6.6");
});

test("labels can be ignored, and connections that hardly are usual traffic are learned from with a warning", async () => {
  const log = await writeLog(join(folder, "scans.log"), sweep(300, 1e9), { label: true });
  const notices: string[] = [];
  const { labels, fitted, heldOut } = await trainOnTraffic([log], {
    ...{ out: join(folder, "models", "scans"), outputsFolder: join(folder, "outputs"), ...small },
    ...{ ignoreLabels: true, onNotice: (sentence: string) => notices.push(sentence) },
  });
  assert.deepEqual([labels, fitted + heldOut], [undefined, 300]);
  assert.equal(
    notices[0],
    "of the connections learned from 100 % were started by 10.66.6.6, 100 % were refused or not answered, 100 % are alike (telnet, S0): if these are attacks, the model takes attacks for usual; leave such hours out",
  );
  const usual = await readTrainingData([join(folder, "usual.log")]);
  assert.deepEqual(trainingDoubts(usual, learnableRows(usual)), []);
});

test("what can't be learned from is refused, and nothing is written", async () => {
  const options = { out: join(folder, "models", "none"), outputsFolder: join(folder, "none"), ...small };
  const few = await writeLog(join(folder, "few.log"), dayOf(80));
  const attacks = await writeLog(join(folder, "attacks.log"), sweep(300, 1e9), { label: true });
  await mkdir(join(folder, "empty"));
  const eve = join(folder, "eve.json");
  await writeFile(eve, eveLog(dayOf(80)));
  const cases: [string[], RegExp][] = [
    [[few], /^there are 80 usual connections to learn from; 100 are needed: add logs of more time$/],
    [
      [attacks],
      /^the logs are labelled, but no connection is labelled benign or normal, only scan: to learn from all of them, ignore the labels/,
    ],
    [[join(folder, "empty")], /has no connection log/],
    [
      [few, eve],
      /eve\.json is Suricata's EVE log, but .*few\.log is Zeek's conn\.log, which records other things of a connection: train a model on logs of one kind$/,
    ],
  ];
  const before = contents(folder);
  for (const [paths, sentence] of cases) {
    await assert.rejects(trainOnTraffic(paths, options), (error: Error) => {
      assert.ok(error instanceof InputError, error.stack);
      assert.match(error.message, sentence);
      return true;
    });
  }
  await assert.rejects(
    trainOnTraffic([few], { ...options, outputsFolder: join(folder, "models") }),
    /is where the diagnostics go: choose another folder for the model$/,
  );
  await assert.rejects(trainOnTraffic([few], { ...options, falseAlarmRate: 1 }), /falseAlarmRate must be/);
  assert.deepEqual(contents(folder), before);
});

realLogTest("six rotated logs are learned from as one, in order of time", async (zeek) => {
  const result = await trainOnTraffic([join(zeek, "rotated")], {
    out: join(folder, "models", "rotated"),
    outputsFolder: join(folder, "outputs"),
    ...small,
  });
  assert.equal(result.logs.length, 6);
  assert.equal(result.reading.connections, 9155);
  assert.equal(result.reading.lateConnections, 0);
});
