import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, HostRanking } from "traffic-anomaly";
import { excess, riskScore, TopAlerts } from "traffic-anomaly/dist/detect/ranking";

test("the excess counts from the threshold, in units of its distance to the median", () => {
  assert.equal(excess(0.01, 0.01, 0.001), 0);
  assert.ok(Math.abs(excess(0.1, 0.01, 0.001) - 1) < 1e-12);
  assert.ok(Math.abs(excess(0.001, 0.01, 0.001) + 1) < 1e-12);
  assert.ok(Number.isFinite(excess(0, 0.01, 0)));
  assert.ok(Number.isFinite(excess(1, 0.01, 0.01)));
});

test("the risk score is 0 at and below the threshold, 50 a fifth of a unit beyond it, and below 100", () => {
  assert.deepEqual([-1, 0, 0.2, 0.4].map(riskScore), [0, 0, 50, 75]);
  assert.ok(riskScore(10) < 100);
});

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

test("hosts are ranked by flagged connections beyond the expected, not by their share or number", () => {
  const ranking = new HostRanking(0.1);
  const add = (host: string, connections: number, flagged: number) => {
    for (let i = 0; i < connections; i++) ranking.add(host, i < flagged);
  };
  add("busy", 1000, 100); // as expected
  add("scanner", 200, 150);
  add("rare", 1, 1);
  add("quiet", 10, 0);
  assert.deepEqual(ranking.top(5), [
    { host: "scanner", connections: 200, flagged: 150, excess: 130 },
    { host: "rare", connections: 1, flagged: 1, excess: 0.9 },
  ]);
  assert.equal(ranking.top(1).length, 1);
});

test("of more hosts than it has room for, the most unusual are kept", () => {
  const ranking = new HostRanking(0.01, 10);
  for (let i = 0; i < 20; i++) ranking.add("scanner", true);
  for (let i = 0; i < 1000; i++) ranking.add(`host ${i}`, false);
  assert.deepEqual(
    ranking.top(3).map(({ host, flagged }) => [host, flagged]),
    [["scanner", 20]],
  );
});
