import assert from "node:assert/strict";
import { test } from "node:test";
import { alertReasons } from "traffic-anomaly/dist/detect/reasons/reasons";
import { typicalValues } from "traffic-anomaly/dist/models/typical-values";
import { tableOf } from "../../fixtures/table";
import { connectionOf } from "../../traffic/connections";

const columns = {
  flag: [...new Array<string>(99).fill("SF"), "S0"],
  serror_rate: [...new Array<number>(99).fill(0), 0.98],
  srv_serror_rate: [...new Array<number>(99).fill(0), 1],
  srv_count: [...new Array<number>(99).fill(1), 200],
  srv_diff_host_rate: [...new Array<number>(99).fill(0), 1],
  count: [...new Array<number>(99).fill(1), 50],
  duration: new Array<number>(100).fill(1),
};
const table = tableOf(columns);
const usually = typicalValues(
  table,
  Uint32Array.from({ length: 99 }, (_, row) => row),
);
const connection = connectionOf({ destinationPort: 23 });
const reasons = (...contributions: number[][]) =>
  alertReasons(
    connection,
    table,
    99,
    contributions.map((values) => Float64Array.from(values)),
    usually,
  );

test("features that tell the same count together, and the strongest speaks for them", () => {
  const found = reasons([1, 2, 1, 3, 2, 1, 0]);
  assert.deepEqual(
    found.map(({ feature, value, share, text }) => [feature, value, share, text]),
    [
      [
        "serror_rate",
        "0.98",
        0.4,
        "98 % of the connections to this host within 2 s stayed unanswered or open; usual: 0 %",
      ],
      ["srv_count", "200", 0.3, "200 connections to port 23 within 2 s; usual: 1"],
      ["srv_diff_host_rate", "1", 0.2, "200 hosts contacted on port 23 within 2 s; usual: 1"],
    ],
  );
});

test("each detector counts the same, whatever the unit of its contributions", () => {
  const found = reasons([0, 0, 0, 1000, 0, 0, 0], [0, 0, 0, 0, 0, 0.001, 0]);
  assert.deepEqual(
    found.map(({ feature, share }) => [feature, share]),
    [
      ["srv_count", 0.5],
      ["count", 0.5],
    ],
  );
});

test("what lowered the score, or reads as usual, is no reason", () => {
  assert.deepEqual(
    reasons([0, 0, 0, -5, 0, 1, 9]).map(({ feature }) => feature),
    ["count"],
  );
  assert.deepEqual(reasons([0, 0, 0, 0, 0, 0, 0]), []);
});
