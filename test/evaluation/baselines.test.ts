import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fitPreprocessor, fitPrincipalComponents, numbers, rowsWhere, transform } from "traffic-anomaly";
import { type BaselineScores, baselineScores } from "traffic-anomaly/dist/evaluation/baselines";
import { kddTable } from "../fixtures/table";
import { trafficLines } from "../fixtures/traffic";

const train = kddTable(trafficLines({ rows: 300 }));
const later = kddTable(trafficLines({ rows: 100, seed: 2 }));
const normal = rowsWhere(train, (label) => label === "normal");
const preprocessor = fitPreprocessor(train, {}, normal);
let [count, dstBytes, pca, ...others]: BaselineScores[] = [];
before(async () => {
  const all: BaselineScores[] = [];
  for await (const baseline of baselineScores(train, later, normal)) all.push(baseline);
  [count, dstBytes, pca, ...others] = all;
});

test("many connections and few bytes back are anomalous", () => {
  assert.deepEqual([count.name, dstBytes.name], ["count", "dst_bytes"]);
  assert.deepEqual(count.trainingScores, Float64Array.from(numbers(train, "count")));
  assert.deepEqual(count.testScores, Float64Array.from(numbers(later, "count")));
  assert.deepEqual(
    dstBytes.trainingScores,
    Float64Array.from(numbers(train, "dst_bytes"), (x) => -x),
  );
  assert.deepEqual(
    dstBytes.testScores,
    Float64Array.from(numbers(later, "dst_bytes"), (x) => -x),
  );
});

test("the other baselines are PCA, Mahalanobis and ECOD, each with a score for every row", () => {
  const found = [pca, ...others];
  assert.deepEqual(
    found.map(({ name }) => name),
    ["principal-components", "mahalanobis", "ecod"],
  );
  for (const { trainingScores, testScores } of found)
    assert.deepEqual([trainingScores.length, testScores?.length], [train.rows, later.rows]);
});

test("the PCA baseline is the error of 4 components fitted on the rows for fitting", async () => {
  const components = await fitPrincipalComponents(transform(preprocessor, train, normal), { components: 4 });
  assert.deepEqual(pca.trainingScores, await components.score(transform(preprocessor, train)));
  assert.deepEqual(pca.testScores, await components.score(transform(preprocessor, later)));
});

test("without a test table there are no test scores", async () => {
  for await (const baseline of baselineScores(train, undefined, normal)) {
    assert.ok(!("testScores" in baseline));
    assert.equal(baseline.trainingScores.length, train.rows);
  }
});
