// The whole study on the real data, through the real command, in processes of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Metrics, RunMetrics } from "traffic-anomaly";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";
import { judgedNames } from "../fixtures/judged-names";
import { realDataTest, realFiles } from "../fixtures/real-data";
import { otherNodes } from "./same-files";

const command = join(__dirname, "..", "..", "node_modules", "traffic-anomaly", "traffic-anomaly.js");
const folder = mkdtempSync(join(tmpdir(), "study-"));
after(() => rmSync(folder, { recursive: true }));

/** Runs the command in the test's folder and returns what it prints. */
function traffic(parameters: readonly string[], { pictures = false, node = process.execPath } = {}): string {
  return execFileSync(node, [command, ...parameters], {
    cwd: folder,
    env: pictures ? process.env : { ...process.env, TRAFFIC_BROWSER: "" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function readMetrics(outputs: string): RunMetrics {
  return JSON.parse(readFileSync(join(folder, outputs, "metrics.json"), "utf8"));
}

async function firstValue(sql: string): Promise<unknown> {
  return (await (await database()).runAndReadAll(sql)).getRows()[0][0];
}

/** The study on the real data, run once for all tests. */
let study: RunMetrics | undefined;
function realStudy(): RunMetrics {
  if (!study) {
    assert.match(traffic(["run"], { pictures: true }), /isolation forest +0\.9/);
    study = readMetrics("outputs");
  }
  return study;
}

realDataTest("a study of the real data reaches the promised figures", async () => {
  const metrics = realStudy();
  const { novelty, mixed, literature } = metrics.protocols;
  const forest = novelty.corrected["isolation-forest"];
  const network = novelty.corrected.autoencoder;
  // One seed; the promises are means over five, which `npm run reproduce` checks.
  assert.ok(forest.rocAuc >= 0.972 && (forest.deduplicated?.rocAuc ?? 0) >= 0.983);
  assert.ok(network.rocAuc >= 0.972 && (network.deduplicated?.rocAuc ?? 0) >= 0.989);
  assert.ok((network.f1 ?? 0) >= 0.955);
  assert.ok(Math.abs(mixed["isolation-forest"].rocAuc - 0.2) <= 0.06);
  for (const [subset, expected, tolerance] of [
    ["http", 0.993, 0.003],
    ["smtp", 0.88, 0.02],
    ["sf", 0.93, 0.015],
    ["sa", 0.95, 0.02],
  ] as const) {
    assert.ok(
      Math.abs((literature?.[subset]["isolation-forest"].rocAuc ?? 0) - expected) <= tolerance,
      subset,
    );
  }
  assert.equal(novelty.corrected["baseline:count"].rocAuc.toFixed(3), "0.920");
});

realDataTest("metrics.json has every field of its contract", async () => {
  const metrics = realStudy();
  assert.equal(metrics.schemaVersion, 1);
  assert.equal(metrics.seed, 1);
  assert.equal(metrics.dataset.name, "10-percent");
  assert.equal(metrics.dataset.rows, 494_021);
  assert.match(metrics.dataset.sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(Object.keys(metrics.protocols.literature ?? {}), [
    "http",
    "smtp",
    "sf",
    "sa",
    "kddcup",
    "kddcup-rev",
  ]);
  assert.deepEqual(Object.keys(metrics.protocols.novelty.holdout), judgedNames);
  const all: Required<Metrics> = metrics.protocols.novelty.corrected.autoencoder as Required<Metrics>;
  assert.deepEqual(Object.keys(all).sort(), [
    "atPromisedRate",
    "atTrueRate",
    "averagePrecision",
    "confusion",
    "deduplicated",
    "f1",
    "falseAlarmRate",
    "precision",
    "recall",
    "recallByAttack",
    "recallByCategory",
    "recallNovelAttacks",
    "rocAuc",
    "threshold",
  ]);
  const { truePositive, falseNegative, trueNegative, falsePositive } = all.confusion;
  assert.equal(truePositive + falseNegative, 311_029 - 60_593);
  assert.equal(trueNegative + falsePositive, 60_593);
  assert.equal(all.recall, truePositive / (truePositive + falseNegative));
  assert.equal(Object.keys(all.recallByAttack).length, 37);
  assert.deepEqual(Object.keys(all.recallByCategory), ["dos", "probe", "r2l", "u2r"]);
  assert.ok(Object.values(metrics.timings).every((seconds) => seconds > 0));
});

realDataTest(
  "a study leaves models, predictions, a report and pictures, and stays below 1.5 GB",
  async () => {
    realStudy();
    assert.deepEqual(readdirSync(join(folder, "models")).sort(), [
      "autoencoder",
      "combined",
      "isolation-forest",
    ]);
    assert.deepEqual(readdirSync(join(folder, "outputs")).sort(), [
      ".traffic-anomaly.json",
      "metrics.json",
      ...(findBrowser() ? ["plots"] : []),
      "predictions.parquet",
      "report.html",
      "run.json",
    ]);
    if (findBrowser()) assert.equal(readdirSync(join(folder, "outputs", "plots")).length, 15);
    const report = readFileSync(join(folder, "outputs", "report.html"), "utf8");
    assert.ok(report.length < 5e6, `${report.length} bytes`);
    for (const words of [
      "DAGMM (Zong et al. 2018): F1 0.937",
      "Duplicates: 348,435 of the 494,021 rows",
      "snmpgetattack",
    ])
      assert.ok(report.includes(words), words);
    const run = JSON.parse(readFileSync(join(folder, "outputs", "run.json"), "utf8"));
    assert.deepEqual(run.command, ["run"]);
    assert.ok(
      run.peakMemoryMegabytes > 100 && run.peakMemoryMegabytes < 1500,
      `${run.peakMemoryMegabytes} MB`,
    );
  },
);

realDataTest(
  "predictions hold every row once, with the rows each detector was fitted on marked",
  async () => {
    realStudy();
    const from = `FROM '${join(folder, "outputs", "predictions.parquet")}'`;
    assert.equal(Number(await firstValue(`SELECT count(*) ${from}`)), 494_021 + 311_029);
    assert.equal(
      Number(await firstValue(`SELECT count(*) ${from} WHERE part = 'fit'`)),
      Math.round(0.8 * 97_278),
    );
    assert.equal(
      Number(await firstValue(`SELECT count(*) ${from} WHERE part = 'fit' AND label <> 'normal'`)),
      0,
    );
    assert.equal(
      Number(await firstValue(`SELECT count(DISTINCT row) ${from} WHERE dataset = 'corrected'`)),
      311_029,
    );
  },
);

// Training, and the detector that is computed from these two, are compared between versions in versions.test.ts, by a smaller study.
realDataTest(
  "score, of the newest version of Node.js and with one thread, reproduces the study's predictions to the bit",
  async () => {
    realStudy();
    const file = (await realFiles()).get("corrected") ?? "";
    const node = otherNodes.at(-1) ?? process.execPath;
    for (const [model, column] of [
      ["isolation-forest", "isolation_forest"],
      ["autoencoder", "autoencoder"],
    ]) {
      const options = [
        "--model",
        `models/${model}`,
        "--out",
        `${model}.parquet`,
        "--workers",
        "1",
        "--quiet",
      ];
      traffic(["score", file, ...options], { node });
      const different = await firstValue(
        `SELECT count(*) FROM '${join(folder, "outputs", "predictions.parquet")}' p
       FULL JOIN '${join(folder, `${model}.parquet`)}' s ON p.row = s.row
       WHERE p.dataset = 'corrected'
         AND (p.${column}_score IS DISTINCT FROM s.score OR p.${column}_anomaly IS DISTINCT FROM s.anomaly OR p.label IS DISTINCT FROM s.label)`,
      );
      assert.equal(Number(different), 0, model);
    }
  },
);
