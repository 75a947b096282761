// The embedded data set is to be worth studying: nothing gets it perfect, and detectors differ.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import {
  anomalousRows,
  labels,
  mixedProtocol,
  noveltyProtocol,
  rocAuc,
  scoreSteps,
  type Table,
} from "traffic-anomaly";
import type { NoveltyStudy } from "traffic-anomaly/dist/evaluation/protocols";
import {
  type StudyFiles,
  simulatedDataset,
  writeSimulatedStudy,
} from "traffic-anomaly/dist/traffic/simulator/write-simulated";
import { tryAll } from "../../fixtures/cases";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";

const folder = temporaryFolder("difficulty");

async function tables({ train, test }: StudyFiles): Promise<{ train: Table; test: Table }> {
  const load = async (path: string) => (await readKddFile(path)).table;
  return { train: await load(train), test: await load(test) };
}

let study: NoveltyStudy;
let data: { train: Table; test: Table };

before(async () => {
  data = await tables(await simulatedDataset(folder));
  if (tryAll) study = await noveltyProtocol(data.train, data.test);
});

const skip = tryAll ? false : "trains for a quarter of a minute: set CI=true to run it";

test("no single feature finds the attacks, whichever way it is read", () => {
  for (const table of [data.train, data.test]) {
    const anomalous = anomalousRows(labels(table));
    for (const feature of table.features) {
      if (feature.kind !== "numeric") continue;
      const auc = rocAuc(scoreSteps(Float64Array.from(feature.values), anomalous));
      assert.ok(Math.max(auc, 1 - auc) < 0.85, `${feature.name}: ${auc}`);
    }
  }
});

test("both detectors do better than any single feature, fall short of perfect, and differ", { skip }, () => {
  for (const part of [study.metrics.holdout, study.metrics.test]) {
    const forest = part?.["isolation-forest"].rocAuc ?? 0;
    const network = part?.autoencoder.rocAuc ?? 0;
    for (const auc of [forest, network]) assert.ok(auc > 0.87 && auc < 0.995, `${auc}`);
    assert.ok(Math.abs(forest - network) > 0.01, `${forest} and ${network}`);
  }
});

test("some types are found and some are not, by each detector", { skip }, () => {
  for (const detector of ["isolation-forest", "autoencoder"]) {
    const recalls = Object.values(study.metrics.test?.[detector].recallByAttack ?? {});
    assert.ok(recalls.filter((recall) => recall > 0.9).length >= 3, detector);
    assert.ok(recalls.filter((recall) => recall < 0.3).length >= 3, detector);
  }
});

test("a forest fitted on everything does well while attacks are rare, and fails on KDD's mix", {
  skip,
}, async () => {
  const realistic = await mixedProtocol(data.train);
  assert.ok(realistic["isolation-forest"].rocAuc > 0.85);
  const files = { train: join(folder, "kdd-train.csv"), test: join(folder, "kdd-test.csv") };
  await writeSimulatedStudy(files, { classMix: "kdd" });
  const kdd = await mixedProtocol((await tables(files)).train);
  assert.ok(kdd["isolation-forest"].rocAuc < 0.4, `${kdd["isolation-forest"].rocAuc}`);
});
