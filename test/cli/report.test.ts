import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, type RunMetrics } from "traffic-anomaly";
import { runReport } from "traffic-anomaly/dist/cli/report";
import { nominalColumn } from "../fixtures/table";

test("a detector that flags no row has dashes for its verdicts, and the report says why", () => {
  const labels = nominalColumn("label", ["normal", "normal", "smurf", "smurf"]);
  const scores = Float64Array.of(0, -1, 0, -2);
  const dataset = { name: "small", sha256: "0".repeat(64), rows: 1 };
  const figures = {
    "baseline:dst_bytes": evaluate({ scores, labels, threshold: 0 }),
    "baseline:count": evaluate({ scores, labels, threshold: -1 }),
  };
  const metrics: RunMetrics = {
    schemaVersion: 1,
    seed: 1,
    backend: "kernel",
    dataset,
    protocols: { mixed: {}, novelty: { holdout: figures } },
    timings: {},
  };
  const text = runReport({ metrics, paths: ["models"] });
  assert.match(text, /^small: 1 row \(SHA/);
  assert.match(text, /baseline: dst_bytes +0\.3750 +– +– +– +–\n/);
  assert.match(text, /baseline: count +0\.3750 +– +0\.5000 +0\.5000 +0\.5000\n/);
  assert.match(
    text,
    /baseline: dst_bytes flags no row: more normal rows than the budget share its highest score/,
  );
  assert.doesNotMatch(text, /count flags no row/);
});
