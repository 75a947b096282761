import assert from "node:assert/strict";
import { test } from "node:test";
import {
  defaultSizes,
  fullRows,
  growthOf,
  memoryLimitBytes,
  readGrowth,
  streamingWork,
} from "./growth-record";

/** Measurements with seconds as a law gives them, and 100 bytes more at each size. */
function measured(law: (rows: number) => number) {
  return defaultSizes.map((rows, i) => ({ rows, seconds: law(rows), peakMemoryBytes: 1000 + 100 * i }));
}

test("growth gives a power law its exponent, and leaves out sizes below 1 million rows", () => {
  assert.equal(growthOf(measured((rows) => 1e-6 * rows)).timeExponent, 1);
  assert.equal(growthOf(measured((rows) => 1e-9 * rows ** 1.5)).timeExponent, 1.5);
  assert.equal(growthOf(measured((rows) => (rows < 1e6 ? 1000 : 1e-6 * rows))).timeExponent, 1);
});

test("rows a second do not count the start", () => {
  assert.equal(growthOf(measured((rows) => 3 + rows / 200_000)).rowsPerSecond, 200_000);
});

test("the memory ratio is that of the most rows to 1 million", () => {
  assert.equal(growthOf(measured(() => 1).reverse()).memoryRatio, Number((1200 / 1100).toFixed(3)));
});

test("one size shows no growth", () => {
  assert.throws(() => growthOf(measured(() => 1).slice(0, 2)), RangeError);
});

test("the committed record holds all work at all sizes, and its figures are those of its measurements", () => {
  const { streaming } = readGrowth();
  assert.deepEqual(Object.fromEntries(streaming.map(({ work, title }) => [work, title])), streamingWork);
  for (const { work, title, measurements, ...growth } of streaming) {
    assert.deepEqual(
      measurements.map(({ rows }) => rows),
      defaultSizes,
      work,
    );
    assert.deepEqual(growth, growthOf(measurements), work);
  }
});

test("the committed record shows linear time, bounded memory, and the full set's length below 2 GB", () => {
  const { streaming, study } = readGrowth();
  for (const { work, timeExponent, memoryRatio } of streaming) {
    assert.ok(timeExponent < 1.1, `${work}: time grows with rows^${timeExponent}`);
    assert.ok(memoryRatio < 2, `${work}: 10 times the rows take ${memoryRatio} times the memory`);
  }
  assert.equal(study.rows, fullRows);
  assert.ok(study.peakMemoryBytes < memoryLimitBytes, `the study took ${study.peakMemoryBytes} bytes`);
  assert.equal(study.memoryLimitBytes, memoryLimitBytes);
});
