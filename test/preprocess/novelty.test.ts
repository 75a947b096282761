import assert from "node:assert/strict";
import { test } from "node:test";
import { fitPreprocessor } from "traffic-anomaly";
import { countNovelValues, novelStepsOf, noveltyText } from "traffic-anomaly/dist/preprocess/novelty";
import { tableOf } from "../fixtures/table";

const table = tableOf(
  {
    bytes: [5, 15, 10, 8, 16, 17, 3],
    service: ["http", "smtp", "http", "http", "smtp", "irc", "irc"],
    fragments: [2, 2, 2, 2, 2, 3, 2],
  },
  { measures: { bytes: "amount" } },
);
const trainingRows = Uint32Array.of(0, 1, 2);
const preprocessors = (["one-hot", "ordinal"] as const).map((encoding) =>
  fitPreprocessor(table, { encoding }, trainingRows),
);

test("a name that was not seen, a number a tenth out of range and a changed constant are counted, row by row", () => {
  for (const preprocessor of preprocessors) {
    assert.deepEqual([...countNovelValues(preprocessor, table)], [0, 0, 0, 0, 0, 3, 2]);
    assert.deepEqual([...countNovelValues(preprocessor, table, Uint32Array.of(6, 0, 5))], [2, 0, 3]);
    const stepsOf = novelStepsOf(preprocessor, table);
    assert.deepEqual([stepsOf(0), stepsOf(5), stepsOf(6)], [[], [0, 1, 2], [0, 1]]);
  }
});

test("a nominal feature that is left out is never new", () => {
  const preprocessor = fitPreprocessor(table, { encoding: "none" }, trainingRows);
  assert.deepEqual([...countNovelValues(preprocessor, table)], [0, 0, 0, 0, 0, 2, 1]);
});

test("no training row has a value that counts, whatever the scaling", () => {
  for (const scaling of ["min-max", "standard", "quantile", "none"] as const)
    for (const logarithm of [[], ["amount", "count"]] as const)
      assert.deepEqual(
        countNovelValues(fitPreprocessor(table, { scaling, logarithm }), table),
        new Uint16Array(table.rows),
      );
});

test("what is missing is new where no training row lacked it", () => {
  const gaps = tableOf({
    rate: [1, NaN, 2, NaN, Infinity, 1],
    load: [1, 1, 2, 2, NaN, -Infinity],
    service: ["dns", "dns", "dns", "(missing)", "dns", "dns"],
  });
  const preprocessor = fitPreprocessor(gaps, {}, Uint32Array.of(0, 1, 2));
  assert.deepEqual([...countNovelValues(preprocessor, gaps)], [0, 0, 0, 1, 1, 1]);
  const [, load, service] = preprocessor.steps;
  assert.equal(noveltyText(load, NaN), "missing, never so in training");
  assert.equal(noveltyText(load, Infinity), "missing, never so in training");
  assert.equal(noveltyText(service, "(missing)"), "missing, never so in training");
});

test("words say what training had", () => {
  const [bytes, service, fragments] = preprocessors[0].steps;
  assert.equal(noveltyText(service, "irc"), "never seen in training");
  assert.equal(noveltyText(bytes, 17), "beyond anything in training (at most 15)");
  assert.equal(noveltyText(bytes, 3), "below anything in training (at least 5)");
  assert.equal(noveltyText(fragments, 3), "always 2 in training");
  assert.equal(
    noveltyText(bytes, 17, (number) => `${number} B`),
    "beyond anything in training (at most 15 B)",
  );
});
