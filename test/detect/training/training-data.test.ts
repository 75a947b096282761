import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { truthOf } from "traffic-anomaly";
import { readTrainingData, withNormal } from "traffic-anomaly/dist/detect/training/training-data";
import { temporaryFolder } from "../../fixtures/folder";
import { nominalColumn } from "../../fixtures/table";
import { dayOf, sweep, writeLog } from "../network";

test("benign and normal in any case are normal, background and unset labels say nothing, others are attacks", () => {
  assert.deepEqual(["Benign", "benign", "NORMAL", " normal "].map(truthOf), Array(4).fill("normal"));
  assert.deepEqual(
    ["Background", "unknown", "-", "(empty)", "", undefined].map(truthOf),
    Array(6).fill(undefined),
  );
  assert.deepEqual(["Malicious", "smurf", "From-Botnet"].map(truthOf), Array(3).fill("attack"));
});

test("spellings of normal become one label", () => {
  const { codes, categories } = withNormal(nominalColumn("label", ["Benign", "scan", "normal"]));
  assert.deepEqual(
    Array.from(codes, (code) => categories[code]),
    ["normal", "scan", "normal"],
  );
});

test("labels that are ignored are ignored by all: what is learned of hosts and pairs is that of a log without them", async () => {
  const folder = temporaryFolder("training-data");
  const day = dayOf(400);
  const connections = [...day, ...sweep(100, day[399].start)];
  const labelled = await writeLog(join(folder, "labelled.log"), connections, { label: true });
  const plain = await writeLog(join(folder, "plain.log"), connections);
  const ignoring = await readTrainingData([labelled], { ignoreLabels: true });
  const without = await readTrainingData([plain]);
  assert.deepEqual(ignoring.views, without.views);
  assert.deepEqual([ignoring.table, ignoring.labels], [without.table, undefined]);
  const { views } = await readTrainingData([labelled]);
  assert.equal(without.views.views.pairs.table.rows - views.views.pairs.table.rows, 100);
});
