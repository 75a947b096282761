import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { oneClassReport } from "traffic-anomaly/dist/cli/report";
import { runOneClass } from "traffic-anomaly/dist/study/run-one-class";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, writeLines } from "../fixtures/traffic";

const folder = temporaryFolder("one-class");
const options = {
  data: join(folder, "train.csv"),
  test: join(folder, "train.csv"),
  outputsFolder: join(folder, "outputs"),
  repeats: 2,
  settings: {
    "isolation-forest": { trees: 10, sampleSize: 64 },
    autoencoder: { layers: [6, 3, 6], epochs: 1, batchSize: 64 },
  },
};

test("a protocol's figures over seeds are written beside the published ones, and nothing else is touched", async () => {
  await writeLines(options.data, trafficLines({ rows: 300 }));
  mkdirSync(options.outputsFolder);
  writeFileSync(join(options.outputsFolder, "mine.txt"), "precious");
  await runOneClass("kddcup", options);
  const found = await runOneClass("kddcup-rev", options);
  assert.deepEqual(readdirSync(options.outputsFolder).sort(), [
    ".traffic-anomaly.json",
    "kddcup-rev.json",
    "kddcup.json",
    "mine.txt",
  ]);
  const written = JSON.parse(readFileSync(join(options.outputsFolder, "kddcup-rev.json"), "utf8"));
  assert.deepEqual(written, JSON.parse(JSON.stringify(found.result)));
  assert.deepEqual([written.protocol, written.seeds, written.studies.length], ["kddcup-rev", [1, 2], 2]);
  assert.notDeepEqual(written.studies[0], written.studies[1]);
  const [first, second] = written.studies.map((study: typeof written) => study.combined.f1);
  assert.ok(Math.abs(written.spread.combined.f1.mean - (first + second) / 2) < 1e-12);

  const report = oneClassReport(found);
  assert.match(report, /^kddcup-rev: seeds 1, 2, mean ± sd; /m);
  assert.match(report, /^ {2}combined detector +[01]\.\d{4} ± 0\.\d{4} /m);
  assert.match(report, /^ {2}DAGMM \(Zong et al\. 2018\) +0\.9380$/m);
});
