import assert from "node:assert/strict";
import { test } from "node:test";
import { typicalText, typicalValues } from "traffic-anomaly/dist/models/typical-values";
import { tableOf } from "../fixtures/table";

const table = tableOf({
  count: Array.from({ length: 200 }, (_, row) => row),
  service: Array.from({ length: 200 }, (_, row) => (row < 150 ? "http" : row < 199 ? "smtp" : "dns")),
});
const rows = Uint32Array.from({ length: 200 }, (_, row) => row);

test("of a number it is the median and the range of the middle 98 %, of a name the frequent ones", () => {
  assert.deepEqual(typicalValues(table, rows).get("count"), {
    kind: "number",
    low: 1,
    median: 99,
    high: 197,
  });
  assert.deepEqual(typicalValues(table, rows).get("service"), {
    kind: "name",
    names: [
      { name: "http", share: 150 / 200 },
      { name: "smtp", share: 49 / 200 },
      { name: "dns", share: 1 / 200 },
    ],
  });
});

test("numbers that rows lack count apart", () => {
  const gaps = tableOf({ rate: [1, NaN, 3, 2], load: [NaN, Infinity, NaN, NaN] });
  const usual = typicalValues(gaps, Uint32Array.of(0, 1, 2, 3));
  const words = ["rate", "load"].map((name) => typicalText(usual.get(name)!));
  assert.deepEqual(words, ["2 (1 to 2), missing 25 %", "missing"]);
});

test("in words a number that hardly varies stands alone", () => {
  assert.equal(typicalText({ kind: "number", low: 0, median: 0, high: 0 }), "0");
  assert.equal(typicalText({ kind: "number", low: 0, median: 1, high: 8 }), "1 (0 to 8)");
});
