import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "traffic-anomaly";
import { trainReport } from "traffic-anomaly/dist/cli/traffic-report";
import { noCounts } from "traffic-anomaly/dist/detect/ordered-connections";
import type { TrainResult } from "traffic-anomaly/dist/detect/training/train-result";
import { nominalColumn } from "../fixtures/table";

test("a detector that flags nothing while training has dashes for its verdicts, and a sentence says so", () => {
  const labels = nominalColumn("label", ["normal", "normal", "attack", "attack"]);
  const scores = Float64Array.of(0, 2, 1, 3);
  const result: TrainResult = {
    schemaVersion: 1,
    libraryVersion: "0.1.0",
    model: "office",
    backend: "kernel",
    seed: 1,
    falseAlarmRate: 0.01,
    promisedRate: 0.01,
    logs: [{ name: "conn.log", sha256: "0".repeat(64) }],
    reading: noCounts(),
    fitted: 8,
    heldOut: 2,
    scores: {
      "isolation-forest": { threshold: 1, quantiles: {} },
      autoencoder: { threshold: 3, quantiles: {} },
    },
    flaggedShare: { "isolation-forest": 0.5, autoencoder: 0, any: 0.5 },
    flaggedOverTime: [],
    unusualHosts: [],
    metrics: {
      "isolation-forest": evaluate({ scores, labels, threshold: 1 }),
      autoencoder: evaluate({ scores, labels, threshold: 3 }),
    },
  };
  const text = trainReport(result, ["models/office"]);
  assert.match(text, /isolation forest +0\.7500 +0\.5000 +0\.5000 +0\.5000\n/);
  assert.match(text, /autoencoder +0\.7500 +– +– +–\n/);
  assert.match(text, /autoencoder flags none of them: no score is above its threshold\n/);
  assert.doesNotMatch(text, /forest flags none/);
});
