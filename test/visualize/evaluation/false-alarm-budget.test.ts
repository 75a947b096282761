import assert from "node:assert/strict";
import { test } from "node:test";
import { falseAlarmBudgetFigure } from "traffic-anomaly/visualize";
import { caption } from "../models/plane";

test("a line for each category that occurs, the promised false alarms, and those that came", () => {
  const spent = [0.01, 0.1].map((budget) => ({
    budget,
    metrics: { falseAlarmRate: 2 * budget, recallByCategory: { dos: 10 * budget, u2r: 0 } },
  }));
  const { data } = falseAlarmBudgetFigure(spent, caption);
  assert.deepEqual(
    data.map(({ name, x, y }) => [name, x, y]),
    [
      ["DoS", [0.01, 0.1], [0.1, 1]],
      ["U2R", [0.01, 0.1], [0, 0]],
      ["As promised", [0.01, 0.1], [0.01, 0.1]],
      ["Normal rows flagged", [0.01, 0.1], [0.02, 0.2]],
    ],
  );
});
