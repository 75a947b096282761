import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "traffic-anomaly";
import { TopAlerts } from "traffic-anomaly/dist/detect/top-alerts";

test("the alerts farthest beyond their thresholds are kept, in order, equals as they came", () => {
  const random = createRandom(1, "test top");
  const alerts = Array.from({ length: 500 }, (_, i) => ({
    excess: random.integer(40),
    alert: { message: String(i) } as never,
  }));
  for (const count of [1, 7, 499, 500, 1000]) {
    const top = new TopAlerts(count);
    for (let start = 0; start < alerts.length; start += 13) top.add(alerts.slice(start, start + 13));
    const expected = alerts.slice().sort((a, b) => b.excess - a.excess); // stable
    assert.deepEqual(
      top.alerts,
      expected.slice(0, count).map(({ alert }) => alert),
    );
  }
});
