import assert from "node:assert/strict";
import { test } from "node:test";
import { anomalousRows, column, labels, numbers, type Table } from "traffic-anomaly";
import { literatureSubset } from "traffic-anomaly/dist/data/kdd/literature";
import { realTableTest } from "../../fixtures/real-tables";
import { tableOf } from "../../fixtures/table";

const table = tableOf(
  {
    duration: [0, 1, 2, 3, 4],
    service: ["http", "smtp", "http", "ftp", "http"],
    src_bytes: [10, 20, 30, 40, 50],
    dst_bytes: [0, 200, 300, 400, 500],
    hot: [1, 1, 1, 1, 1],
    logged_in: [1, 1, 0, 1, 1],
  },
  {
    labels: ["normal", "normal", "normal", "phf", "back"],
    measures: { duration: "amount", src_bytes: "amount", dst_bytes: "amount" },
  },
);
const log = (...values: number[]) => Float64Array.from(values, (x) => Math.log(x + 0.1));
const labelsOf = (subset: Table) =>
  Array.from(labels(subset).codes, (code) => labels(subset).categories[code]);
const names = ({ features }: Table) => features.map(({ name }) => name);

test("http holds the logged-in rows of that service, as log(x + 0.1) of three numbers", () => {
  const http = literatureSubset(table, "http");
  assert.deepEqual(names(http), ["duration", "src_bytes", "dst_bytes"]);
  assert.deepEqual(numbers(http, "duration"), log(0, 4));
  assert.deepEqual(numbers(http, "src_bytes"), log(10, 50));
  assert.deepEqual(numbers(http, "dst_bytes"), log(0, 500));
  assert.deepEqual(labelsOf(http), ["normal", "back"]);
});

test("smtp holds the logged-in rows of that service", () => {
  const smtp = literatureSubset(table, "smtp");
  assert.deepEqual(numbers(smtp, "src_bytes"), log(20));
  assert.deepEqual(labelsOf(smtp), ["normal"]);
});

test("sf holds all logged-in rows, with the service", () => {
  const sf = literatureSubset(table, "sf");
  assert.deepEqual(names(sf), ["duration", "service", "src_bytes", "dst_bytes"]);
  assert.deepEqual(numbers(sf, "duration"), log(0, 1, 3, 4));
  const service = column(sf, "service");
  assert.ok(service.kind === "nominal");
  assert.deepEqual(
    Array.from(service.codes, (code) => service.categories[code]),
    ["http", "smtp", "ftp", "http"],
  );
});

test("sa holds all normal rows and 3,377 attacks drawn with replacement, with all features as they are", () => {
  const sa = literatureSubset(table, "sa", 3);
  assert.equal(sa.rows, 3 + 3377);
  assert.deepEqual(names(sa), names(table));
  assert.deepEqual(numbers(sa, "src_bytes").slice(0, 3), Float64Array.of(10, 20, 30));
  const drawn = numbers(sa, "src_bytes").slice(3);
  // Of two attacks, each about half of the time: standard deviation √3377 / 2 ≈ 29.
  const ofPhf = drawn.filter((bytes) => bytes === 40).length;
  assert.equal(ofPhf + drawn.filter((bytes) => bytes === 50).length, 3377);
  assert.ok(Math.abs(ofPhf - 3377 / 2) < 5 * 29);
  assert.deepEqual(literatureSubset(table, "sa", 3), sa);
  assert.notDeepEqual(literatureSubset(table, "sa", 4), sa);
});

test("the table is not changed", () => {
  const before = structuredClone(table);
  for (const subset of ["http", "smtp", "sf", "sa"] as const) literatureSubset(table, subset);
  assert.deepEqual(table, before);
});

realTableTest("the subsets of the 10 % set have the sizes of scikit-learn's", ["10-percent"], (train) => {
  const expected = {
    http: [58_725, 2_209],
    smtp: [9_571, 3],
    sf: [73_237, 3_298],
    sa: [97_278 + 3_377, 3_377],
  };
  for (const [name, [rows, attacks]] of Object.entries(expected)) {
    const subset = literatureSubset(train, name as keyof typeof expected);
    assert.equal(subset.rows, rows, name);
    assert.equal(
      anomalousRows(labels(subset)).reduce((sum, flag) => sum + flag, 0),
      attacks,
      name,
    );
  }
});
