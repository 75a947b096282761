import assert from "node:assert/strict";
import { test } from "node:test";
import { anomalousRows, labels } from "traffic-anomaly";
import { oneClassForest, oneClassProtocol, oneClassSplit } from "traffic-anomaly/dist/evaluation/one-class";
import { oneClassProtocols } from "traffic-anomaly/dist/evaluation/one-class-protocols";
import { kddTable } from "../fixtures/table";
import { trafficLines } from "../fixtures/traffic";

const table = kddTable(trafficLines({ rows: 400 }));
const isAttack = anomalousRows(labels(table));
const quick = {
  seed: 5,
  settings: {
    "isolation-forest": { trees: 20, sampleSize: 64 },
    autoencoder: { layers: [6, 3, 6], epochs: 2, batchSize: 64 },
  },
};

test("kddcup: half of the attacks are fitted as if they were normal; the others and all normal rows are scored", () => {
  const { fitRows, testRows, anomalous } = oneClassSplit(table, "kddcup", 1);
  assert.equal(fitRows.length, 100);
  assert.ok(fitRows.every((row) => isAttack[row] === 1));
  assert.equal(new Set([...fitRows, ...testRows]).size, 400);
  testRows.forEach((row, i) => {
    assert.equal(anomalous[i], 1 - isAttack[row]);
  });
});

test("kddcup-rev: half of the normal rows are fitted; the others and a quarter as many attacks are scored", () => {
  const { fitRows, testRows, anomalous } = oneClassSplit(table, "kddcup-rev", 1);
  assert.deepEqual([fitRows.length, testRows.length], [100, 100 + 50]);
  assert.ok(fitRows.every((row) => isAttack[row] === 0));
  assert.equal(new Set([...fitRows, ...testRows]).size, 250);
  assert.equal(
    anomalous.reduce((sum, flag) => sum + flag, 0),
    50,
  );
  testRows.forEach((row, i) => {
    assert.equal(anomalous[i], isAttack[row]);
  });
});

test("another seed draws other rows, the same seed the same", () => {
  for (const protocol of oneClassProtocols) {
    assert.deepEqual(oneClassSplit(table, protocol, 1), oneClassSplit(table, protocol, 1));
    assert.notDeepEqual(oneClassSplit(table, protocol, 1), oneClassSplit(table, protocol, 2));
  }
});

test("every detector flags as many rows as are anomalies, but for equal scores: precision is recall", async () => {
  const found = await oneClassProtocol(table, "kddcup-rev", quick);
  assert.deepEqual(Object.keys(found), [
    "isolation-forest",
    "autoencoder",
    "combined",
    "baseline:principal-components",
    "baseline:mahalanobis",
    "baseline:ecod",
  ]);
  for (const [name, { precision, recall, f1 }] of Object.entries(found)) {
    assert.ok(
      recall >= precision - 1e-12,
      `${name}: ${recall} of the anomalies, ${precision} of the flagged`,
    );
    assert.ok(Math.abs(f1 - (2 * precision * recall) / (precision + recall)) < 1e-12);
  }
  const { precision, recall } = found["baseline:principal-components"];
  assert.equal(precision, recall);
  assert.deepEqual(await oneClassProtocol(table, "kddcup-rev", quick), found, "same seed, same figures");
  const forest = await oneClassForest(table, "kddcup-rev", quick);
  assert.deepEqual(forest, found["isolation-forest"], "alone it has the same");
});
