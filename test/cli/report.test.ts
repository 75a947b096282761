import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, literatureProtocol, type RunMetrics, type RunResult } from "traffic-anomaly";
import { runReport } from "traffic-anomaly/dist/cli/report";
import { kddTable, nominalColumn } from "../fixtures/table";
import { trafficLines, withFields } from "../fixtures/traffic";

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

test("where the protocols of deep papers were measured, the papers' F1 stands beside the forest's", () => {
  const { metrics } = resultOn("10-percent");
  const { literature, ...others } = metrics.protocols;
  const kddcup = { "isolation-forest": { ...forest(0.98)["isolation-forest"], f1: 0.96 } };
  const protocols = { ...others, literature: { ...literature, kddcup } };
  const report = (several: object) =>
    runReport({ metrics: { ...metrics, protocols, ...several }, paths: [] });
  assert.match(
    report({}),
    /^Fit on half of the class .*: F1, .*\n {2}kddcup +0\.9600 +DAGMM \(Zong et al\. 2018\) 0\.937, /m,
  );
  assert.doesNotMatch(report({}), /kddcup +0\.9800/);
  const spread = {
    literature: { kddcup: { "isolation-forest": { f1: { mean: 0.95, standardDeviation: 0.01 } } } },
  };
  assert.match(
    report({ repeats: { seeds: [1, 2], protocols: spread } }),
    /^ {2}kddcup +0\.9500 ± 0\.0100 +DAGMM/m,
  );
  assert.doesNotMatch(runReport(resultOn("10-percent")), /Fit on half/);
});

test("http and smtp of a file like the full set are measured, and reported beside the paper's figures", async () => {
  // An attack among the logged-in rows of each service.
  const lines = trafficLines({ rows: 400 }).map((line, i) =>
    i % 25 === 1
      ? withFields(line, { service: i % 2 ? "http" : "smtp", logged_in: "1", label: "phf." })
      : line,
  );
  const settings = { "isolation-forest": { trees: 10, sampleSize: 64 } };
  const literature = await literatureProtocol(kddTable(lines), { settings });
  const { metrics } = resultOn("full");
  const text = runReport({
    metrics: { ...metrics, protocols: { ...metrics.protocols, literature } },
    paths: [],
  });
  const shown = (subset: "http" | "smtp") => literature[subset]["isolation-forest"].rocAuc.toFixed(4);
  assert.match(text, new RegExp(`^ {2}http +${shown("http")} +Liu et al\\. 2008: 1\\.00$`, "m"));
  assert.match(text, new RegExp(`^ {2}smtp +${shown("smtp")} +Liu et al\\. 2008: 0\\.88$`, "m"));
});

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
