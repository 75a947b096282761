import assert from "node:assert/strict";
import { test } from "node:test";
import { codeSizeFigure } from "traffic-anomaly/visualize";
import { caption } from "./plane";

test("both panels have a point for each size, but an error of nothing but rounding has none", () => {
  const models = [
    { size: 2, heldOutError: 0.01, rocAuc: 0.98 },
    { size: 73, heldOutError: 1e-17, rocAuc: 0.5 },
  ];
  const { data } = codeSizeFigure([{ name: "principal-components", models }], caption);
  assert.deepEqual(
    [data[0].x, data[0].y],
    [
      [2, 73],
      [0.01, null],
    ],
  );
  assert.deepEqual(
    [data[1].x, data[1].y],
    [
      [2, 73],
      [0.98, 0.5],
    ],
  );
});
