// Loads a model and does with it all that commands and notebooks do with a model.
import assert from "node:assert/strict";
import {
  type Autoencoder,
  explainRow,
  loadModel,
  loadTrafficModel,
  rowReasons,
  scoreTable,
  type Table,
  typicalTexts,
  unseenCategories,
} from "traffic-anomaly";
import { Monitor } from "traffic-anomaly/dist/detect/monitor";
import { verdicts } from "traffic-anomaly/dist/models/threshold";
import { dayOf, sweep } from "../detect/network";
import { type ModelName, models, records } from "./models";

const table = records();
const rows = Uint32Array.from({ length: 20 }, (_, row) => row);
const connections = [...dayOf(60, { seed: 3 }), ...sweep(20, 1e9)];

/** @throws AssertionError if the model works, but what it says is no use */
export async function useModel(folder: string, name: ModelName): Promise<void> {
  await (models[name] === "records" ? useOnRecords(folder) : useOnConnections(folder));
}

async function useOnRecords(folder: string): Promise<void> {
  const model = await loadModel(folder);
  try {
    const scores = await scoreTable(model, table);
    requireSound(scores, model.threshold.value);
    verdicts(scores, model.threshold);
    unseenCategories(model.preprocessor, table as Table);
    for (const { contribution } of explainRow(model, table, 3)) assert.ok(Number.isFinite(contribution));
    assert.ok(rowReasons(model, table, 4, typicalTexts(table, rows)).length > 0);
  } finally {
    (model.detector as Partial<Autoencoder>).dispose?.();
  }
}

async function useOnConnections(folder: string): Promise<void> {
  const model = await loadTrafficModel(folder);
  try {
    const monitor = new Monitor(model);
    const alerts = await monitor.alerts(connections, monitor.features(connections));
    for (const { alert, excess } of alerts) {
      assert.ok(!Number.isNaN(excess), `excess ${excess}`);
      assert.ok(Number.isFinite(alert.event.risk_score), "risk score");
      assert.doesNotMatch(JSON.stringify(alert), /\p{Cc}|\\u00[01]/u, "codes for a terminal");
    }
    for (const index of Object.values(monitor.drift.drift.stability)) assert.ok(Number.isFinite(index));
    for (const { threshold } of Object.values(model.detectors))
      requireSound(new Float64Array(), threshold.value);
  } finally {
    for (const { detector } of Object.values(model.detectors)) (detector as Partial<Autoencoder>).dispose?.();
  }
}

function requireSound(scores: Float64Array, threshold: number): void {
  assert.ok(scores.every(Number.isFinite), "a score is not a finite number");
  assert.ok(Number.isFinite(threshold), "the threshold is not a finite number");
}
