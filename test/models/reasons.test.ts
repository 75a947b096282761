import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fitIsolationForest,
  fitPreprocessor,
  reasonText,
  rowReasons,
  transform,
  typicalTexts,
} from "traffic-anomaly";
import { tableOf } from "../fixtures/table";

const table = tableOf({
  count: [...Array.from({ length: 200 }, (_, row) => row), 1000],
  urgent: [...new Array<number>(200).fill(0), 3],
  service: [...Array.from({ length: 200 }, (_, row) => (row < 150 ? "http" : "smtp")), "gopher<"],
});
const usualRows = Uint32Array.from({ length: 200 }, (_, row) => row);
const usual = typicalTexts(table, usualRows);

test("usual is the median with the middle 98 % of a number, one number where it hardly varies, and the frequent names", () => {
  assert.equal(usual.get("count"), "99 (1 to 197)");
  assert.equal(usual.get("urgent"), "0");
  assert.equal(usual.get("service"), "http 75 %, smtp 25 %");
});

test("reasons go from what raised the score most, with shares of what raised it", async () => {
  const preprocessor = fitPreprocessor(table, { logarithm: [], scaling: "none" });
  const model = { preprocessor, detector: await fitIsolationForest(transform(preprocessor, table)) };
  for (const row of [0, 100, 200]) {
    const reasons = rowReasons(model, table, row, usual);
    assert.deepEqual(reasons.map(({ feature }) => feature).sort(), ["count", "service", "urgent"]);
    const raised = reasons.filter(({ contribution }) => contribution > 0);
    const shares = raised.reduce((sum, { share }) => sum + share, 0);
    assert.ok(Math.abs(shares - (raised.length > 0 ? 1 : 0)) < 1e-12);
    for (const [i, { contribution, share }] of reasons.entries()) {
      assert.ok(i === 0 || contribution <= reasons[i - 1].contribution);
      assert.ok(contribution > 0 || share === 0);
    }
  }
});

const reasons = [
  { feature: "service", value: "gopher<", contribution: 3, share: 0.75, usual: "http 75 %" },
  { feature: "count", value: "1000", contribution: 1, share: 0.25, usual: "99 (1 to 197)" },
];
const novelty = "never seen in training";

test("reasons in a line give value, share and usual, and what is new", () => {
  assert.equal(reasonText(reasons, 1), "service = gopher< (75 %; usually http 75 %)");
  assert.equal(
    reasonText([{ ...reasons[0], novelty }]),
    "service = gopher< (75 %; never seen in training; usually http 75 %)",
  );
});
