import assert from "node:assert/strict";
import { test } from "node:test";
import { describePreprocessing, fitPreprocessor, preprocessingNotices, type Table } from "traffic-anomaly";
import { nominalColumn } from "../fixtures/table";

const numeric = (name: string, ...values: number[]) =>
  ({ kind: "numeric", name, values: Float64Array.from(values) }) as const;
const training: Table = {
  rows: 4,
  features: [
    numeric("bytes", 1, 2, 4, 3_000_000),
    numeric("rate", Infinity, NaN, 5, 6),
    numeric("load", 7, 8, 9, 10),
    numeric("empty", NaN, NaN, NaN, NaN),
    nominalColumn("service", ["dns", "http", "dns", "dns"]),
  ],
};
const preprocessor = fitPreprocessor(training, { logarithmOf: { bytes: true } });

test("the notices of training tell of columns left out, of infinite and of missing numbers, with their counts", () => {
  assert.deepEqual(preprocessingNotices(preprocessor, training), [
    "left out, as no row has a value: empty",
    "infinite numbers, which count as missing: rate in 1 of 4 rows",
    "missing numbers, replaced by the median of training, with a column that says where: rate in 2 of 4 rows",
  ]);
  assert.deepEqual(preprocessingNotices(preprocessor, training, Uint32Array.of(2, 3)), [
    "left out, as no row has a value: empty",
  ]);
});

test("those of later rows tell what no training row lacked, and nothing where all is there", () => {
  const later = {
    rows: 2,
    features: [numeric("bytes", NaN, 2), numeric("rate", 1, 2), numeric("load", 7, -Infinity)],
  };
  assert.deepEqual(preprocessingNotices(preprocessor, later), [
    "infinite numbers, which count as missing: load in 1 of 2 rows",
    "missing numbers where training had all, which count as new values: bytes in 1 of 2 rows, load in 1 of 2 rows",
  ]);
  assert.deepEqual(
    preprocessingNotices(preprocessor, { ...later, features: later.features.slice(1, 2) }),
    [],
  );
});

test("a long list is cut", () => {
  const features = Array.from({ length: 13 }, (_, i) => numeric(`x${i}`, NaN));
  const table = { rows: 1, features: [numeric("a", 1), ...features] };
  const [sentence] = preprocessingNotices(fitPreprocessor(table), table);
  assert.match(sentence, /: x0, .*, x9 and 3 more$/);
});

test("what becomes of each feature is said in words", () => {
  const words = describePreprocessing(preprocessor).map(({ feature, becomes }) => `${feature}: ${becomes}`);
  assert.deepEqual(words, [
    "bytes: log(1 + x), from 0 to 1",
    "rate: x, from 0 to 1; where missing, 5.5 and a 1 in the column rate=(missing)",
    "load: x, from 0 to 1",
    "service: a 0/1 column for each of 2 names",
  ]);
  const ordinal = fitPreprocessor(training, { encoding: "ordinal", scaling: "quantile" }, Uint32Array.of(2));
  assert.deepEqual(
    describePreprocessing(ordinal).map(({ becomes }) => becomes),
    ["always 4: 0", "always 5: 0", "always 9: 0", "its number among 1 names, as its rank from 0 to 1"],
  );
});
