import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { onlyInCi } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { traffic } from "./command";
import { small } from "./study";

const folder = temporaryFolder("run-without-data");
const names = ["simulated traffic (training part)", "simulated traffic (test part)"];
const [training, testing] = names;

test("run without data and network studies simulated traffic, and every output says so", {
  skip: onlyInCi("a sixth of a minute"),
}, async () => {
  const { code, stdout, stderr } = await traffic(["run", ...small], { cwd: folder });
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^KDD'99 was not found and could not be downloaded\.\nSimulated traffic is used instead: /m,
  );
  assert.ok(stdout.startsWith(`${training}: 60,000 rows (SHA-256 `), stdout);
  assert.match(stdout, /^simulated traffic \(test part\): 40,000 rows \(SHA-256 /m);
  assert.match(stdout, /, scored on simulated traffic \(test part\)$/m);
  assert.doesNotMatch(stdout, foreign);

  const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
  const metrics = JSON.parse(read("outputs", "metrics.json"));
  assert.deepEqual([metrics.dataset.name, metrics.testDataset.name], names);
  assert.deepEqual(Object.keys(metrics.protocols), ["mixed", "novelty"]);
  assert.deepEqual(Object.keys(metrics.protocols.novelty), ["holdout", testing]);
  const { inputs } = JSON.parse(read("outputs", "run.json"));
  assert.deepEqual(
    inputs.map(({ name }: { name: string }) => name),
    names,
  );
  for (const model of ["autoencoder", "combined", "isolation-forest"]) {
    const manifest = JSON.parse(read("models", model, "manifest.json"));
    assert.equal(manifest.dataset.name, training);
    assert.deepEqual(Object.keys(manifest.metrics), ["holdout", testing]);
  }
  const predictions = join(folder, "outputs", "predictions.parquet");
  const found = await (await database()).runAndReadAll(
    `SELECT dataset::VARCHAR, count(*)::INT FROM '${predictions}' GROUP BY 1 ORDER BY 2 DESC`,
  );
  assert.deepEqual(found.getRows(), [
    [training, 60_000],
    [testing, 40_000],
  ]);

  const [page, data] = reportParts(read("outputs", "report.html"));
  assert.match(
    page,
    /<h1><small>Simulated traffic:<\/small> Anomalies in simulated traffic \(training part\)<\/h1>/,
  );
  assert.match(page, /<li>The traffic is simulated: /);
  assert.doesNotMatch(page + JSON.stringify(data), foreign);
  const protocols = Object.values(data.figures).map(({ layout }) => layout.title.text);
  assert.equal(protocols.length, 13); // confusion is a table
  for (const text of protocols)
    assert.match(
      text,
      /^<b>Simulated traffic:<\/b> .* of the normal rows of simulated traffic \(training part\)/s,
    );
});

/** What a reader sees of a report, and what its script reads. */
function reportParts(
  html: string,
): [page: string, data: { figures: Record<string, { layout: { title: { text: string } } }> }] {
  const [page, data] = html.split('<script type="application/json" id="data">');
  return [page, JSON.parse(data.slice(0, data.indexOf("</script>")))];
}

/** Words that speak of other data than those. */
const foreign = /KDD|\bcorrected\b|10-percent|10 % set/;
