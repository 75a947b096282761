import assert from "node:assert/strict";
import { test } from "node:test";
import { HostRanking } from "traffic-anomaly";

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
