import assert from "node:assert/strict";
import { test } from "node:test";
import {
  baselineScores,
  fitPreprocessor,
  fitPrincipalComponents,
  numbers,
  reconstructionErrors,
  rowsWhere,
  transform,
} from "traffic-anomaly";
import { kddTable } from "../fixtures/table";
import { trafficLines } from "../fixtures/traffic";

const train = kddTable(trafficLines({ rows: 300 }));
const later = kddTable(trafficLines({ rows: 100, seed: 2 }));
const normal = rowsWhere(train, (label) => label === "normal");
const preprocessor = fitPreprocessor(train, {}, normal);
const [count, dstBytes, pca] = baselineScores(preprocessor, train, later, normal);

test("many connections and few bytes back are anomalous", () => {
  assert.deepEqual([count.name, dstBytes.name, pca.name], ["count", "dst_bytes", "pca"]);
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

test("the PCA baseline is the error of 8 components fitted on the rows for fitting", () => {
  const components = fitPrincipalComponents(transform(preprocessor, train, normal), 8);
  assert.deepEqual(pca.trainingScores, reconstructionErrors(components, transform(preprocessor, train)));
  assert.deepEqual(pca.testScores, reconstructionErrors(components, transform(preprocessor, later)));
});

test("without a test table there are no test scores", () => {
  for (const baseline of baselineScores(preprocessor, train, undefined, normal)) {
    assert.ok(!("testScores" in baseline));
    assert.equal(baseline.trainingScores.length, train.rows);
  }
});
