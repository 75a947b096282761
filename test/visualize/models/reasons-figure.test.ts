import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonsFigure } from "traffic-anomaly/visualize";
import { caption } from "./plane";

const reasons = [
  { feature: "service", value: "gopher<", contribution: 3, share: 0.75, usual: "http 75 %" },
  { feature: "count", value: "1000", contribution: 1, share: 0.25, usual: "99 (1 to 197)" },
];

test("the figure has the largest contribution on top and writes names as plain text", () => {
  const { data, layout } = reasonsFigure([{ name: "autoencoder", reasons }], caption);
  assert.deepEqual(data[0].x, [0.25, 0.75]);
  assert.match((layout.yaxis as { ticktext: string[] }).ticktext[1], /^<b>service = gopher&lt;<\/b>/);
});
