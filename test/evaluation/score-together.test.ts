import assert from "node:assert/strict";
import { test } from "node:test";
import { combined, fitModel, isolationForest, scoreTable } from "traffic-anomaly";
import { scoreTogether } from "traffic-anomaly/dist/evaluation/score-together";
import { fitSmallModels, settings, shared } from "../fixtures/small-models";
import { kddTable } from "../fixtures/table";
import { trafficLines } from "../fixtures/traffic";

const lines = trafficLines({ rows: 400 });
const table = kddTable(lines);
const later = kddTable(trafficLines({ rows: 100, seed: 2 }));
const fitted = fitSmallModels(table);

test("two models scored together have the scores that each has alone, and combined those of the detector that is fitted as one", async () => {
  const { forest, network } = await fitted;
  const whole = await fitModel(table, combined, { ...shared, settings });
  const { both, scores } = await scoreTogether(forest, network, [table, later], forest.heldOutRows, {});
  assert.deepEqual(both.detector.settings, whole.detector.settings);
  for (const [i, one] of [table, later].entries()) {
    assert.deepEqual(scores["isolation-forest"][i], await scoreTable(forest, one));
    assert.deepEqual(scores.autoencoder[i], await scoreTable(network, one));
    assert.deepEqual(scores.combined[i], await scoreTable(whole, one));
    assert.deepEqual(scores.combined[i], await scoreTable(both, one));
  }
});

test("models of other preprocessing are not combined", async () => {
  const { network, forest } = await fitted;
  const scaled = await fitModel(table, isolationForest, {
    ...shared,
    preprocessing: { scaling: "standard" },
  });
  await assert.rejects(scoreTogether(scaled, network, [table], forest.heldOutRows, {}), RangeError);
});
