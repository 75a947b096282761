import assert from "node:assert/strict";
import { test } from "node:test";
import { unusualHostsFigure } from "traffic-anomaly/visualize";
import { caption } from "../models/plane";

const hosts = [
  { host: "10.0.0.9<", connections: 500, flagged: 400, excess: 395 },
  { host: "10.0.0.2", connections: 100, flagged: 20, excess: 19 },
  { host: "10.0.0.3", connections: 1, flagged: 1, excess: 0.99 },
];

test("the host with most beyond the expected is on top, names as plain text", () => {
  const { data, layout } = unusualHostsFigure(hosts, caption, 2);
  assert.deepEqual(data[0].x, [19, 395]);
  assert.deepEqual((layout.yaxis as { ticktext: string[] }).ticktext, ["10.0.0.2", "10.0.0.9&lt;"]);
  assert.equal((data[0].customdata as string[])[1], "400 of 500 flagged");
});
