import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunResult } from "traffic-anomaly";
import { runReport } from "traffic-anomaly/dist/cli/report";

const forest = (rocAuc: number) => ({ "isolation-forest": { rocAuc, averagePrecision: 0.5 } });
const resultOn = (name: string): RunResult => ({
  paths: [],
  metrics: {
    schemaVersion: 1,
    seed: 1,
    backend: "kernel",
    dataset: { name, sha256: "0".repeat(64), rows: 4_898_431 },
    protocols: { mixed: forest(0.2), novelty: {}, literature: { http: forest(0.99), sf: forest(0.93) } },
    timings: {},
  },
});

test("on the full KDD'99 set the paper's figures stand beside those of http and smtp, and on no other", () => {
  const lines = (name: string) => runReport(resultOn(name)).split("\n");
  assert.ok(lines("full").some((line) => /^ {2}http +0\.9900 +Liu et al\. 2008: 1\.00$/.test(line)));
  assert.ok(lines("full").some((line) => /^ {2}sf +0\.9300$/.test(line)));
  assert.ok(lines("10-percent").some((line) => /^ {2}http +0\.9900$/.test(line)));
});
